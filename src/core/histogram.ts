import { countCodes } from './code-counts'
import { decode, eachPiece, sharedLevels } from './encoded-tensor'
import type { EncodedTensor } from './encoded-tensor'

/** Equal bins over [min, max]; values outside fall into the first or last bin. */
export interface Bins {
  readonly min: number
  readonly max: number
  readonly count: number
}

/**
 * Adds an array to bin counts: bin = floor((w - min) / (max - min) * count), clamped. Where min = max
 * everything is in bin 0.
 */
export function addToBins(counts: Float64Array, values: Float32Array, bins: Bins): void {
  const { min, max, count } = bins
  const perUnit = max > min ? count / (max - min) : 0
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(values[i] ?? 0, min, perUnit, count - 1)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
}

function binOf(value: number, min: number, perUnit: number, last: number): number {
  const bin = ((value - min) * perUnit) | 0
  return bin < 0 ? 0 : bin > last ? last : bin
}

/**
 * The same counts for an encoded tensor. Where codes mean the same in every channel they come from
 * the count of each code, without touching the weights.
 */
export function addEncodedToBins(counts: Float64Array, tensor: EncodedTensor, bins: Bins): void {
  const levels = tensor.kind === 'float' ? null : sharedLevels(tensor)
  const known = levels === null ? null : countCodes(tensor)
  if (tensor.kind === 'float') {
    eachPiece(tensor, (values) => {
      addToBins(counts, values, bins)
    })
    return
  }
  if (levels === null || known === null || known.counts === null) {
    addToBins(counts, decode(tensor), bins)
    return
  }
  const { min, max, count } = bins
  const perUnit = max > min ? count / (max - min) : 0
  const addLevel = (level: number, occurrences: number): void => {
    const bin = binOf(level, min, perUnit, count - 1)
    counts[bin] = (counts[bin] ?? 0) + occurrences
  }
  known.counts.forEach((occurrences, code) => {
    addLevel(levels[code] ?? 0, occurrences)
  })
  addLevel(0, known.masked)
}

/**
 * Distinct restored values, ascending, for drawing them on a histogram.
 * @returns an empty array for floats, per-channel tensors and more than `limit` levels
 */
export function usedLevels(tensor: EncodedTensor, limit = 256): readonly number[] {
  if (tensor.kind === 'float') return []
  const levels = sharedLevels(tensor)
  const { counts, masked } = countCodes(tensor)
  if (levels === null || counts === null) return []
  const used = new Set<number>(masked > 0 ? [0] : [])
  counts.forEach((occurrences, code) => {
    if (occurrences > 0) used.add(levels[code] ?? 0)
  })
  return used.size > limit ? [] : [...used].sort((a, b) => a - b)
}
