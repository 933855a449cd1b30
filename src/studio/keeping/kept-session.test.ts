import { describe, expect, it } from 'vitest'
import { defaultRecipe } from '../../techniques/recipe'
import { keepReportPlace, keepSession, loadKeptSession, loadReportPlace } from './kept-session'

function memory() {
  const values = new Map<string, string>()
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}

describe('session of an earlier visit', () => {
  it('comes back as it was saved', () => {
    const storage = memory()
    const session = { modelName: 'LeNet-5', sampleId: 'lenet-5', recipe: defaultRecipe }
    keepSession(storage, session)
    expect(loadKeptSession(storage)).toEqual(session)
  })

  it('is gone once it is to be forgotten', () => {
    const storage = memory()
    keepSession(storage, { modelName: 'x', sampleId: null, recipe: defaultRecipe })
    keepSession(storage, null)
    expect(loadKeptSession(storage)).toBeNull()
  })

  it.each(['', '{', 'null', '{"version":2}', '{"version":1,"modelName":"x","sampleId":null}'])(
    'counts %j as nothing',
    (text) => {
      const storage = memory()
      keepSession(storage, { modelName: 'x', sampleId: null, recipe: defaultRecipe })
      for (const key of storage.values.keys()) storage.values.set(key, text)
      expect(loadKeptSession(storage)).toBeNull()
    },
  )

  it('refuses a recipe with a wrong field', () => {
    const storage = memory()
    keepSession(storage, { modelName: 'x', sampleId: null, recipe: { ...defaultRecipe, seed: -1 } })
    expect(loadKeptSession(storage)).toBeNull()
  })

  it('says where the report goes; anything else counts as nobody having chosen', () => {
    const storage = memory()
    expect(loadReportPlace(storage)).toBeNull()
    keepReportPlace(storage, 'apart')
    expect(loadReportPlace(storage)).toBe('apart')
    for (const text of ['"beside"', '{', '1'])
      for (const key of storage.values.keys()) {
        storage.values.set(key, text)
        expect(loadReportPlace(storage)).toBeNull()
      }
  })

  it('survives storage that is forbidden', () => {
    const forbidden = {
      getItem: () => {
        throw new Error('denied')
      },
      setItem: () => {
        throw new Error('denied')
      },
      removeItem: () => {
        throw new Error('denied')
      },
    }
    keepSession(forbidden, { modelName: 'x', sampleId: null, recipe: defaultRecipe })
    expect(loadKeptSession(forbidden)).toBeNull()
    keepReportPlace(forbidden, 'apart')
    expect(loadReportPlace(forbidden)).toBeNull()
  })
})
