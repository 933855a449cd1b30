import type { ValueHistogram } from './value-histogram'
import { leastDivergence } from './least-divergence'

/**
 * How the range is found that codes of an activation cover; what lies beyond it becomes its end.
 * minMax: all values that were seen.
 * percentile: without the outermost 0.005 % on each side, as `Percentile` of onnxruntime's quantizer cuts, which by itself
 * cuts a tenth of that.
 * error: the least mean square of what rounding and cutting change (Wu et al. 2020, "Integer Quantization for Deep Learning
 * Inference", arXiv:2004.09602, and Banner et al. 2019, arXiv:1810.05723).
 * entropy: the least Kullback-Leibler divergence of the rounded values from those that were seen, as TensorRT calibrates (Migacz
 * 2017, "8-bit Inference with TensorRT", GTC s7310), as onnxruntime's quantizer computes it, on 1024 bins.
 */
export const rangeMethods = ['minMax', 'percentile', 'error', 'entropy'] as const
export type RangeMethod = (typeof rangeMethods)[number]

/** Real numbers that codes stand for; zero lies in it, so that it is a code. */
export interface ActivationRange {
  readonly low: number
  readonly high: number
}

/** Of all values, without those that are cut at both ends. */
const KEPT = 0.9999
/** Steps from nothing to the whole range that are tried on each side. */
const TRIES = 128
/** Codes of 8 bits. */
const STEPS = 255

export function activationRange(seen: ValueHistogram, method: RangeMethod): ActivationRange {
  const whole = { low: Math.min(0, seen.low), high: Math.max(0, seen.high) }
  if (seen.limit === 0) return { low: 0, high: 0 }
  switch (method) {
    case 'minMax':
      return whole
    case 'percentile':
      return within(whole, percentiles(seen))
    case 'error':
      return leastError(seen, whole)
    case 'entropy': {
      const reach = leastDivergence(inPairs(seen.counts)) * seen.limit
      return within(whole, { low: -reach, high: reach })
    }
  }
}

function within(whole: ActivationRange, found: ActivationRange): ActivationRange {
  return {
    low: Math.min(0, Math.max(whole.low, found.low)),
    high: Math.max(0, Math.min(whole.high, found.high)),
  }
}

/** Half as many bins, which say as much and take a quarter of the time. */
function inPairs(counts: Float64Array): Float64Array {
  return Float64Array.from(
    { length: counts.length / 2 },
    (_, bin) => (counts[2 * bin] ?? 0) + (counts[2 * bin + 1] ?? 0),
  )
}

/** The bins in which sums of counts reach so much of all. */
function percentiles({ counts, limit, zeros }: ValueHistogram): ActivationRange {
  const half = counts.length / 2
  const width = limit / half
  const total = counts.reduce((sum, count) => sum + count, zeros)
  const cut = (total * (1 - KEPT)) / 2
  let [before, low, high] = [0, -limit, limit]
  for (const [bin, count] of counts.entries()) {
    // Zeros lie between the two halves.
    if (bin === half) before += zeros
    const after = before + count
    if (before <= cut && cut < after) low = (bin - half) * width
    if (before < total - cut && total - cut <= after) high = (bin - half + 1) * width
    before = after
  }
  return { low, high }
}

/** Sums over all bins before one, of counts, values and squares. */
interface Sums {
  readonly count: Float64Array
  readonly value: Float64Array
  readonly square: Float64Array
}

function sumsOf({ counts, limit }: ValueHistogram): Sums {
  const half = counts.length / 2
  const [count, value, square] = [0, 1, 2].map(() => new Float64Array(counts.length + 1))
  if (count === undefined || value === undefined || square === undefined) throw new RangeError()
  for (const [bin, times] of counts.entries()) {
    const middle = ((bin + 0.5 - half) * limit) / half
    count[bin + 1] = (count[bin] ?? 0) + times
    value[bin + 1] = (value[bin] ?? 0) + times * middle
    square[bin + 1] = (square[bin] ?? 0) + times * middle * middle
  }
  return { count, value, square }
}

/** Tries both ends apart: the square of a step over twelve inside, the distance to the nearer end beyond. */
function leastError(seen: ValueHistogram, whole: ActivationRange): ActivationRange {
  const sums = sumsOf(seen)
  const lows = triedUpTo(whole.low)
  const highs = triedUpTo(whole.high)
  let best = { ...whole, error: Infinity }
  for (const low of lows)
    for (const high of highs) {
      const error = errorOf(sums, seen.limit, { low, high })
      if (error < best.error) best = { low, high, error }
    }
  return { low: best.low, high: best.high }
}

/** The whole first: of equal ones nothing is cut. */
function triedUpTo(end: number): readonly number[] {
  if (end === 0) return [0]
  return Array.from({ length: TRIES }, (_, at) => end * (1 - at / TRIES))
}

function errorOf(sums: Sums, limit: number, { low, high }: ActivationRange): number {
  const last = sums.count.length - 1
  const binOf = (value: number): number =>
    Math.min(last, Math.max(0, Math.round((value / limit + 1) * (last / 2))))
  const [from, to] = [binOf(low), binOf(high)]
  const sum = (list: Float64Array, begin: number, end: number): number =>
    (list[end] ?? 0) - (list[begin] ?? 0)
  const beyond = (begin: number, end: number, bound: number): number =>
    sum(sums.square, begin, end) -
    2 * bound * sum(sums.value, begin, end) +
    bound * bound * sum(sums.count, begin, end)
  const step = (high - low) / STEPS
  return (
    (sum(sums.count, from, to) * step * step) / 12 +
    Math.max(0, beyond(0, from, low)) +
    Math.max(0, beyond(to, last, high))
  )
}

/** How real numbers become codes of 8 bits: `code = round(value / scale) + zero`, within the type. */
export interface ActivationCodes {
  /** float32 */
  readonly scale: number
  readonly zero: number
}

/** Asymmetric codes over all of a type: of values without a sign zero is the least code, so that a `Relu` before them changes none. */
export function activationCodes({ low, high }: ActivationRange, signed: boolean): ActivationCodes {
  const scale = Math.fround((high - low) / STEPS)
  const zero = low < 0 && scale > 0 ? Math.round(-low / scale) : 0
  return { scale: scale > 0 ? scale : 1, zero: zero - (signed ? 128 : 0) }
}

/** Steps of a range whose ends no code may only just reach beyond. */
const FEWER_STEPS = STEPS - 2

/**
 * Codes of what a `Clip` gives. onnxruntime 1.22 to 1.30 opens no file in which the least or the largest code lies up to half a step
 * beyond a bound of the `Clip` before it, as they do where zero is a code between them: so both lie at least that much beyond.
 */
export function clippedCodes({ low, high }: ActivationRange, signed: boolean): ActivationCodes {
  if (low >= 0 || high <= 0) return endingIn({ low, high }, signed)
  const scale = Math.fround((high - low) / FEWER_STEPS)
  // The two steps more are shared so that each end has half a step at least.
  const above = Math.floor(high / scale + 1.5)
  return { scale, zero: STEPS - above - (signed ? 128 : 0) }
}

/** With zero at one end, and the other one nowhere beyond the range. */
function endingIn(range: ActivationRange, signed: boolean): ActivationCodes {
  const { scale, zero } = activationCodes(range, signed)
  const reach = Math.max(range.high, -range.low)
  const isBeyond = reach > 0 && Math.fround(STEPS * scale) > reach
  return { scale: isBeyond ? Math.fround(scale * (1 - 2 ** -23)) : scale, zero }
}
