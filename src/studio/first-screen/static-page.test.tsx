import { readFileSync } from 'node:fs'
import { cleanup, render } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import en from '../i18n/en/page.json'
import { i18n } from '../i18n/i18n'
import { showIn } from '../i18n/languages'
import zh from '../i18n/zh-CN/page.json'
import { readSamples } from '../files/samples'
import { StudioApp } from '../studio-app'
import { drawStaticPage } from './static-page'

const samples: unknown = JSON.parse(readFileSync('public/models/samples.json', 'utf8'))

// What is begun once the studio is drawn is not of the drawing.
vi.mock('../commands/page-commands', () => ({
  commands: {
    startEngine: vi.fn(),
    findInterrupted: () => Promise.resolve(),
    listKept: () => Promise.resolve([]),
  },
}))

beforeEach(() => {
  vi.spyOn(globalThis, 'matchMedia').mockImplementation(
    (media) =>
      ({
        media,
        matches: false,
        addEventListener: vi.fn(),
        removeEventListener: vi.fn(),
      }) as unknown as MediaQueryList,
  )
})

afterEach(async () => {
  cleanup()
  vi.restoreAllMocks()
  await i18n.changeLanguage('en')
})

/** Texts and names of all that is in a page, without what stands there only until the studio is there. */
function wordsOf(drawn: Element): string[] {
  const page = drawn.cloneNode(true) as Element
  for (const own of page.querySelectorAll('.early-note, style, [aria-live=polite]')) own.remove()
  return Array.from(page.querySelectorAll('*')).flatMap((element) => {
    const texts = Array.from(element.childNodes).filter((node) => node.nodeType === Node.TEXT_NODE)
    const name = element.getAttribute('aria-label')
    return [...(name === null ? [] : [name]), ...texts.map(({ textContent }) => textContent ?? '')]
  })
}

function parsed(html: string): Element {
  const page = document.createElement('div')
  page.innerHTML = html
  return page
}

describe('the first screen as the build writes it', () => {
  it.each([
    ['en', en],
    ['zh-CN', zh],
  ] as const)('says what the studio says first, in %s', async (language, words) => {
    const html = await drawStaticPage({ language, scheme: 'light', samples })
    const drawn = parsed(html)
    for (const text of [
      words.first.sentence,
      words.first.drop,
      words.first.formats,
      words.first.tour,
    ])
      expect(drawn.textContent).toContain(text)
    for (const { name, role } of readSamples(samples))
      expect(drawn.textContent.includes(name)).toBe(role === 'model')
    expect(drawn.querySelectorAll('[data-picks]')).toHaveLength(2)
    expect(drawn.querySelector('.early-waiting')?.textContent).toBe(words.first.waiting)

    await showIn(language)
    const { container } = render(<StudioApp samples={readSamples(samples)} />)
    expect(wordsOf(drawn)).toEqual(wordsOf(container))
  })

  it('offers the other colours', async () => {
    const dark = parsed(await drawStaticPage({ language: 'en', scheme: 'dark', samples }))
    expect(dark.querySelector(`[aria-label="${en.scheme.light}"]`)).not.toBeNull()
    expect(dark.querySelector(`[aria-label="${en.scheme.dark}"]`)).toBeNull()
  })

  it('is not drawn from a list of samples that is none', async () => {
    const draw = drawStaticPage({ language: 'en', scheme: 'light', samples: [{ id: 'x' }] })
    await expect(draw).rejects.toMatchObject({ code: 'data/damaged' })
  })
})
