import type { OutputKind } from '../../core/output-kind'
import { softened } from '../../training/softened'

/**
 * What a model says to one sample, as probabilities: scores by softmax, a single column as no and yes.
 * @param row the outputs of the sample
 */
export function probabilities(row: Float32Array, kind: OutputKind): number[] {
  if (row.length === 1) {
    const value = row[0] ?? 0
    const yes = kind === 'scores' ? 1 / (1 + Math.exp(-value)) : value
    return [1 - yes, yes]
  }
  return kind === 'scores' ? softened(row, kind, 1) : Array.from(row)
}
