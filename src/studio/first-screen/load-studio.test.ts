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

const files = `<script type="application/json" id="${PARTS_ID}">["./a.css","./b.js"]</script>`
const links = () => Array.from(document.querySelectorAll('link'))
const never = new Promise<void>(() => undefined)

afterEach(() => {
  vi.clearAllMocks()
  document.head.innerHTML = ''
  delete document.documentElement.dataset['early']
})

describe('the studio behind the first screen', () => {
  it('is asked for in one go, and started at the first sign', async () => {
    document.head.innerHTML = files
    let show = (): void => undefined
    const wanted = new Promise<void>((resolve) => {
      show = resolve
    })
    const loading = loadStudio(wanted, 0)
    await vi.waitFor(() => {
      expect(links().map(({ href, rel }) => [rel, href.slice(href.lastIndexOf('/'))])).toEqual([
        ['preload', '/a.css'],
        ['modulepreload', '/b.js'],
      ])
    })
    // Nobody was seen, and the files have not come.
    expect(start).not.toHaveBeenCalled()
    show()
    await loading
    expect(start).toHaveBeenCalledOnce()
    expect(document.documentElement.dataset['early']).toBeUndefined()
  })

  it('is started without anybody once its files have come, or have failed', async () => {
    document.head.innerHTML = files
    const loading = loadStudio(never, 0)
    await vi.waitFor(() => {
      expect(links()).toHaveLength(2)
    })
    links()[0]?.dispatchEvent(new Event('load'))
    links()[1]?.dispatchEvent(new Event('error'))
    await loading
    expect(start).toHaveBeenCalledOnce()
  })

  it('is started while developing, where the page names no files', async () => {
    await loadStudio(never, 0)
    expect(start).toHaveBeenCalledOnce()
  })

  it('is said to be missing where it does not load', async () => {
    start.mockImplementation(() => {
      throw new Error('not loaded')
    })
    await loadStudio(Promise.resolve())
    expect(document.documentElement.dataset['early']).toBe('failed')
  })
})
