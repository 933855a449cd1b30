import { describe, expect, it } from 'vitest'
import { likelySpace, noteSpace, notedSpace } from './list-space'
import { storageOr } from './page-storage'

const forbidden = {
  getItem: () => {
    throw new Error('forbidden')
  },
  setItem: () => {
    throw new Error('forbidden')
  },
  removeItem: () => {
    throw new Error('forbidden')
  },
}

/** In the page's memory. */
const empty = () =>
  storageOr(() => {
    throw new Error('forbidden')
  })

describe('the room of the list of earlier models', () => {
  it('is noted for the next visit, until the list is empty', () => {
    const storage = empty()
    noteSpace(storage, { entries: 2, height: 217.6 })
    expect(notedSpace(storage)).toEqual({ entries: 2, height: 218 })
    noteSpace(storage, { entries: 0, height: 60 })
    expect(notedSpace(storage)).toEqual({ entries: 0, height: 0 })
  })

  it('is none where what was noted is no such thing, or storage is forbidden', () => {
    const storage = empty()
    for (const text of ['2', '2 -5', '2 12345', '12 50', '<2 50']) {
      storage.setItem('compression-studio.list', text)
      expect(notedSpace(storage)).toEqual({ entries: 0, height: 0 })
    }
    expect(notedSpace(forbidden)).toEqual({ entries: 0, height: 0 })
    expect(() => {
      noteSpace(forbidden, { entries: 1, height: 1 })
    }).not.toThrow()
  })

  it('grows with its entries before it was drawn, and is narrower on a phone', () => {
    expect(likelySpace(0, 1440).height).toBe(0)
    expect(likelySpace(2, 1440).height).toBeGreaterThan(likelySpace(1, 1440).height)
    expect(likelySpace(1, 390).height).toBeGreaterThan(likelySpace(1, 1440).height)
  })
})
