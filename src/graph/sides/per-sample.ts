import { BATCH, isOpen } from './side'
import type { Side } from './side'

/**
 * What one sample has of what is counted for a whole batch.
 * @param samples that a graph takes at once, where that is fixed
 * @returns null where a side is open, or where the count is no number
 */
export function perSample(all: Side, samples: number): number | null {
  const whole = isOpen(all) && all.names.every((name) => name === BATCH) ? all.times : all
  if (typeof whole !== 'number') return null
  const each = Math.round(whole / samples)
  return Number.isSafeInteger(each) && each >= 0 ? each : null
}
