import { afterEach, describe, expect, it, vi } from 'vitest'
import { PARTS_ID } from './data-in-page'
import { loadStudio } from './load-studio'

const start = vi.hoisted(() => vi.fn())
for (const path of [
  '../styles',
  '../i18n/i18n',
  '../store/store',
  'react-dom/client',
  '../commands/page-commands',
  '../views/opening/first-visit',
  '../studio-app',
])
  vi.doMock(path, () => ({}))
vi.doMock('../start', () => ({ start }))

afterEach(() => {
  vi.clearAllMocks()
  document.head.innerHTML = ''
  delete document.documentElement.dataset['early']
})

describe('the studio behind the first screen', () => {
  it('is asked for in one go, and started', async () => {
    document.head.innerHTML = `<script type="application/json" id="${PARTS_ID}">["./a.css","./b.js"]</script>`
    await loadStudio()
    const links = Array.from(document.querySelectorAll('link'), ({ href, rel }) => [
      rel,
      href.slice(href.lastIndexOf('/')),
    ])
    expect(links).toEqual([
      ['preload', '/a.css'],
      ['modulepreload', '/b.js'],
    ])
    expect(start).toHaveBeenCalledOnce()
    expect(document.documentElement.dataset['early']).toBeUndefined()
  })

  it('is started while developing, where the page names no files', async () => {
    await loadStudio()
    expect(start).toHaveBeenCalledOnce()
  })

  it('is said to be missing where it does not load', async () => {
    start.mockImplementation(() => {
      throw new Error('not loaded')
    })
    await loadStudio()
    expect(document.documentElement.dataset['early']).toBe('failed')
  })
})
