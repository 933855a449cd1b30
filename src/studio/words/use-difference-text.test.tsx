import { renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { catalog } from '../../techniques/catalog'
import { withOverrides } from '../../techniques/overrides'
import { defaultRecipe, withConfig } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { i18n } from '../i18n/i18n'
import '../i18n/studio-words'
import { languages, showIn } from '../i18n/languages'
import { useDifferenceText } from './use-difference-text'

afterEach(() => showIn('en'))

const textOf = (from: Recipe, to: Recipe): readonly string[] =>
  renderHook(useDifferenceText).result.current(from, to)

const plain = recipeWith({ prune: { value: 0.7 }, quantize: { bits: 4 } })

/** Several layers, and a step of each kind. */
const richer = withConfig(
  withOverrides(withConfig(plain, 'prune', { value: 0.8 }), 'quantize', ['dense1', 'dense2'], {
    bits: 3,
  }),
  'bias-correction',
  {},
  true,
)

describe('what two settings differ in', () => {
  it('is said in words, the model first, then its layers', () => {
    expect(textOf(plain, plain)).toEqual([])
    expect(textOf(plain, richer)).toEqual([
      '80.0\u00A0% instead of 70.0\u00A0% pruned',
      'dense1, dense2: 3 bits instead of 4',
      'dense1, dense2: ranges of least error instead of from min to max',
      'added: Correct biases',
    ])
    expect(textOf(richer, plain).at(-1)).toBe('without: Correct biases')
    const layers = ['a', 'b', 'c', 'd', 'e']
    const many = withOverrides(plain, 'quantize', layers, { enabled: false })
    expect(textOf(plain, many)).toEqual(['a, b, c, d and 1 more layer: not quantized'])
    expect(textOf(recipeWith({ prune: { value: 0.7 } }), plain)).toEqual([
      'added: Quantize, 4 bits, affine',
    ])
  })

  it('is said in Chinese, with its own marks', async () => {
    await showIn('zh-CN')
    expect(textOf(plain, richer)).toEqual([
      '剪枝 80.0\u00A0%，而不是 70.0\u00A0%',
      'dense1、dense2：3 位，而不是 4 位',
      'dense1、dense2：范围取误差最小，而不是最小–最大',
      '增加了偏置校正',
    ])
  })

  it.each(languages)('has words for whatever it can be in %s', async (language) => {
    await showIn(language)
    for (const [id, { aspects }] of Object.entries(catalog)) {
      for (const aspect of Object.keys(aspects))
        expect(i18n.exists(`difference.${id}.${aspect}.says`, { ns: 'compare' })).toBe(true)
      for (const choice of ['on', 'off', 'follows'])
        expect(i18n.exists(`difference.${id}.own.${choice}`, { ns: 'compare' })).toBe(true)
    }
    const trained = 'a'.repeat(64)
    const [prune, quantize, correct] = plain.steps
    const turned = { ...plain, steps: [quantize, prune, correct] } as Recipe
    const pairs: readonly (readonly [Recipe, Recipe])[] = [
      [plain, { ...plain, trained }],
      [{ ...plain, trained }, plain],
      [
        { ...plain, trained },
        { ...plain, trained: 'b'.repeat(64) },
      ],
      [plain, { ...plain, seed: 1 }],
      [plain, turned],
      [plain, withConfig(plain, 'quantize', { percentile: 90 })],
      [plain, { ...plain, steps: [...plain.steps, ...plain.steps] }],
      [plain, defaultRecipe],
      ...(['sparsity', 'sigma', 'threshold'] as const).map(
        (target) => [plain, withConfig(plain, 'prune', { target, value: 0.1 })] as const,
      ),
      ...(['matched', 'literal'] as const).map(
        (randomRule) =>
          [plain, withConfig(plain, 'prune', { method: 'random', randomRule })] as const,
      ),
      [plain, withConfig(plain, 'prune', { scope: 'perLayer', dense: false, convolution: false })],
      ...(['linear', 'mean', 'affine'] as const).map(
        (scheme) =>
          [plain, withConfig(plain, 'quantize', { scheme, symmetry: 'symmetric' })] as const,
      ),
      ...(['perChannel', 'perGroup'] as const).map(
        (granularity) => [plain, withConfig(plain, 'quantize', { granularity })] as const,
      ),
      ...(['mse', 'percentile'] as const).map(
        (range) => [plain, withConfig(plain, 'quantize', { range })] as const,
      ),
      [plain, withConfig(plain, 'quantize', { biases: 8, normalization: 16 })],
    ]
    for (const [from, to] of pairs)
      for (const lines of [textOf(from, to), textOf(to, from)]) {
        expect(lines.length).toBeGreaterThan(0)
        expect(lines.join('\n')).not.toMatch(/difference\.|\{\{|undefined/)
      }
  })
})
