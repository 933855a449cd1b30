import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { endSpace, notedSpace } from '../keeping/list-space'
import { preferredLanguage } from '../i18n/languages'
import { takeOver } from './take-over'
import type { EarlyPage } from './take-over'

const page = document.documentElement

/** They are scripts and no modules: they stand in the page as they are. */
async function run(script: 'page' | 'show'): Promise<void> {
  vi.resetModules()
  await import(`./early-${script}.js`)
}

async function runEarly(): Promise<EarlyPage> {
  await run('page')
  return Reflect.get(globalThis, 'earlyPage') as EarlyPage
}

function visitor(accepted: readonly string[], prefersDark = false): void {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue([...accepted])
  vi.spyOn(globalThis, 'matchMedia').mockReturnValue({ matches: prefersDark } as MediaQueryList)
}

const root = (): HTMLElement => {
  const found = document.getElementById('root')
  if (found === null) throw new Error('no root')
  return found
}

const screen = `
  <style></style>
  <div data-takes-files>
    <button data-picks="files">Choose files</button>
    <button aria-label="Dark colours"></button>
    <button>LeNet</button>
  </div>`

beforeEach(() => {
  localStorage.clear()
  document.body.innerHTML = `<div id="root">${screen}</div>`
  visitor(['en'])
})

afterEach(() => {
  ;(Reflect.get(globalThis, 'earlyPage') as EarlyPage).stop()
  Reflect.deleteProperty(globalThis, 'earlyPage')
  vi.restoreAllMocks()
})

const button = (name: string): HTMLButtonElement => {
  const found = [...root().querySelectorAll('button')].find(
    (one) => one.textContent === name || one.getAttribute('aria-label') === name,
  )
  if (found === undefined) throw new Error(`no button ${name}`)
  return found
}

/** A drop as a browser reports it, whose transfer is empty afterwards. */
function dropEvent(file: File): Event {
  const event = new Event('drop', { bubbles: true, cancelable: true })
  const items = [
    { kind: 'string', getAsFile: () => null, webkitGetAsEntry: () => null },
    { kind: 'file', getAsFile: () => file, webkitGetAsEntry: () => null },
  ]
  Object.defineProperty(event, 'dataTransfer', { value: { items, types: ['Files'] } })
  return event
}

describe('the page before the studio is there', () => {
  it.each([
    [null, ['en-GB', 'zh']],
    [null, ['zh-TW', 'en']],
    [null, ['de']],
    [null, []],
    ['zh-CN', ['en']],
    ['en', ['zh-CN']],
    ['xx', ['ZH']],
  ])(
    'is in the language that the studio takes: chosen %j, accepted %j',
    async (chosen, accepted) => {
      if (chosen !== null) localStorage.setItem('compression-studio.language', chosen)
      visitor(accepted)
      await runEarly()
      expect(page.lang).toBe(preferredLanguage(localStorage, accepted))
    },
  )

  it.each([
    [null, false, 'light'],
    [null, true, 'dark'],
    ['auto', true, 'dark'],
    ['light', true, 'light'],
    ['dark', false, 'dark'],
  ])('is in colours: chosen %j, prefers dark %j: %s', async (chosen, prefersDark, shown) => {
    if (chosen !== null) localStorage.setItem('mantine-color-scheme-value', chosen)
    visitor(['en'], prefersDark)
    await runEarly()
    expect(page.dataset['mantineColorScheme']).toBe(shown)
  })

  it.each([
    ['2 218', '218px'],
    ['2 99999', ''],
    ['0 url(x)', ''],
    [null, ''],
  ])('leaves the room of the earlier models free: noted %j', async (noted, room) => {
    if (noted !== null) localStorage.setItem('compression-studio.list', noted)
    await runEarly()
    expect(page.style.getPropertyValue('--list-space')).toBe(room)
    const { height } = notedSpace(localStorage)
    expect(height === 0 ? '' : `${height}px`).toBe(room)
    endSpace(page)
    expect(page.style.getPropertyValue('--list-space')).toBe('')
  })

  it('shows the screen of that language and those colours, and leaves the first where it is the one', async () => {
    document.body.innerHTML += '<template data-first="zh-CN dark"><p>你好</p></template>'
    await runEarly()
    await run('show')
    expect(root().querySelector('button')).not.toBeNull()
    page.lang = 'zh-CN'
    page.dataset['mantineColorScheme'] = 'dark'
    await run('show')
    expect(root().textContent).toBe('你好')
    expect(root().dataset['shown']).toBe('')
  })

  it('keeps a drop and the last button that was pressed, says so, and hands them over in order', async () => {
    const file = new File(['x'], 'model.json')
    await runEarly()
    const dropped = dropEvent(file)
    root().dispatchEvent(dropped)
    expect(dropped.defaultPrevented).toBe(true)
    expect(page.dataset['early']).toBe('waiting')
    button('Dark colours').click()
    button('LeNet').click()
    button('LeNet').click()

    button('LeNet').focus()
    const resume = takeOver(root())
    root().innerHTML = screen
    const done: string[] = []
    const heard: unknown[] = []
    root()
      .querySelector('[data-takes-files]')
      ?.addEventListener('drop', (event) => {
        done.push('drop')
        const { items, types } = (event as DragEvent).dataTransfer ?? {}
        heard.push(
          types,
          Array.from(items ?? [], (item) => [item.kind, item.getAsFile()]),
        )
      })
    for (const name of ['LeNet', 'Dark colours'])
      button(name).addEventListener('click', () => {
        done.push(name)
      })
    resume()
    resume()
    expect(done).toEqual(['drop', 'LeNet'])
    expect(heard).toEqual([['Files'], [['file', file]]])
    expect(document.activeElement).toBe(button('LeNet'))
    expect(page.dataset['early']).toBeUndefined()

    // From now on drops and clicks are the studio's own.
    const later = dropEvent(file)
    document.body.dispatchEvent(later)
    expect(later.defaultPrevented).toBe(false)
  })

  it('opens the file dialog at once; what is chosen there arrives although the studio came meanwhile', async () => {
    await runEarly()
    const open = vi.spyOn(HTMLInputElement.prototype, 'click').mockReturnValue(undefined)
    button('Choose files').click()
    expect(open).toHaveBeenCalledOnce()
    const input = document.querySelector('body > input')
    if (input === null) throw new Error('no input')

    const resume = takeOver(root())
    root().innerHTML = screen
    const drops = vi.fn()
    root().querySelector('[data-takes-files]')?.addEventListener('drop', drops)
    resume()
    expect(drops).not.toHaveBeenCalled()
    Object.defineProperty(input, 'files', { value: [new File(['x'], 'model.json')] })
    input.dispatchEvent(new Event('change'))
    expect(drops).toHaveBeenCalledOnce()
  })
})
