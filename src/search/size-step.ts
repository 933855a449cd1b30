import { LEAST_LOSS } from './loss-model'
import { meets } from './search-goal'
import type { Figures, SearchGoal } from './search-goal'

/**
 * What a file has lost after training grows with about this power as it gets smaller: Fashion CNN 2 to 8, VGG small 6. After
 * a miss the least of it is believed, or the next would miss again.
 */
const LOSS_BY_SIZE = { met: 6, missed: 3 } as const
/** A loss that is aimed at, of what is allowed, since it scatters. */
const AIM = 0.9
const MOST_STEP = 1.25
/** After one that keeps to the goal. */
const SMALLER = 0.95

/** By how much smaller, or larger, the next file is to be after trained settings have lost so much. */
export function sizeStep(goal: SearchGoal, found: Figures): number {
  const lost = Math.max(LEAST_LOSS, found.loss ?? 0)
  const share = lost / (AIM * Math.max(LEAST_LOSS, goal.most))
  return meets(goal, found)
    ? Math.min(share ** (1 / LOSS_BY_SIZE.met), SMALLER)
    : Math.min(share ** (1 / LOSS_BY_SIZE.missed), MOST_STEP)
}
