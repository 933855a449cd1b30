import { LEAST_LOSS } from './loss-model'
import { meets } from './search-goal'
import type { Figures, SearchGoal } from './search-goal'

/** What a file has lost after training grows with about this power as it gets smaller: Fashion CNN 4 to 8, VGG small 6. */
const LOSS_BY_SIZE = 6
/** A loss that is aimed at, of what is allowed, since it scatters. */
const AIM = 0.9
const MOST_STEP = 1.25
/** After one that keeps to the goal. */
const SMALLER = 0.95

/** By how much smaller, or larger, the next file is to be after trained settings have lost so much. */
export function sizeStep(goal: SearchGoal, found: Figures): number {
  const lost = Math.max(LEAST_LOSS, found.loss ?? 0)
  const step = (lost / (AIM * Math.max(LEAST_LOSS, goal.most))) ** (1 / LOSS_BY_SIZE)
  return Math.min(step, meets(goal, found) ? SMALLER : MOST_STEP)
}
