import type { Codes } from '../../core/encoded-tensor'
import { float32Up } from '../../core/float32-up'
import type { ChannelLayout, TensorSpec } from '../../core/tensor-spec'
import { blocksOf, magnitudesOf, newCodes, rangesOf } from './encoding'
import type { Encoding, Precision } from './encoding'

/**
 * The tutorial's form, to the letter: q = max|w| / 2^(bits-1), y = floor(w / q) clamped to
 * [-2^(bits-1), 2^(bits-1) - 1], restored as z = y q + q / 2. No level is zero, so it moves zeros;
 * after pruning a mask is kept and masked weights are zero.
 *
 * Stored as unsigned codes y + 2^(bits-1) with scale q and zeroPoint 2^(bits-1) - 1/2, which is the
 * same z. Where q = 0 (a channel of zeros) z = 0: stored with scale 1 and the zero point on the code.
 * @param mask 1 = kept, or null
 * @returns `clipped` counts kept weights with y above the last code: at least the largest one if it
 *   is positive
 * @throws StudioError 'quantize/non-finite'
 */
export function encodeLinear(
  spec: TensorSpec,
  values: Float32Array,
  mask: Uint8Array | null,
  precision: Precision,
): Encoding {
  const { bits } = precision
  const half = 2 ** (bits - 1)
  const blocks = blocksOf(spec, values.length, precision)
  const widths = binWidths(spec, values, blocks, half)
  const codes = newCodes(bits, values.length)
  const clipped = floorToCodes(values, codes, blocks, widths, half)
  const scale = Float32Array.from(widths, (q) => (q > 0 ? q : 1))
  const zeroPoint = widths.map((q) => (q > 0 ? half - 0.5 : half))
  return { tensor: { kind: 'affine', spec, bits, codes, scale, zeroPoint, mask }, clipped }
}

/** q = max|w| / half of each channel: a float32, as half is a power of two; rounded up below 2^-126. */
export function binWidths(
  spec: TensorSpec,
  values: Float32Array,
  blocks: ChannelLayout,
  half: number,
): Float64Array {
  return magnitudesOf(rangesOf(spec, values, blocks)).map((largest) => float32Up(largest / half))
}

/**
 * Writes clamp(floor(w / q)) + half. Weights that are zero fall into the bin just above zero.
 * @returns how many were clamped
 */
export function floorToCodes(
  values: Float32Array,
  codes: Codes,
  blocks: ChannelLayout,
  widths: Float64Array,
  half: number,
): number {
  const { count, inner } = blocks
  const last = 2 * half - 1
  let clipped = 0
  for (let i = 0; i < values.length;) {
    for (let channel = 0; channel < count; channel++) {
      const width = widths[channel] ?? 0
      const q = width > 0 ? width : 1
      for (const end = i + inner; i < end; i++) {
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
  }
  return clipped
}
