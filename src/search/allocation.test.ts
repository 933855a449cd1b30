import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overrideOf } from '../techniques/overrides'
import { defaultRecipe, isOn, parseRecipe, stepOf } from '../techniques/recipe'
import { recipeOf } from './allocation'
import type { Allocation } from './allocation'
import type { CellSettings, SmallCell } from './sensitivity'

const cell: fc.Arbitrary<CellSettings> = fc
  .record({
    bits: fc.constantFrom(null, 2, 3, 4, 8),
    sparsity: fc.constantFrom(0, 0.5, 0.9),
    range: fc.constantFrom<CellSettings['range']>('minMax', 'mse'),
  })
  .map(({ bits, sparsity, range }) =>
    bits === null ? { bits, sparsity } : { bits, sparsity, range: range ?? 'minMax' },
  )
const small = fc.constantFrom<SmallCell['as']>('float', 8, 16)
const allocation: fc.Arbitrary<Allocation> = fc.record({
  layers: fc
    .array(cell, { minLength: 1, maxLength: 6 })
    .map((cells) => new Map(cells.map((one, at) => [`layer${at}`, one]))),
  biases: small,
  normalization: small,
  corrected: fc.boolean(),
})

describe('the settings of an allocation', () => {
  it('are a recipe that does to each layer what was chosen for it', () => {
    fc.assert(
      fc.property(allocation, (chosen) => {
        const recipe = recipeOf({ seed: 5, trained: 'abcdef0123456789' }, chosen)
        expect(parseRecipe(recipe)).toEqual(recipe)
        expect([recipe.seed, recipe.trained]).toEqual([5, 'abcdef0123456789'])
        const [prune, quantize] = [stepOf(recipe, 'prune'), stepOf(recipe, 'quantize')]
        for (const [layer, wanted] of chosen.layers) {
          const pruned = overrideOf(recipe, 'prune', layer)
          const isPruned = prune?.enabled === true && pruned.enabled !== false
          expect(isPruned ? (pruned.value ?? prune.config.value) : 0).toBe(wanted.sparsity)
          const coded = overrideOf(recipe, 'quantize', layer)
          const isCoded = quantize?.enabled === true && coded.enabled !== false
          expect(isCoded ? (coded.bits ?? quantize.config.bits) : null).toBe(wanted.bits)
          if (isCoded) expect(coded.range ?? quantize.config.range).toBe(wanted.range)
        }
        expect(isOn(recipe, 'bias-correction')).toBe(chosen.corrected)
        const { biases, normalization } = quantize?.config ?? {}
        if (quantize?.enabled === true)
          expect([biases, normalization]).toEqual([chosen.biases, chosen.normalization])
        else expect([chosen.biases, chosen.normalization]).toEqual(['float', 'float'])
      }),
    )
  })

  it('say once what most layers do', () => {
    const layers = new Map<string, CellSettings>([
      ...['a', 'b', 'c'].map((layer) => [layer, { bits: 4, sparsity: 0.5 }] as const),
      ['d', { bits: 8, sparsity: 0 }],
    ])
    const recipe = recipeOf(defaultRecipe, {
      ...{ layers, biases: 'float', normalization: 'float', corrected: false },
    })
    expect(stepOf(recipe, 'prune')?.config.overrides).toEqual({ d: { enabled: false } })
    expect(stepOf(recipe, 'quantize')?.config.overrides).toEqual({ d: { bits: 8 } })
  })
})
