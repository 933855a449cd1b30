import { picturePreparation } from '../../data/data-settings'
import type { DataSettings } from '../../data/data-settings'
import type { Preparation } from '../../data/preparation'
import type { PreparationTrial, TriedOrder } from '../../protocol/data-messages'

/** One way to show samples and to read the answers, with how often the original was right. */
export interface TrialRow {
  readonly preparation: Preparation | null
  readonly order: TriedOrder
  /** Of the samples that have an output, from 0 to 1. */
  readonly accuracy: number
  readonly inUse: boolean
}

/** All that was tried, the best first; what is equally good stays in the order in which it was tried. */
export function trialRows(
  trials: readonly PreparationTrial[],
  settings: DataSettings,
): readonly TrialRow[] {
  const rows = trials.flatMap(({ preparation, orders }) =>
    orders.map((order, place) => ({
      preparation,
      order,
      accuracy: order.measured === 0 ? 0 : order.correct / order.measured,
      inUse:
        JSON.stringify(preparation) === JSON.stringify(picturePreparation(settings)) &&
        (settings.classMap === null ? place === 0 : order.map?.join() === settings.classMap.join()),
    })),
  )
  return rows.sort((a, b) => b.accuracy - a.accuracy)
}

/**
 * Whether the best is better than what is in use by more than chance: two standard errors of the difference
 * of two shares of the same samples.
 */
export function clearlyBest(rows: readonly TrialRow[]): TrialRow | null {
  const [best] = rows
  const present = rows.find(({ inUse }) => inUse)
  if (best === undefined || present === undefined || best.inUse) return null
  const samples = Math.max(1, Math.min(best.order.measured, present.order.measured))
  const spread = (p: number): number => (p * (1 - p)) / samples
  const error = Math.sqrt(spread(best.accuracy) + spread(present.accuracy))
  return best.accuracy - present.accuracy > 2 * error ? best : null
}
