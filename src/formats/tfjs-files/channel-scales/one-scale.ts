import type { AffineTensor, Codes, EncodedTensor } from '../../../core/encoded-tensor'
import { forEachStretch, hasBlocks } from '../../../core/group-layout'

/** A kernel whose channels share one scale, and what that has left of each channel's own. */
export interface OneScale {
  readonly kernel: AffineTensor
  /** The channel's scale divided by the common one, in (0, 1]; 1 of channels that are all zeros. */
  readonly ratios: Float32Array
}

/** Codes of one range hold at most so many bits. */
const MOST_BITS = 16

const known = new WeakMap<EncodedTensor, { readonly found: OneScale | null }>()

/**
 * A kernel with a scale for each channel as codes with one: kernel[.., c] * ratios[c] is what the tensor decodes to, but
 * for one rounding. The common scale is the largest, so that no value becomes smaller than it was. Codes are counted
 * from each channel's zero, which is exact.
 * @returns null where it has one scale already, has other groups, or is no such codes
 */
export function oneScale(tensor: EncodedTensor): OneScale | null {
  if (tensor.kind !== 'affine' || tensor.scale.length < 2 || hasBlocks(tensor.groups)) return null
  // Found once: it takes passes over all codes, and is asked for at each move of a slider.
  const before = known.get(tensor)
  if (before !== undefined) return before.found
  const found = withOneScale(tensor)
  known.set(tensor, { found })
  return found
}

function withOneScale(tensor: AffineTensor): OneScale | null {
  const { scale, zeroPoint } = tensor
  // The linear scheme's zero lies between two codes, so its levels are odd halves.
  const parts = zeroPoint.every((zero) => Number.isInteger(zero)) ? 1 : 2
  if (!zeroPoint.every((zero) => Number.isInteger(parts * zero))) return null
  const { high, live, low } = spreadOf(tensor, parts)
  const bits = Math.max(tensor.bits, Math.ceil(Math.log2(high - low + 1)))
  if (bits > MOST_BITS) return null
  const largest = scale.reduce((most, one, at) => (live[at] === 1 ? Math.max(most, one) : most), 0)
  const common = largest > 0 ? largest : 1
  const first = zeroPoint[0] ?? 0
  const isSame = tensor.mask === null && zeroPoint.every((zero) => zero === first)
  const range = isSame
    ? { bits: tensor.bits, codes: tensor.codes, scale: common, zero: first }
    : { bits, codes: countedFrom(tensor, parts, low, bits), scale: common / parts, zero: -low }
  return {
    kernel: {
      ...{ kind: 'affine', spec: tensor.spec, bits: range.bits, codes: range.codes, mask: null },
      groups: { count: 1, inner: Math.max(1, tensor.codes.length), block: 1, axis: 1 },
      scale: Float32Array.of(range.scale),
      zeroPoint: Float64Array.of(range.zero),
    },
    ratios: Float32Array.from(scale, (one, at) => (live[at] === 1 ? one / common : 1)),
  }
}

/** The ends of (code - zero) * parts, and which channels have anything but zeros. */
function spreadOf({ codes, groups, mask, zeroPoint }: AffineTensor, parts: number) {
  const live = new Uint8Array(zeroPoint.length)
  let [low, high] = [0, 0]
  forEachStretch(groups, codes.length, ({ count, end, first, run, start }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const zero = zeroPoint[group] ?? 0
        for (const stop = i + run; i < stop; i++) {
          if (mask?.[i] === 0) continue
          const place = ((codes[i] ?? 0) - zero) * parts
          if (place === 0) continue
          live[group] = 1
          if (place < low) low = place
          else if (place > high) high = place
        }
      }
  })
  return { high, live, low }
}

function countedFrom(
  { codes, groups, mask, zeroPoint }: AffineTensor,
  parts: number,
  low: number,
  bits: number,
): Codes {
  const out = bits <= 8 ? new Uint8Array(codes.length) : new Uint16Array(codes.length)
  forEachStretch(groups, codes.length, ({ count, end, first, run, start }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const zero = zeroPoint[group] ?? 0
        for (const stop = i + run; i < stop; i++)
          out[i] = mask?.[i] === 0 ? -low : ((codes[i] ?? 0) - zero) * parts - low
      }
  })
  return out
}
