import type { OutputKind } from './runnable-model'

/**
 * What a model says to one sample, as probabilities: scores by softmax, a single column as no and yes.
 * @param row the outputs of the sample
 */
export function probabilities(row: Float32Array, kind: OutputKind): Float64Array {
  if (row.length === 1) {
    const value = row[0] ?? 0
    const yes = kind === 'scores' ? 1 / (1 + Math.exp(-value)) : value
    return Float64Array.of(1 - yes, yes)
  }
  if (kind !== 'scores') return Float64Array.from(row)
  const largest = Math.max(...row)
  const powers = Float64Array.from(row, (value) => Math.exp(value - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
