import type { RunStretch } from '../../core/run-stretch'
import type { WeightTensor } from '../../core/weight-tensor'
import { resolvePruning } from './thresholds'
import type { PruneConfig } from './prune.meta'
import { roundStretch, sparsityFraction } from './sparsity-schedule'
import type { PruningSchedule } from './sparsity-schedule'
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

/** The largest sparsity that a recipe asks of a layer, for schedules; 0 where nothing is pruned. */
export function largestSparsity(recipe: Recipe): number {
  const asked = pruningOf(recipe).flatMap(({ value, overrides }) => [
    value,
    ...Object.values(overrides).map((override) => override.value ?? 0),
  ])
  return Math.min(1, Math.max(0, ...asked))
}

/**
 * The recipe at a moment of a schedule: every sparsity, that of the step and those of single layers, as far as its
 * own curve has come. A random choice does not grow out of a smaller one, so the control removes everything at once.
 * @param recipe of `withSparsityTarget`
 * @param progress of the run, 0..1
 */
export function atProgress(recipe: Recipe, progress: number, schedule: PruningSchedule): Recipe {
  const now = (sparsity: number): number =>
    sparsity * sparsityFraction(progress, Math.min(1, sparsity), schedule)
  const steps = recipe.steps.map((step) =>
    step.technique === 'prune' && step.enabled && step.config.method === 'magnitude'
      ? { ...step, config: changed(step.config, now) }
      : step,
  )
  return { ...recipe, steps }
}

function changed(config: PruneConfig, now: (sparsity: number) => number): PruneConfig {
  const overrides = Object.fromEntries(
    Object.entries(config.overrides).map(([layer, override]) => [
      layer,
      override.value === undefined ? override : { ...override, value: now(override.value) },
    ]),
  )
  return { ...config, value: now(config.value), overrides }
}

/**
 * The round of removals that goes on at a moment of a run; null where nothing is removed in rounds.
 * @param recipe of `withSparsityTarget`
 * @param progress of the run, 0..1
 */
export function removalRound(
  recipe: Recipe,
  progress: number,
  schedule: PruningSchedule,
): RunStretch | null {
  const inRounds =
    schedule.schedule === 'iterative' &&
    pruningOf(recipe).some(({ method }) => method === 'magnitude') &&
    largestSparsity(recipe) > 0
  return inRounds ? roundStretch(progress, schedule) : null
}

/** Settings of the pruning steps that are on. */
function pruningOf({ steps }: Recipe): PruneConfig[] {
  return steps.flatMap((step) => (step.technique === 'prune' && step.enabled ? [step.config] : []))
}
