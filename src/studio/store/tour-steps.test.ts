import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultRecipe } from '../../techniques/recipe'
import { isDone, stepAfter, stepBefore, tourRecipe, tourSteps } from './tour-steps'

describe('the steps of the tour', () => {
  it('are done by their own settings, and not before', () => {
    for (const step of ['quantize', 'prune'] as const) {
      expect(isDone(step, defaultRecipe)).toBe(false)
      const recipe = tourRecipe(step, defaultRecipe)
      if (recipe === null) throw new Error('no settings')
      expect(isDone(step, recipe)).toBe(true)
      expect(recipe.steps.filter(({ enabled }) => enabled)).toHaveLength(1)
    }
  })

  it('are done by the hand of the person as well', () => {
    expect(isDone('quantize', recipeWith({ quantize: { bits: 3 } }))).toBe(true)
    expect(isDone('quantize', recipeWith({ quantize: { bits: 5 } }))).toBe(false)
    expect(isDone('prune', recipeWith({ prune: { value: 0.9 } }))).toBe(true)
    expect(isDone('prune', recipeWith({ prune: { value: 0.6 } }))).toBe(false)
  })

  it('keep what was set before', () => {
    const quantized = tourRecipe('quantize', defaultRecipe)
    if (quantized === null) throw new Error('no settings')
    const both = tourRecipe('prune', quantized)
    const on = both?.steps.filter(({ enabled }) => enabled).map(({ technique }) => technique)
    expect(on).toEqual(['prune', 'quantize'])
    expect(tourRecipe('look', defaultRecipe)).toBeNull()
  })

  it('come one after the other', () => {
    expect(tourSteps.map(stepAfter)).toEqual([...tourSteps.slice(1), null])
    expect(tourSteps.map(stepBefore)).toEqual([null, ...tourSteps.slice(0, -1)])
  })
})
