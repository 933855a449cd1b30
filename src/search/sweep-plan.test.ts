import { describe, expect, it } from 'vitest'
import { recipeWith } from '../../testing/studio/recipe-with'
import { defaultRecipe, parseRecipe, stepOf } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { curveKinds, sweepPlan } from './sweep-plan'

function bitsOf(recipe: Recipe): number | null {
  const step = stepOf(recipe, 'quantize')
  return step?.enabled === true ? step.config.bits : null
}

function sparsityOf(recipe: Recipe): number {
  const step = stepOf(recipe, 'prune')
  return step?.enabled === true ? step.config.value : 0
}

describe('a sweep', () => {
  it.each(curveKinds)('of %s measures settings that are valid, each once', (kind) => {
    const plan = sweepPlan(kind, defaultRecipe)
    for (const recipe of plan) expect(parseRecipe(recipe)).toEqual(recipe)
    expect(new Set(plan.map((recipe) => JSON.stringify(recipe))).size).toBe(plan.length)
  })

  it('of bits goes from 16 to 1 and leaves pruning as it is', () => {
    const plan = sweepPlan('bits', recipeWith({ prune: { value: 0.3 } }))
    expect(plan.map(bitsOf)).toEqual(Array.from({ length: 16 }, (_, index) => 16 - index))
    expect(plan.every((recipe) => sparsityOf(recipe) === 0.3)).toBe(true)
  })

  it('of bits ends at two where codes are symmetric', () => {
    const plan = sweepPlan('bits', recipeWith({ quantize: { symmetry: 'symmetric' } }))
    expect(plan.map(bitsOf).at(-1)).toBe(2)
  })

  it('of sparsity goes from 0 to 99 %, by magnitude and at random, in the bits of the controls', () => {
    const plan = sweepPlan('sparsity', recipeWith({ quantize: { bits: 5 } }))
    expect(plan.slice(0, plan.length / 2).map(sparsityOf)).toEqual(
      plan.slice(plan.length / 2).map(sparsityOf),
    )
    expect(sparsityOf(plan[0] ?? defaultRecipe)).toBe(0)
    expect(sparsityOf(plan.at(-1) ?? defaultRecipe)).toBe(0.99)
    expect(plan.every((recipe) => bitsOf(recipe) === 5)).toBe(true)
  })

  it('of both is a grid', () => {
    const plan = sweepPlan('both', defaultRecipe)
    expect(plan).toHaveLength(42)
    expect(new Set(plan.map(bitsOf)).size).toBe(6)
    expect(new Set(plan.map(sparsityOf)).size).toBe(7)
  })
})
