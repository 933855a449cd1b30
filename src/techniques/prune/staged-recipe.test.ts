import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random'
import type { WeightTensor } from '../../core/weight-tensor'
import { createPipeline } from '../pipeline'
import { pruneMeta } from './prune.meta'
import type { PruneConfig } from './prune.meta'
import { defaultRecipe } from '../recipe'
import type { Recipe } from '../recipe'
import { atFraction, withSparsityTarget } from './staged-recipe'

function weightsOf(seed: number): WeightTensor[] {
  const random = createRandom(seed)
  return ['a', 'b', 'c'].map((layerName, index) => {
    const shape = [6 + index, 5]
    return {
      spec: {
        name: `${layerName}/kernel`,
        shape,
        dtype: 'float32',
        role: 'kernel',
        layerName,
        layerKind: index === 0 ? 'convolution' : 'dense',
        channel: { count: 5, inner: 1 },
      },
      values: Float32Array.from({ length: (6 + index) * 5 }, () => random.normal() / (index + 1)),
    }
  })
}

function pruned(config: Partial<PruneConfig>): Recipe {
  return {
    ...defaultRecipe,
    steps: [
      { technique: 'prune', enabled: true, config: { ...pruneMeta.defaultConfig, ...config } },
    ],
  }
}

const masksOf = (weights: readonly WeightTensor[], recipe: Recipe) =>
  createPipeline(weights)
    .runAll(recipe)
    .tensors.map(({ mask }) => (mask === null ? null : Array.from(mask)))

const configs: readonly Partial<PruneConfig>[] = [
  { target: 'sparsity', value: 0.7 },
  { target: 'sparsity', value: 0.7, scope: 'perLayer' },
  { target: 'threshold', value: 0.4 },
  { target: 'threshold', value: 0.4, overrides: { b: { value: 0.1 }, c: { enabled: false } } },
  { target: 'sigma', value: 1.1 },
  { target: 'sigma', value: 1.1, scope: 'perLayer' },
  { target: 'threshold', value: 0.5, convolution: false },
  { target: 'sparsity', value: 0.6, method: 'random' },
  { target: 'threshold', value: 0.4, method: 'random', randomRule: 'literal' },
  { target: 'sparsity', value: 0.8, method: 'random', randomRule: 'literal', scope: 'perLayer' },
]

describe('pruning as a sparsity', () => {
  it.each(configs)('removes the same weights: %o', (config) => {
    for (let seed = 1; seed <= 20; seed++) {
      const weights = weightsOf(seed)
      const recipe = pruned(config)
      expect(masksOf(weights, withSparsityTarget(recipe, weights))).toEqual(
        masksOf(weights, recipe),
      )
    }
  })

  it.each(configs)('goes on removing the same weights once the others have moved: %o', (config) => {
    for (let seed = 1; seed <= 20; seed++) {
      const weights = weightsOf(seed)
      const held = withSparsityTarget(pruned(config), weights)
      const masks = masksOf(weights, held)
      const random = createRandom(seed + 1000)
      const moved = weights.map(({ spec, values }, index) => ({
        spec,
        values: values.map((value, at) =>
          masks[index]?.[at] === 0 ? 0 : value + 0.3 * random.normal(),
        ),
      }))
      expect(masksOf(moved, held)).toEqual(masks)
    }
  })

  it('at a fraction of its schedule removes that share', () => {
    const weights = weightsOf(1)
    const recipe = pruned({ value: 0.8, overrides: { a: { value: 0.4 } } })
    const [first, ...others] = masksOf(weights, atFraction(recipe, 0.5))
    const removed = (mask: readonly number[] | null | undefined): number =>
      mask?.filter((kept) => kept === 0).length ?? 0
    expect(removed(first)).toBe(6)
    expect(others.reduce((sum, mask) => sum + removed(mask), 0)).toBe(30)
  })

  it('a random control is removed at once', () => {
    const recipe = pruned({ method: 'random', value: 0.8 })
    expect(atFraction(recipe, 0.3)).toEqual(recipe)
  })
})
