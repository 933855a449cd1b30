import { rareFrom } from '../../core/weight-shape'
import type { HistogramReport } from '../../techniques/weights-report'

/** The ends of a histogram that hold so few weights that the range is theirs without need. */
export interface HistogramTail {
  /** Magnitude from which on weights are outliers. */
  readonly from: number
  readonly count: number
  /** Of the range of magnitudes, 0..1. */
  readonly share: number
}

/** A shorter end is that of any layer. */
const LEAST_SHARE = 0.2

/** At most one weight in a thousand, as the histogram's own bins tell them; null where no end is long. */
export function histogramTail({
  before,
  max,
}: Pick<HistogramReport, 'before' | 'max'>): HistogramTail | null {
  const middle = (before.length - 1) / 2
  if (!Number.isInteger(middle) || middle < 1 || max <= 0) return null
  const counts = Array.from({ length: middle + 1 }, (_, away) =>
    away === 0
      ? (before[middle] ?? 0)
      : (before[middle - away] ?? 0) + (before[middle + away] ?? 0),
  )
  const all = counts.reduce((sum, count) => sum + count, 0)
  const first = rareFrom(counts, all)
  const count = counts.slice(first).reduce((sum, one) => sum + one, 0)
  const from = ((first - 0.5) / (middle + 0.5)) * max
  const share = 1 - from / max
  return count === 0 || share < LEAST_SHARE ? null : { from, count, share }
}
