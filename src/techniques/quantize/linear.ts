import type { Codes } from '../../core/encoded-tensor'
import { float32Up } from '../../core/float32-up'
import { forEachStretch } from '../../core/group-layout'
import type { GroupLayout, Stretch } from '../../core/group-layout'
import { magnitudesOf, newCodes } from './encoding'
import type { Encoding, RangedWeights, Ranges } from './encoding'

/**
 * The tutorial's form, to the letter, max|w| being the larger end of the range: q = max|w| / 2^(bits-1), y = floor(w / q) clamped to
 * [-2^(bits-1), 2^(bits-1) - 1], restored as z = y q + q / 2. No level is zero, so it moves zeros;
 * after pruning a mask is kept and masked weights are zero.
 *
 * Stored as unsigned codes y + 2^(bits-1) with scale q and zeroPoint 2^(bits-1) - 1/2, which is the
 * same z. Where q = 0 (a group of zeros) z = 0: stored with scale 1 and the zero point on the code.
 * @returns `clipped` counts kept weights with y above the last code: at least the largest one if it
 *   is positive
 */
export function encodeLinear(weights: RangedWeights, bits: number): Encoding {
  const { spec, values, mask, groups, ranges } = weights
  const half = 2 ** (bits - 1)
  const widths = binWidths(ranges, half)
  const codes = newCodes(bits, values.length)
  const clipped = floorToCodes(values, codes, groups, widths, half)
  const { scale, zeroPoint } = parametersOf(widths, half)
  return { tensor: { kind: 'affine', spec, bits, codes, groups, scale, zeroPoint, mask }, clipped }
}

/** Scale and zero point of each group. */
export function linearParameters(
  ranges: Ranges,
  bits: number,
): { readonly scale: Float32Array; readonly zeroPoint: Float64Array } {
  const half = 2 ** (bits - 1)
  return parametersOf(binWidths(ranges, half), half)
}

function parametersOf(
  widths: Float64Array,
  half: number,
): { readonly scale: Float32Array; readonly zeroPoint: Float64Array } {
  return {
    scale: Float32Array.from(widths, (q) => (q > 0 ? q : 1)),
    zeroPoint: widths.map((q) => (q > 0 ? half - 0.5 : half)),
  }
}

/** q = max|w| / half of each group: a float32, as half is a power of two; rounded up below 2^-126. */
export function binWidths(ranges: Ranges, half: number): Float64Array {
  return magnitudesOf(ranges).map((largest) => float32Up(largest / half))
}

/**
 * Writes clamp(floor(w / q)) + half. Weights that are zero fall into the bin just above zero.
 * @returns how many were clamped
 */
export function floorToCodes(
  values: Float32Array,
  codes: Codes,
  groups: GroupLayout,
  widths: Float64Array,
  half: number,
): number {
  let clipped = 0
  forEachStretch(groups, values.length, (stretch) => {
    clipped += floorStretch(values, codes, stretch, widths, half)
  })
  return clipped
}

function floorStretch(
  values: Float32Array,
  codes: Codes,
  { start, end, first, count, run }: Stretch,
  widths: Float64Array,
  half: number,
): number {
  const last = 2 * half - 1
  let clipped = 0
  for (let i = start; i < end;)
    for (let group = first; group < first + count; group++) {
      const width = widths[group] ?? 0
      const q = width > 0 ? width : 1
      for (const stop = i + run; i < stop; i++) {
        const code = Math.floor((values[i] ?? 0) / q) + half
        if (code > last) {
          codes[i] = last
          clipped++
        } else if (code < 0) {
          codes[i] = 0
          clipped++
        } else codes[i] = code
      }
    }
  return clipped
}
