import type { PruningChoice, PruningSchedule } from '../techniques/prune/sparsity-schedule'
import type { Recipe } from '../techniques/recipe'

/** Codes of fewer bits than these take what several rounds of removals would win. */
const FEW_BITS = 3
/** Epochs that leave each round some training. */
const LEAST_EPOCHS = 3

/**
 * What pruning does in a run. By measure (`schedules/...` in docs/experiments.md) rounds that each remove the same share of what
 * is left are never below removing everything at once, and far above it where little is left; beside codes of two bits it
 * is the other way round.
 */
export function pruningFor(choice: PruningChoice, recipe: Recipe, epochs: number): PruningSchedule {
  const { schedule } = choice
  if (schedule !== 'auto') return { ...choice, schedule }
  const inRounds = epochs >= LEAST_EPOCHS && leastBits(recipe) >= FEW_BITS
  return { ...choice, schedule: inRounds ? 'iterative' : 'oneShot', regrowth: false }
}

/** Of the codes that the recipe makes; more than any where it makes none. */
function leastBits({ steps }: Recipe): number {
  const bits = steps.flatMap((step) =>
    step.enabled && step.technique === 'quantize'
      ? [step.config.bits, ...Object.values(step.config.overrides).map((own) => own.bits)]
      : [],
  )
  return Math.min(...bits.map((own) => own ?? Infinity))
}
