import { describe, expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import { defaultRecipe } from '../../techniques/recipe'
import { readRecipeFile, writeRecipeFile } from './recipe-file'

const data = {
  task: 'classification',
  preparation: {
    fit: 'crop',
    height: 32,
    width: 32,
    color: 'rgb',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  classMap: [1, 0],
} as const

describe('a recipe file', () => {
  it('gives back what was written, with and without data', () => {
    for (const content of [
      { recipe: defaultRecipe, data: null },
      { recipe: { ...defaultRecipe, seed: 7 }, data },
    ])
      expect(readRecipeFile('r.json', writeRecipeFile(content))).toEqual(content)
  })

  it.each([
    ['{', 'recipe/json-syntax', undefined],
    ['[]', 'recipe/invalid', 'top level'],
    [
      JSON.stringify({ ...defaultRecipe, data: { ...data, task: 'x' } }),
      'recipe/invalid',
      'data.task',
    ],
    [
      JSON.stringify({
        ...defaultRecipe,
        data: { ...data, preparation: { ...data.preparation, std: [1] } },
      }),
      'recipe/invalid',
      'data.preparation',
    ],
    [
      JSON.stringify({ ...defaultRecipe, data: { ...data, more: 1 } }),
      'recipe/invalid',
      'data.more',
    ],
  ])('is refused by field: %s', (text, code, field) => {
    let error: unknown
    try {
      readRecipeFile('r.json', text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(StudioError)
    expect(error).toMatchObject({ code })
    if (field !== undefined) expect(error).toMatchObject({ params: { field } })
  })
})
