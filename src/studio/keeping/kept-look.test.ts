import { describe, expect, it } from 'vitest'
import { useStudio } from '../store/store'
import { keepLook, loadLook } from './kept-look'
import { storageOr } from './page-storage'

const inMemory = () =>
  storageOr(() => {
    throw new Error('denied')
  })

describe('how the page is arranged', () => {
  it('comes back as it was left', () => {
    const storage = inMemory()
    expect(loadLook(storage)).toBeNull()
    useStudio.getState().changeAccuracyLook({ near: false, allowedLoss: 2 })
    useStudio.getState().openCard('train', false)
    const { look } = useStudio.getState()
    keepLook(storage, look)
    expect(loadLook(storage)).toEqual(look)
    expect(look.accuracy).toEqual({ logarithmic: true, near: false, allowedLoss: 2 })
  })

  it('is as it is for everybody where what was kept is not of this form, or nothing can be', () => {
    for (const text of ['{', '1', '{"accuracy":{"near":1}}', '{"accuracy":{"allowedLoss":-1}}'])
      expect(loadLook({ getItem: () => text })).toBeNull()
    const deny = (): never => {
      throw new Error('denied')
    }
    expect(loadLook({ getItem: deny })).toBeNull()
    keepLook({ setItem: deny }, useStudio.getState().look)
  })
})
