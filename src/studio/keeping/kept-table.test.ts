// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { noSample } from '../../../testing/studio/shared-browser'

beforeEach(() => {
  vi.resetModules()
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const load = () =>
  Promise.all([import('./kept-table'), import('./kept-session'), import('./not-kept')])

const forbidden = {
  open: () => {
    throw new DOMException('no', 'SecurityError')
  },
}

describe('a database that', () => {
  it.each([
    ['is forbidden', forbidden],
    ['is not there', undefined],
  ])('%s is nobody’s fault, whatever is asked of it', async (_, indexedDB) => {
    vi.stubGlobal('indexedDB', indexedDB)
    const [{ sessionsTable: table }, { loadSession }, { whyNotKept }] = await load()
    const asks = [
      () => table.ids(),
      () => table.all(),
      () => table.get('a'),
      () => table.set('a', 1),
      () => table.drop(['a']),
      () => table.remove('a'),
    ]
    for (const ask of asks) {
      let answer: Promise<unknown> | null = null
      // Nothing is thrown at once, past whoever waits for it.
      expect(() => (answer = ask())).not.toThrow()
      const thrown: unknown = await Promise.resolve(answer).catch((error: unknown) => error)
      expect(await whyNotKept(thrown, 1)).toEqual({ kind: 'forbidden' })
    }
    expect(await loadSession('a', noSample)).toBeNull()
  })

  it('never answers is waited for once, for three seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.stubGlobal('indexedDB', { open: () => ({}) })
    const [{ sessionsTable }, { loadSession }, { whyNotKept }] = await load()
    const found = loadSession('a', noSample)
    await vi.advanceTimersByTimeAsync(3000)
    expect(await found).toBeNull()
    const thrown: unknown = await sessionsTable.ids().catch((error: unknown) => error)
    expect(await whyNotKept(thrown, 1)).toEqual({
      kind: 'failed',
      reason: 'the browser’s storage does not answer',
    })
  })
})
