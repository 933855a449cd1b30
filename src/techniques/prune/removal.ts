import { affineLevels } from '../../core/encoded-tensor'
import type {
  AffineTensor,
  Codes,
  CodebookTensor,
  EncodedTensor,
  FloatTensor,
} from '../../core/encoded-tensor'
import { forEachStretch } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { bitsOf, magnitudeBits } from '../../core/selection'
import { noteZeroRange, zeroRange } from '../../core/statistics'
import type { TensorSpec } from '../../core/tensor-spec'

/** Mask and pruned values made in one pass. */
export interface PrunedValues {
  readonly mask: Uint8Array
  readonly values: Float32Array
}

/**
 * Keeps w if and only if |w| > threshold; the others become +0. Compares bits, which for finite
 * weights is the comparison of magnitudes.
 * @param threshold t >= 0
 */
export function removeSmall(values: Float32Array, threshold: number): PrunedValues {
  const limit = magnitudeBits(threshold)
  const out = new Float32Array(values.length)
  const mask = new Uint8Array(values.length)
  const source = bitsOf(values)
  const target = bitsOf(out)
  for (let i = 0; i < source.length; i++) {
    const bits = source[i] ?? 0
    const kept = (limit - (bits & 0x7fffffff)) >>> 31
    mask[i] = kept
    target[i] = bits & -kept
  }
  const { low, high } = zeroRange(values)
  noteZeroRange(out, { low: low < -threshold ? low : 0, high: high > threshold ? high : 0 })
  return { mask, values: out }
}

/** The mask alone of `removeSmall`. */
export function keptMask(values: Float32Array, threshold: number): Uint8Array {
  const limit = magnitudeBits(threshold)
  const mask = new Uint8Array(values.length)
  const source = bitsOf(values)
  for (let i = 0; i < source.length; i++) mask[i] = (limit - ((source[i] ?? 0) & 0x7fffffff)) >>> 31
  return mask
}

/** The weights alone of `removeSmall`, in `out`. */
export function keptValues(
  values: Float32Array,
  threshold: number,
  out: Float32Array,
): Float32Array {
  const limit = magnitudeBits(threshold)
  const source = bitsOf(values)
  const target = bitsOf(out)
  for (let i = 0; i < source.length; i++) {
    const bits = source[i] ?? 0
    target[i] = bits & ((limit - (bits & 0x7fffffff)) >> 31)
  }
  return out
}

/** Zeroes the weights that a mask removes, and makes a zero of -0, which would be another zero to whoever packs the file. */
export function removeMasked(
  values: Float32Array,
  mask: Uint8Array,
  out: Float32Array = new Float32Array(values.length),
): PrunedValues {
  const source = bitsOf(values)
  const target = bitsOf(out)
  for (let i = 0; i < source.length; i++) {
    const bits = (source[i] ?? 0) & -(mask[i] ?? 0)
    target[i] = bits << 1 === 0 ? 0 : bits
  }
  return { mask, values: out }
}

/**
 * Prunes a tensor that was encoded before: affine codes become the zero point or gain a mask,
 * codebook codes point to a level that is zero. Only a codebook without one goes back to floats.
 */
export function removeFromEncoded(encoded: EncodedTensor, pruned: PrunedValues): EncodedTensor {
  const { spec } = encoded
  switch (encoded.kind) {
    case 'float':
      return floats(spec, pruned.values)
    case 'affine':
      return pruneAffine(encoded, pruned.mask)
    case 'codebook':
      return pruneCodebook(encoded, pruned)
  }
}

function floats(spec: TensorSpec, values: Float32Array): FloatTensor {
  return { kind: 'float', spec, values }
}

function pruneAffine(encoded: AffineTensor, mask: Uint8Array): AffineTensor {
  const { zeroPoint, bits, codes, groups, fromFile } = encoded
  const last = 2 ** bits - 1
  const zeroCodes =
    fromFile === undefined ? zeroPoint : Float64Array.of(affineLevels(encoded, 0).indexOf(0))
  const exact = zeroCodes.every((point) => Number.isInteger(point) && point >= 0 && point <= last)
  if (encoded.mask === null && exact) {
    return { ...encoded, codes: replaceCodes(codes, mask, zeroCodes, groups) }
  }
  return { ...encoded, mask }
}

function pruneCodebook(
  encoded: CodebookTensor,
  pruned: PrunedValues,
): CodebookTensor | FloatTensor {
  const { levels, bits, groups, codes, spec } = encoded
  const zeroCodes = Float64Array.from({ length: levels.length >> bits }, (_, group) =>
    levels.subarray(group << bits, (group + 1) << bits).indexOf(0),
  )
  if (zeroCodes.includes(-1)) return floats(spec, pruned.values)
  return { ...encoded, codes: replaceCodes(codes, pruned.mask, zeroCodes, groups) }
}

function replaceCodes(
  codes: Codes,
  mask: Uint8Array,
  zeroCodes: Float64Array,
  groups: GroupLayout,
): Codes {
  const out = codes.slice()
  forEachStretch(groups, out.length, ({ start, end, first, count, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const zero = zeroCodes[group] ?? 0
        for (const stop = i + run; i < stop; i++) if (mask[i] !== 1) out[i] = zero
      }
  })
  return out
}
