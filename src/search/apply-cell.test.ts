import { describe, expect, it } from 'vitest'
import { defaultRecipe, stepOf, withConfig } from '../techniques/recipe'
import { withCell } from './apply-cell'

const now = new Map([
  ['a', 0],
  ['b', 0.25],
  ['c', 0.5],
])
const bits = (value: number) => ({ bits: value, sparsity: 0 })
const zeros = (value: number) => ({ bits: null, sparsity: value })

describe('a cell of the map', () => {
  it('is an exception of its layer, and leaves what others do', () => {
    const recipe = withConfig(
      withConfig(defaultRecipe, 'quantize', { bits: 6, overrides: { a: { bits: 8 } } }, true),
      'prune',
      { value: 0.8 },
      true,
    )
    const both = withCell(withCell(recipe, 'b', bits(3), now), 'b', zeros(0.9), now)
    expect(stepOf(both, 'quantize')?.config).toMatchObject({
      bits: 6,
      overrides: { a: { bits: 8 }, b: { bits: 3, enabled: true } },
    })
    expect(stepOf(both, 'prune')?.config).toMatchObject({
      value: 0.8,
      overrides: { b: { value: 0.9, enabled: true } },
    })
  })

  it('turns a step on for its layer alone', () => {
    const coded = stepOf(withCell(defaultRecipe, 'b', bits(2), now), 'quantize')
    expect(coded?.enabled).toBe(true)
    expect(coded?.config.overrides).toEqual({
      a: { enabled: false },
      b: { bits: 2, enabled: true },
      c: { enabled: false },
    })
    expect(coded?.config).toMatchObject({ biases: 'float', normalization: 'float' })
    const recipe = withCell(defaultRecipe, 'b', zeros(0.7), now)
    expect(stepOf(recipe, 'prune')).toMatchObject({
      enabled: true,
      config: {
        dense: false,
        convolution: false,
        overrides: { b: { value: 0.7, enabled: true } },
      },
    })
    expect(stepOf(recipe, 'quantize')?.enabled).toBe(false)
  })

  it('means sparsity also where a threshold leads: the others keep the zeros that they have', () => {
    const recipe = withConfig(defaultRecipe, 'prune', { target: 'threshold', value: 0.02 }, true)
    expect(stepOf(withCell(recipe, 'b', zeros(0.9), now), 'prune')?.config).toMatchObject({
      target: 'sparsity',
      overrides: { a: { enabled: false }, b: { value: 0.9, enabled: true }, c: { value: 0.5 } },
    })
  })
})
