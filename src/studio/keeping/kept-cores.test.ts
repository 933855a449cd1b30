import { describe, expect, it } from 'vitest'
import { keepCores, loadCores } from './kept-cores'
import { storageOr } from './page-storage'

const forbidden = (): never => {
  throw new Error('forbidden')
}

describe('the cores that a person has chosen', () => {
  it('are there at the next visit, and all of them again once that is wanted', () => {
    const storage = storageOr(forbidden)
    expect(loadCores(storage)).toBeNull()
    keepCores(storage, 2)
    expect(loadCores(storage)).toBe(2)
    keepCores(storage, null)
    expect(loadCores(storage)).toBeNull()
  })

  it('are all where what is kept is no number of cores, or nothing may be kept', () => {
    for (const kept of ['0', '-1', '1.5', 'many', ''])
      expect(loadCores({ getItem: () => kept })).toBeNull()
    expect(loadCores({ getItem: forbidden })).toBeNull()
    keepCores({ setItem: forbidden, removeItem: forbidden }, 2)
  })
})
