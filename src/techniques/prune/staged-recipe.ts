import type { WeightTensor } from '../../core/weight-tensor'
import { resolvePruning } from './thresholds'
import type { PruneConfig } from './prune.meta'
import type { Recipe } from '../recipe'

/**
 * The same recipe with pruning as a sparsity. Thresholds and multiples of sigma mean other weights as
 * soon as the weights have moved; a sparsity goes on meaning the weights that were removed, which are
 * zero by then and the smallest of all.
 */
export function withSparsityTarget(recipe: Recipe, weights: readonly WeightTensor[]): Recipe {
  const steps = recipe.steps.map((step) =>
    step.technique === 'prune' && step.enabled
      ? { ...step, config: asSparsity(step.config, weights) }
      : step,
  )
  return { ...recipe, steps }
}

function asSparsity(config: PruneConfig, weights: readonly WeightTensor[]): PruneConfig {
  const literal = config.method === 'random' && config.randomRule === 'literal'
  if (config.target === 'sparsity' && !literal) return config
  const { layers } = resolvePruning(weights, config)
  const perLayer = literal || config.scope === 'perLayer'
  const overrides = { ...config.overrides }
  for (const [layer, { sparsity, aboveThreshold, weights: count }] of layers)
    if (perLayer || config.overrides[layer]?.value !== undefined)
      overrides[layer] = {
        ...overrides[layer],
        value: literal ? aboveThreshold / Math.max(1, count) : sparsity,
      }
  const value = sharedSparsity(config, weights)
  return { ...config, randomRule: 'matched', target: 'sparsity', value, overrides }
}

/** Of the layers that share a threshold. */
function sharedSparsity(config: PruneConfig, weights: readonly WeightTensor[]): number {
  const shared = weights.filter(({ spec }) => config.overrides[spec.layerName]?.value === undefined)
  return resolvePruning(shared, config).overall?.sparsity ?? 0
}

/** The final sparsity of a recipe's first pruning step, for schedules; 0 where nothing is pruned. */
export function finalSparsity(recipe: Recipe): number {
  const step = recipe.steps.find(({ technique, enabled }) => technique === 'prune' && enabled)
  return step?.technique === 'prune' ? Math.min(1, step.config.value) : 0
}

/**
 * The recipe at a moment of a schedule: every sparsity times `fraction`. A random choice does not grow out of
 * a smaller one, so the control removes everything at once.
 * @param recipe of `withSparsityTarget`
 */
export function atFraction(recipe: Recipe, fraction: number): Recipe {
  if (fraction >= 1) return recipe
  const steps = recipe.steps.map((step) =>
    step.technique === 'prune' && step.enabled && step.config.method === 'magnitude'
      ? { ...step, config: scaled(step.config, fraction) }
      : step,
  )
  return { ...recipe, steps }
}

function scaled(config: PruneConfig, fraction: number): PruneConfig {
  const overrides = Object.fromEntries(
    Object.entries(config.overrides).map(([layer, override]) => [
      layer,
      override.value === undefined ? override : { ...override, value: override.value * fraction },
    ]),
  )
  return { ...config, value: config.value * fraction, overrides }
}
