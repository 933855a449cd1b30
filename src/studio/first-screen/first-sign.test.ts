import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { firstSign } from './first-sign'

const seen = vi.fn()

/** Until everything that does not wait for a person has been answered. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory())
  history.replaceState(null, '', '/')
})

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'earlyPage')
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.clearAllMocks()
})

function watch(): void {
  void firstSign(window).then(seen)
}

const isSeen = () =>
  vi.waitFor(() => {
    expect(seen).toHaveBeenCalledOnce()
  })

describe('somebody is seen', () => {
  it.each([
    'pointerdown',
    'pointermove',
    'touchstart',
    'keydown',
    'scroll',
    'focusin',
    'dragenter',
  ])('by %s, wherever on the page, and not before', async (sign) => {
    watch()
    await settled()
    expect(seen).not.toHaveBeenCalled()
    document.body.dispatchEvent(new Event(sign))
    await isSeen()
  })

  it('by what they did before', async () => {
    Reflect.set(globalThis, 'earlyPage', { waiting: [{ kind: 'press', name: 'LeNet' }] })
    watch()
    await isSeen()
  })
})

describe('nobody is waited for', () => {
  it.each(['/?backend=wasm', '/#sample=lenet-5'])('at the address %s', async (address) => {
    history.replaceState(null, '', address)
    watch()
    await isSeen()
  })

  it('in a tab that is not seen', async () => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    watch()
    await isSeen()
  })

  it('where an earlier visit has left something', async () => {
    await new Promise((resolve) => {
      indexedDB.open('keyval-store').onsuccess = resolve
    })
    watch()
    await isSeen()
  })
})
