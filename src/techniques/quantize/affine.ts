import { affineLevel } from '../../core/encoded-tensor'
import type { Codes } from '../../core/encoded-tensor'
import { float32Up } from '../../core/float32-up'
import { forEachStretch } from '../../core/group-layout'
import type { GroupLayout, Stretch } from '../../core/group-layout'
import { magnitudesOf, newCodes } from './encoding'
import type { Encoding, RangedWeights, Ranges } from './encoding'

/** Integer zero points and the codes between which weights are rounded. */
export interface AffineParameters {
  readonly scale: Float32Array
  readonly zeroPoint: Float64Array
  readonly first: number
  readonly last: number
}

/**
 * Asymmetric: the range divided into 2^bits - 1 steps, the
 * step rounded up to float32, zeroPoint = floor(-low / scale + 1/2). The zero point is an integer, so zero is a level.
 * @see Jacob et al. 2018, arXiv:1712.05877, section 2.1
 */
function asymmetric(ranges: Ranges, bits: number): AffineParameters {
  const last = 2 ** bits - 1
  const scale = new Float32Array(ranges.high.length)
  const zeroPoint = new Float64Array(scale.length)
  // Of each step of training: `from` with a function takes several times as long.
  for (let group = 0; group < scale.length; group++) {
    const low = ranges.low[group] ?? 0
    const width = (ranges.high[group] ?? 0) - low
    // All weights are zero: any step restores them, one is as good as another.
    const step = width > 0 ? float32Up(width / last) : 1
    scale[group] = step
    zeroPoint[group] = Math.min(last, Math.floor(-low / step + 0.5))
  }
  return { scale, zeroPoint, first: 0, last }
}

/**
 * Symmetric, narrow range: scale = max|w| / (2^(bits-1) - 1), max|w| being the larger end of the range, rounded up to float32, and
 * zeroPoint = 2^(bits-1), so codes are 1 .. 2^bits - 1 and a weight and its negative are restored as negatives.
 * @see Jacob et al. 2018, arXiv:1712.05877, section 2.1 and its narrow range for weights
 */
function symmetric(ranges: Ranges, bits: number): AffineParameters {
  const half = 2 ** (bits - 1)
  const magnitudes = magnitudesOf(ranges)
  const scale = new Float32Array(magnitudes.length)
  for (let group = 0; group < scale.length; group++) {
    const largest = magnitudes[group] ?? 0
    scale[group] = largest > 0 ? float32Up(largest / (half - 1)) : 1
  }
  const zeroPoint = new Float64Array(scale.length).fill(half)
  return { scale, zeroPoint, first: 1, last: 2 * half - 1 }
}

/** Scale and zero point of each group. */
export function affineParameters(
  ranges: Ranges,
  bits: number,
  symmetry: 'symmetric' | 'asymmetric',
): AffineParameters {
  return symmetry === 'symmetric' ? symmetric(ranges, bits) : asymmetric(ranges, bits)
}

/**
 * Rounds to the nearest level: code = clamp(floor(w / scale + (zeroPoint + 1/2))). Zero is restored
 * as exactly zero, so a pruned tensor needs no mask.
 * @param codes where they are put
 * @returns error at most scale / 2, but of the weights that `clipped` counts, which lie further outside
 */
export function encodeAffine(
  { spec, values, groups, ranges }: RangedWeights,
  bits: number,
  symmetry: 'symmetric' | 'asymmetric',
  codes = newCodes(bits, values.length),
): Encoding {
  const parameters = affineParameters(ranges, bits, symmetry)
  const clipped = roundToCodes(values, codes, groups, parameters)
  const { scale, zeroPoint } = parameters
  return {
    tensor: { kind: 'affine', spec, bits, codes, groups, scale, zeroPoint, mask: null },
    clipped,
  }
}

/**
 * Σ (w - w')² of each group, w' being what `encodeAffine` restores, without making codes: a search asks for many.
 */
export function affineErrors(
  { values, groups, ranges }: Omit<RangedWeights, 'spec' | 'mask'>,
  bits: number,
  symmetry: 'symmetric' | 'asymmetric',
): Float64Array {
  const parameters = affineParameters(ranges, bits, symmetry)
  const errors = new Float64Array(parameters.scale.length)
  forEachStretch(groups, values.length, (stretch) => {
    const add = stretch.run === 1 ? addInterleaved : addRuns
    add(values, errors, stretch, parameters)
  })
  return errors
}

function addRuns(
  values: Float32Array,
  errors: Float64Array,
  { start, end, first: from, count, run }: Stretch,
  { scale, zeroPoint, first, last }: AffineParameters,
): void {
  for (let i = start; i < end;)
    for (let group = from; group < from + count; group++) {
      const step = scale[group] ?? 1
      const zero = zeroPoint[group] ?? 0
      const shift = zero + 0.5
      let sum = errors[group] ?? 0
      for (const stop = i + run; i < stop; i++) {
        const value = values[i] ?? 0
        const place = value / step + shift
        // Cutting off is rounding down: what is left has no sign.
        const code = place >= last + 1 ? last : place < first ? first : place | 0
        const error = value - affineLevel(code, step, zero)
        sum += error * error
      }
      errors[group] = sum
    }
}

/** Groups vary fastest: one row of all of them after the other. */
function addInterleaved(
  values: Float32Array,
  errors: Float64Array,
  { start, end, first: from, count }: Stretch,
  { scale, zeroPoint, first, last }: AffineParameters,
): void {
  for (let i = start; i < end;)
    for (let group = from; group < from + count; group++, i++) {
      const value = values[i] ?? 0
      const step = scale[group] ?? 1
      const zero = zeroPoint[group] ?? 0
      const place = value / step + (zero + 0.5)
      const code = place >= last + 1 ? last : place < first ? first : place | 0
      const error = value - affineLevel(code, step, zero)
      errors[group] = (errors[group] ?? 0) + error * error
    }
}

/**
 * Storing a number in an array of integers cuts it off, which equals floor where it is not negative. A tie
 * at the end of the range is rounded inwards: both levels are as near, and nothing was lost.
 */
function roundToCodes(
  values: Float32Array,
  codes: Codes,
  groups: GroupLayout,
  parameters: AffineParameters,
): number {
  let clipped = 0
  forEachStretch(groups, values.length, (stretch) => {
    const round = stretch.run === 1 ? roundInterleaved : roundRuns
    clipped += round(values, codes, stretch, parameters)
  })
  return clipped
}

function roundRuns(
  values: Float32Array,
  codes: Codes,
  { start, end, first: from, count, run }: Stretch,
  { scale, zeroPoint, first, last }: AffineParameters,
): number {
  const above = last + 1
  let clipped = 0
  for (let i = start; i < end;)
    for (let group = from; group < from + count; group++) {
      const step = scale[group] ?? 1
      const shift = (zeroPoint[group] ?? 0) + 0.5
      for (const stop = i + run; i < stop; i++) {
        const place = (values[i] ?? 0) / step + shift
        if (place >= above) {
          codes[i] = last
          if (place > above) clipped++
        } else if (place < first) {
          codes[i] = first
          clipped++
        } else codes[i] = place
      }
    }
  return clipped
}

/** Groups vary fastest: one row of all of them after the other. */
function roundInterleaved(
  values: Float32Array,
  codes: Codes,
  { start, end, first: from, count }: Stretch,
  { scale, zeroPoint, first, last }: AffineParameters,
): number {
  const above = last + 1
  let clipped = 0
  for (let i = start; i < end;)
    for (let group = from; group < from + count; group++, i++) {
      const place = (values[i] ?? 0) / (scale[group] ?? 1) + ((zeroPoint[group] ?? 0) + 0.5)
      if (place >= above) {
        codes[i] = last
        if (place > above) clipped++
      } else if (place < first) {
        codes[i] = first
        clipped++
      } else codes[i] = place
    }
  return clipped
}
