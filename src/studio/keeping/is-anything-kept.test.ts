// @vitest-environment node
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isAnythingKept } from './is-anything-kept'

beforeEach(() => {
  vi.resetModules()
  vi.stubGlobal('indexedDB', new IDBFactory())
})

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a browser that', () => {
  it('was never here keeps nothing, also after it was asked', async () => {
    expect(await isAnythingKept()).toBe(false)
    expect(await isAnythingKept()).toBe(false)
  })

  it('keeps an entry of any table is known by it', async () => {
    const { sessionsTable } = await import('./kept-table')
    await sessionsTable.set('a', {})
    expect(await isAnythingKept()).toBe(true)
  })

  it.each([
    ['does not say', {}],
    ['has no database', undefined],
    ['forbids it', { databases: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
  ])('%s may keep something', async (_, indexedDB) => {
    vi.stubGlobal('indexedDB', indexedDB)
    expect(await isAnythingKept()).toBe(true)
  })
})
