import type { ScoreId } from '../../data/scores'
import { formatPercent, formatSignificant } from '../../ui-kit/format-number'

/** Shares as percent; errors and R² as numbers. */
export function formatScore(id: ScoreId, value: number): string {
  return id === 'mae' || id === 'r2' ? formatSignificant(value, 4) : formatPercent(value)
}
