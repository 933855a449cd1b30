import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random'
import type { WeightTensor } from '../../core/weight-tensor'
import { createPipeline } from '../pipeline'
import { pruneMeta } from './prune.meta'
import type { PruneConfig } from './prune.meta'
import type { PruningSchedule } from './sparsity-schedule'
import { defaultRecipe } from '../recipe'
import type { Recipe } from '../recipe'
import { atProgress, removalRound, largestSparsity, withSparsityTarget } from './staged-recipe'

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

const rounds = { schedule: 'iterative', end: 1, rounds: 4, regrowth: false } as const

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

  it('on its way removes of each layer what its own curve says', () => {
    const weights = weightsOf(1)
    const recipe = pruned({ value: 0.84, overrides: { a: { value: 0.36 } } })
    const removed = (schedule: PruningSchedule, progress: number): [number, number] => {
      const [first, ...others] = masksOf(weights, atProgress(recipe, progress, schedule))
      const zeros = (mask: readonly number[] | null | undefined): number =>
        mask?.filter((kept) => kept === 0).length ?? 0
      return [zeros(first), others.reduce((sum, mask) => sum + zeros(mask), 0)]
    }
    const schedule = { schedule: 'iterative', end: 1, rounds: 2, regrowth: false } as const
    // Of 30 and 75 weights: a density of 0.64 halfway is one of 0.8, one of 0.16 is one of 0.4.
    expect(removed(schedule, 0)).toEqual([6, 45])
    expect(removed(schedule, 0.5)).toEqual([11, 63])
    // 1 - (1 - 1/2)^3 of both.
    expect(removed({ ...schedule, schedule: 'polynomial' }, 0.5)).toEqual([
      Math.round(30 * 0.36 * 0.875),
      Math.round(75 * 0.84 * 0.875),
    ])
  })

  it('of a layer alone follows its curve too where the rest stays whole', () => {
    const recipe = pruned({ value: 0, overrides: { a: { value: 0.9 } } })
    expect(largestSparsity(recipe)).toBe(0.9)
    const at = atProgress(recipe, 0.5, { ...rounds, schedule: 'exponential' })
    const [step] = at.steps
    expect(step?.technique === 'prune' ? step.config.value : null).toBe(0)
    expect(step?.technique === 'prune' ? step.config.overrides['a']?.value : null).toBeCloseTo(
      1 - Math.sqrt(0.1),
      12,
    )
  })

  it('a random control is removed at once', () => {
    const recipe = pruned({ method: 'random', value: 0.8 })
    expect(atProgress(recipe, 0.3, rounds)).toEqual(recipe)
  })

  it('there are rounds only where weights really go in rounds', () => {
    const recipe = pruned({ value: 0.8 })
    expect(removalRound(recipe, 0.3, rounds)).toEqual({ from: 0.25, to: 0.5 })
    for (const schedule of ['oneShot', 'constant', 'polynomial', 'exponential'] as const)
      expect(removalRound(recipe, 0.3, { ...rounds, schedule })).toBeNull()
    for (const other of [
      defaultRecipe,
      pruned({ value: 0 }),
      pruned({ value: 0.8, method: 'random' }),
      { ...recipe, steps: recipe.steps.map((step) => ({ ...step, enabled: false })) },
    ])
      expect(removalRound(other, 0.3, rounds)).toBeNull()
  })
})
