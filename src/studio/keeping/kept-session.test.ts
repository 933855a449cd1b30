import { describe, expect, it } from 'vitest'
import { defaultRecipe } from '../../techniques/recipe'
import { loadSession, saveSession } from './kept-session'

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
    saveSession(storage, session)
    expect(loadSession(storage)).toEqual(session)
  })

  it('is gone once it is to be forgotten', () => {
    const storage = memory()
    saveSession(storage, { modelName: 'x', sampleId: null, recipe: defaultRecipe })
    saveSession(storage, null)
    expect(loadSession(storage)).toBeNull()
  })

  it.each(['', '{', 'null', '{"version":2}', '{"version":1,"modelName":"x","sampleId":null}'])(
    'counts %j as nothing',
    (text) => {
      const storage = memory()
      saveSession(storage, { modelName: 'x', sampleId: null, recipe: defaultRecipe })
      for (const key of storage.values.keys()) storage.values.set(key, text)
      expect(loadSession(storage)).toBeNull()
    },
  )

  it('refuses a recipe with a wrong field', () => {
    const storage = memory()
    saveSession(storage, { modelName: 'x', sampleId: null, recipe: { ...defaultRecipe, seed: -1 } })
    expect(loadSession(storage)).toBeNull()
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
    saveSession(forbidden, { modelName: 'x', sampleId: null, recipe: defaultRecipe })
    expect(loadSession(forbidden)).toBeNull()
  })
})
