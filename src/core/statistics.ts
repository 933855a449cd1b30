import { decode, eachPiece, sharedLevels } from './encoded-tensor'
import type { Codes, EncodedTensor } from './encoded-tensor'

/** What one pass over a weight array tells; sums in double precision. */
export interface WeightStatistics {
  readonly count: number
  readonly zeros: number
  readonly min: number
  readonly max: number
  readonly sum: number
  /** s = sum |w| */
  readonly absoluteSum: number
  /** sum w^2, the signal power times the count */
  readonly squareSum: number
  /** Flat index of the first NaN or infinity, -1 where all are finite. */
  readonly firstNonFinite: number
}

/** The range of an array, widened to contain zero. */
export interface ZeroRange {
  readonly low: number
  readonly high: number
}

/** Sums over several arrays: what a standard deviation needs. */
export interface Moments {
  readonly count: number
  readonly sum: number
  readonly squareSum: number
}

/** Summed squared error against the original, and the original's summed squares. */
export interface ErrorPower {
  readonly count: number
  readonly squaredError: number
  readonly signal: number
}

const known = new WeakMap<Float32Array, WeightStatistics>()
const knownRanges = new WeakMap<Float32Array, ZeroRange>()

/**
 * The statistics of an array, computed once: weights are never changed in place.
 * @param values finite or not; an empty array has min = max = 0
 */
export function weightStatistics(values: Float32Array): WeightStatistics {
  let statistics = known.get(values)
  if (statistics === undefined) {
    statistics = measure(values)
    known.set(values, statistics)
  }
  return statistics
}

function measure(values: Float32Array): WeightStatistics {
  const count = values.length
  let zeros = 0
  let min = Infinity
  let max = -Infinity
  let sum = 0
  let absoluteSum = 0
  let squareSum = 0
  for (let i = 0; i < count; i++) {
    const value = values[i] ?? 0
    if (value < min) min = value
    if (value > max) max = value
    if (value === 0) zeros++
    sum += value
    absoluteSum += Math.abs(value)
    squareSum += value * value
  }
  const firstNonFinite = Number.isFinite(squareSum) ? -1 : values.findIndex((v) => !isFinite(v))
  if (count === 0) min = max = 0
  return { count, zeros, min, max, sum, absoluteSum, squareSum, firstNonFinite }
}

/**
 * min(0, min w) and max(0, max w), from what is already known of the array where possible.
 * @returns infinite or NaN bounds where the array has such values
 */
export function zeroRange(values: Float32Array): ZeroRange {
  let range = knownRanges.get(values)
  if (range === undefined) {
    const statistics = known.get(values)
    range =
      statistics === undefined || statistics.firstNonFinite >= 0
        ? scanRange(values)
        : { low: Math.min(0, statistics.min), high: Math.max(0, statistics.max) }
    knownRanges.set(values, range)
  }
  return range
}

/** Saves `zeroRange` its pass where whoever made the array knows the answer exactly. */
export function noteZeroRange(values: Float32Array, range: ZeroRange): void {
  knownRanges.set(values, range)
}

function scanRange(values: Float32Array): ZeroRange {
  let low = 0
  let high = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    if (value < low) low = value
    else if (value > high) high = value
    else if (value !== value) return { low: NaN, high: NaN }
  }
  return { low, high }
}

/**
 * Standard deviation of a population: sigma = sqrt(sum w^2 / n - (sum w / n)^2), 0 for n = 0.
 * The prune thresholds are multiples of it (Han et al. 2015, arXiv:1506.02626, section 4).
 */
export function standardDeviation(moments: Moments): number {
  const { count, sum, squareSum } = moments
  if (count === 0) return 0
  const mean = sum / count
  return Math.sqrt(Math.max(0, squareSum / count - mean * mean))
}

/** Adds moments: the standard deviation of a whole model needs no second pass. */
export function addMoments(parts: readonly Moments[]): Moments {
  let count = 0
  let sum = 0
  let squareSum = 0
  for (const part of parts) {
    count += part.count
    sum += part.sum
    squareSum += part.squareSum
  }
  return { count, sum, squareSum }
}

/**
 * Error of an encoded tensor against its original, without allocating the decoded weights where
 * codes mean the same in every channel.
 * @param original the weights before any step, same length
 */
export function errorPower(original: Float32Array, encoded: EncodedTensor): ErrorPower {
  const signal = weightStatistics(original).squareSum
  const count = original.length
  const levels = encoded.kind === 'float' ? null : sharedLevels(encoded)
  if (encoded.kind !== 'float' && levels !== null) {
    const mask = encoded.kind === 'affine' ? encoded.mask : null
    const squaredError =
      mask === null
        ? codedError(original, encoded.codes, levels)
        : maskedError(original, encoded.codes, levels, mask)
    return { count, squaredError, signal }
  }
  if (encoded.kind !== 'float')
    return { count, squaredError: restoredError(original, decode(encoded)), signal }
  let squaredError = 0
  eachPiece(encoded, (values, from) => {
    const same = values.length === count ? original : original.subarray(from, from + values.length)
    squaredError += restoredError(same, values)
  })
  return { count, squaredError, signal }
}

/** Two sums side by side: one addition need not wait for the other. */
function codedError(original: Float32Array, codes: Codes, levels: Float32Array): number {
  const pairs = original.length & ~1
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs; i += 2) {
    const first = (original[i] ?? 0) - (levels[codes[i] ?? 0] ?? 0)
    const second = (original[i + 1] ?? 0) - (levels[codes[i + 1] ?? 0] ?? 0)
    even += first * first
    odd += second * second
  }
  if (pairs < original.length) {
    const last = (original[pairs] ?? 0) - (levels[codes[pairs] ?? 0] ?? 0)
    even += last * last
  }
  return even + odd
}

function maskedError(
  original: Float32Array,
  codes: Codes,
  levels: Float32Array,
  mask: Uint8Array,
): number {
  let total = 0
  for (let i = 0; i < original.length; i++) {
    const error = (original[i] ?? 0) - (levels[codes[i] ?? 0] ?? 0) * (mask[i] ?? 0)
    total += error * error
  }
  return total
}

function restoredError(original: Float32Array, restored: Float32Array): number {
  if (original === restored) return 0
  const pairs = original.length & ~1
  let even = 0
  let odd = 0
  for (let i = 0; i < pairs; i += 2) {
    const first = (original[i] ?? 0) - (restored[i] ?? 0)
    const second = (original[i + 1] ?? 0) - (restored[i + 1] ?? 0)
    even += first * first
    odd += second * second
  }
  if (pairs < original.length) {
    const last = (original[pairs] ?? 0) - (restored[pairs] ?? 0)
    even += last * last
  }
  return even + odd
}

/** Adds the errors of several tensors. */
export function addErrors(parts: readonly ErrorPower[]): ErrorPower {
  let count = 0
  let squaredError = 0
  let signal = 0
  for (const part of parts) {
    count += part.count
    squaredError += part.squaredError
    signal += part.signal
  }
  return { count, squaredError, signal }
}

/** Mean squared error: sum (w - w')^2 / n, 0 for n = 0. */
export function meanSquaredError(power: ErrorPower): number {
  return power.count === 0 ? 0 : power.squaredError / power.count
}

/**
 * Signal-to-quantization-noise ratio, 10 log10(sum w^2 / sum (w - w')^2) in dB.
 * @returns null where the error is zero; 0 dB would be "all is lost", -Infinity a zero signal
 */
export function sqnrDb(power: ErrorPower): number | null {
  if (power.squaredError === 0) return null
  return 10 * Math.log10(power.signal / power.squaredError)
}
