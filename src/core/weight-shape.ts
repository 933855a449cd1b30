import { decode, decodeRange, sharedLevels, weightsOf } from './encoded-tensor'
import type { EncodedTensor } from './encoded-tensor'
import { weightStatistics } from './statistics'
import type { ChannelLayout } from './tensor-spec'
import type { WeightTensor } from './weight-tensor'

/** How the weights of a tensor lie in its range, whatever is made of them. */
export interface WeightShape {
  /** Share of the largest magnitude that only one weight in a thousand reaches beyond, 0..1. */
  readonly tail: number
  /** The largest magnitude over that of the middle output channel; 1 and more. */
  readonly spread: number
}

/** One weight in so many is rare. */
const RARE = 1000
const FINE_BINS = 4096
/** Weights that are asked for at once: most channels are found alive in the first row. */
const PIECE = 2 ** 16

const shapes = new WeakMap<Float32Array, WeightShape>()

/** Found once: weights are never changed in place. */
export function weightShape({ spec, values }: WeightTensor): WeightShape {
  let shape = shapes.get(values)
  if (shape === undefined) {
    const { max, min } = weightStatistics(values)
    const reach = Math.max(max, -min)
    const isEmpty = !(reach > 0) || !Number.isFinite(reach)
    shape = isEmpty
      ? { tail: 0, spread: 1 }
      : { tail: tailOf(values, reach), spread: reach / middleReach(values, spec.channel, reach) }
    shapes.set(values, shape)
  }
  return shape
}

function tailOf(values: Float32Array, reach: number): number {
  const counts = new Float64Array(FINE_BINS)
  const perUnit = FINE_BINS / reach
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(FINE_BINS - 1, (Math.abs(values[i] ?? 0) * perUnit) | 0)
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return 1 - rareFrom(counts, values.length) / FINE_BINS
}

/**
 * The first of the outermost bins that hold no more than one weight in a thousand together.
 * @param counts by magnitude, the largest last
 */
export function rareFrom(counts: ArrayLike<number>, all: number): number {
  let left = Math.floor(all / RARE)
  let bin = counts.length
  while (bin > 0 && (counts[bin - 1] ?? 0) <= left) left -= counts[--bin] ?? 0
  return bin
}

/** Channels without weights say nothing of how far the others reach. */
function middleReach(values: Float32Array, { count, inner }: ChannelLayout, all: number): number {
  const reaches = new Float64Array(Math.max(1, count))
  for (let i = 0; i < values.length;)
    for (let channel = 0; channel < reaches.length; channel++) {
      let reach = reaches[channel] ?? 0
      for (const end = i + inner; i < end; i++) {
        const magnitude = Math.abs(values[i] ?? 0)
        if (magnitude > reach) reach = magnitude
      }
      reaches[channel] = reach
    }
  const found = reaches.filter((reach) => reach > 0).toSorted()
  return found[found.length >> 1] ?? all
}

/** Output channels in which every weight is zero. */
export function deadChannels(layout: ChannelLayout, tensor: EncodedTensor): number {
  switch (tensor.kind) {
    case 'float':
      return deadInPieces(layout, weightsOf(tensor), (from, to) => decodeRange(tensor, from, to))
    case 'affine':
    case 'codebook': {
      const { codes } = tensor
      const mask = tensor.kind === 'affine' ? tensor.mask : null
      const levels = sharedLevels(tensor)
      if (levels !== null)
        return deadAmong(
          layout,
          codes.length,
          (at) => mask?.[at] === 0 || levels[codes[at] ?? 0] === 0,
        )
      const values = decode(tensor)
      return deadAmong(layout, values.length, (at) => values[at] === 0)
    }
  }
}

/**
 * Output channels of which a mask (1 = kept) leaves nothing.
 * @param maskOf places [from, to) of it
 */
export function maskedChannels(
  layout: ChannelLayout,
  length: number,
  maskOf: (from: number, to: number) => Uint8Array,
): number {
  return deadInPieces(layout, length, maskOf)
}

function deadInPieces(
  layout: ChannelLayout,
  length: number,
  pieceOf: (from: number, to: number) => Float32Array | Uint8Array,
): number {
  let from = 0
  let piece: Float32Array | Uint8Array = new Uint8Array()
  return deadAmong(layout, length, (at) => {
    if (at < from || at >= from + piece.length) {
      from = at
      piece = pieceOf(from, Math.min(length, from + PIECE))
    }
    return piece[at - from] === 0
  })
}

/** Row by row, and of each row only the channels that have had no weight so far: most are found in the first. */
function deadAmong(
  { count, inner }: ChannelLayout,
  length: number,
  isZero: (at: number) => boolean,
): number {
  const row = count * inner
  let pending = Array.from({ length: count }, (_, channel) => channel)
  for (let start = 0; start < length && pending.length > 0; start += row)
    pending = pending.filter((channel) => {
      const first = start + channel * inner
      for (let at = first; at < first + inner; at++) if (!isZero(at)) return false
      return true
    })
  return pending.length
}
