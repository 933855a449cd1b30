import { renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { techniqueIds } from '../../techniques/catalog'
import { defaultRecipe, withConfig } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { languages, showIn } from '../i18n/languages'
import { useRecipeText } from './use-recipe-text'

afterEach(() => showIn('en'))

const textOf = (recipe: Recipe): string => renderHook(useRecipeText).result.current(recipe)

describe('settings in a few words', () => {
  it('are those of the steps that are on', () => {
    expect(textOf(defaultRecipe)).toBe('no compression')
    expect(textOf(recipeWith({ prune: { value: 0.8 } }))).toBe('pruned 80.0\u00A0%')
    expect(
      textOf(recipeWith({ prune: { value: 0.8 }, quantize: { bits: 4, scheme: 'mean' } })),
    ).toBe('pruned 80.0\u00A0%, 4-bit mean')
    expect(textOf(recipeWith({ quantize: { granularity: 'perChannel' } }))).toBe(
      '8-bit affine per channel',
    )
    expect(textOf(recipeWith({ quantize: { range: 'percentile', percentile: 99.5 } }))).toBe(
      '8-bit affine, 99.5\u00A0% ranges',
    )
  })

  it('say how pruning is led, and where it is the control', () => {
    expect(textOf(recipeWith({ prune: { target: 'sigma', value: 1.5 } }))).toBe(
      'pruned 1.50\u00A0σ',
    )
    expect(
      textOf(recipeWith({ prune: { target: 'threshold', value: 0.01, method: 'random' } })),
    ).toBe('randomly pruned t\u00A0=\u00A00.0100')
  })

  it('say how many layers do otherwise, of the steps that are on', () => {
    const overrides = { a: { bits: 4 }, b: { enabled: false } }
    const recipe = recipeWith({ quantize: { bits: 2, overrides } })
    expect(textOf(recipe)).toBe('2-bit affine, 2 layers otherwise')
    const one = recipeWith({ quantize: { bits: 2, overrides: { a: { bits: 4 } } } })
    expect(textOf(one)).toBe('2-bit affine, one layer otherwise')
    expect(textOf(withConfig(recipe, 'quantize', {}, false))).toBe('no compression')
  })

  it('say that weights were trained', () => {
    const trained = '0123456789abcdef'
    expect(textOf({ ...defaultRecipe, trained })).toBe('trained')
    expect(textOf({ ...recipeWith({ quantize: { bits: 4 } }), trained })).toBe(
      'trained, 4-bit affine',
    )
  })

  it.each(languages)('have words for every technique in %s', async (language) => {
    await showIn(language)
    for (const technique of techniqueIds) {
      const steps = defaultRecipe.steps.map((step) =>
        step.technique === technique ? { ...step, enabled: true } : step,
      )
      expect(textOf({ ...defaultRecipe, steps })).not.toMatch(/recipeText|\{\{/)
    }
    for (const target of ['sparsity', 'sigma', 'threshold'] as const)
      for (const method of ['magnitude', 'random'] as const)
        expect(textOf(recipeWith({ prune: { target, method } }))).not.toContain('recipeText')
    for (const scheme of ['affine', 'linear', 'mean'] as const)
      for (const granularity of ['perTensor', 'perChannel', 'perGroup'] as const)
        for (const range of ['auto', 'minMax', 'percentile', 'mse'] as const)
          expect(textOf(recipeWith({ quantize: { scheme, granularity, range } }))).not.toMatch(
            /recipeText|\{\{/,
          )
  })
})
