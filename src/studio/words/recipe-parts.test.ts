import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { recipeParts } from './recipe-parts'

describe('recipe parts', () => {
  it('names only steps that are on', () => {
    expect(recipeParts(recipeWith({ prune: {} }))).toEqual({
      prune: { target: 'sparsity', value: 0.5, random: false },
      quantize: null,
    })
  })
})
