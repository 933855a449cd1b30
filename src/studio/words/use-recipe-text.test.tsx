import { renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { denseLayers } from '../../../testing/studio/dense-layers'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { modelSummary } from '../../../testing/studio/test-data'
import { techniqueIds } from '../../techniques/catalog'
import type { RecipeStep } from '../../techniques/catalog'
import { defaultRecipe, stepOf, withConfig } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { languages, showIn } from '../i18n/languages'
import { useStudio } from '../store/store'
import { useRecipeText } from './use-recipe-text'
import { useStepText } from './use-step-text'

afterEach(() => showIn('en'))

const textOf = (recipe: Recipe): string =>
  renderHook(() => useRecipeText(useStudio((state) => state.model?.layers))).result.current(recipe)

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

  describe('of a search, which sets each layer by itself', () => {
    const overrides = {
      prune: { a: { value: 0.92 }, b: { enabled: false } },
      quantize: { a: { bits: 2 }, c: { bits: 6 } },
    }
    const recipe = recipeWith({
      prune: { value: 0.75, overrides: overrides.prune },
      quantize: { bits: 3, overrides: overrides.quantize },
    })
    const text = (): string => textOf(recipe).replaceAll('\u00A0', ' ')
    const open = (...names: string[]): void => {
      useStudio.getState().replaceModel(modelSummary({ layers: denseLayers(...names) }))
    }
    afterEach(() => {
      useStudio.setState(useStudio.getInitialState(), true)
    })

    it('say from where to where, not what few layers do', async () => {
      open('a', 'b', 'c')
      expect(text()).toBe('pruned 0.0 % to 92.0 %, 2 to 6 bits, each layer its own')
      await showIn('zh-CN')
      expect(text()).toBe('剪枝 0.0 % 到 92.0 %，2 到 6 位，逐层不同')
    })

    it('say what most layers do where those are most', () => {
      open('a', 'b', 'c', 'd', 'e', 'f')
      expect(text()).toBe('pruned 75.0 %, 3-bit affine, 3 layers otherwise')
    })

    it('say it of a step by itself too', () => {
      open('a', 'b', 'c')
      const [prune, quantize] = (['prune', 'quantize'] as const).map((technique) =>
        stepOf(recipe, technique),
      )
      const { current } = renderHook(useStepText).result
      const told = (step: RecipeStep | null | undefined): string =>
        step == null ? '' : current(step).replaceAll('\u00A0', ' ')
      expect(told(prune)).toBe('pruned 0 % to 92 %, each layer its own')
      expect(told(quantize)).toBe('2 to 6 bits, each layer its own')
      const single = withConfig(recipe, 'quantize', {
        overrides: { a: { bits: 1 }, b: { bits: 1 }, c: { bits: 1 } },
      })
      expect(told(stepOf(single, 'quantize'))).toBe('1 bit, each layer its own')
    })

    it('say once what is the same for all of them', () => {
      open('a', 'b', 'c')
      const alike = withConfig(recipe, 'quantize', { overrides: {} }, true)
      expect(textOf(alike).replaceAll('\u00A0', ' ')).toBe(
        'pruned 0.0 % to 92.0 %, 3-bit affine, each layer its own',
      )
    })
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
