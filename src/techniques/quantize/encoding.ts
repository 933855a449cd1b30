import type { AffineTensor, Codes, CodebookTensor } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { zeroRange } from '../../core/statistics'
import type { ChannelLayout, TensorSpec } from '../../core/tensor-spec'

/** What a scheme makes of a weight array. */
export interface Encoding {
  readonly tensor: AffineTensor | CodebookTensor
  /** Weights clamped to the first or last code. */
  readonly clipped: number
}

export interface Precision {
  readonly bits: number
  readonly granularity: 'perTensor' | 'perChannel'
}

/** The smallest array that holds codes of `bits` bits. */
export function newCodes(bits: number, length: number): Codes {
  return bits <= 8 ? new Uint8Array(length) : new Uint16Array(length)
}

/**
 * How the loops run over a flat array: blocks of `inner` neighbours, `count` channels in turn. One
 * channel over everything is the per-tensor case.
 */
export function blocksOf(spec: TensorSpec, length: number, precision: Precision): ChannelLayout {
  const whole = { count: 1, inner: Math.max(1, length) }
  return precision.granularity === 'perTensor' || spec.channel.count === 1 ? whole : spec.channel
}

/** Smallest and largest weight of each channel, widened to contain zero. */
export interface Ranges {
  readonly low: Float32Array
  readonly high: Float32Array
}

/**
 * min(0, min w) and max(0, max w) of each channel in one pass.
 * @throws StudioError 'quantize/non-finite' with the tensor and the first bad flat index
 */
export function rangesOf(spec: TensorSpec, values: Float32Array, blocks: ChannelLayout): Ranges {
  const { count, inner } = blocks
  const low = new Float32Array(count)
  const high = new Float32Array(count)
  if (count === 1) {
    const range = zeroRange(values)
    low[0] = range.low
    high[0] = range.high
  } else if (inner === 1) scanInterleaved(values, low, high)
  else scanBlocks(values, inner, low, high)
  // NaN fails every comparison, so it is looked for by the scans; infinities show in the range.
  if (low.some((value) => !Number.isFinite(value)) || high.some((value) => !Number.isFinite(value)))
    throw new StudioError('quantize/non-finite', {
      tensor: spec.name,
      index: values.findIndex((value) => !Number.isFinite(value)),
    })
  return { low, high }
}

function scanBlocks(
  values: Float32Array,
  inner: number,
  low: Float32Array,
  high: Float32Array,
): void {
  for (let i = 0; i < values.length;) {
    for (let channel = 0; channel < low.length; channel++) {
      let min = low[channel] ?? 0
      let max = high[channel] ?? 0
      for (const end = i + inner; i < end; i++) {
        const value = values[i] ?? 0
        if (value < min) min = value
        else if (value > max) max = value
        else if (value !== value) min = value
      }
      low[channel] = min
      high[channel] = max
    }
  }
}

/** Channels vary fastest: one row of all channels after the other. */
function scanInterleaved(values: Float32Array, low: Float32Array, high: Float32Array): void {
  const count = low.length
  for (let i = 0; i < values.length;) {
    for (let channel = 0; channel < count; channel++, i++) {
      const value = values[i] ?? 0
      if (value < (low[channel] ?? 0)) low[channel] = value
      else if (value > (high[channel] ?? 0)) high[channel] = value
      else if (value !== value) low[channel] = value
    }
  }
}

/** max |w| of each channel. */
export function magnitudesOf(ranges: Ranges): Float64Array {
  return Float64Array.from(ranges.high, (high, channel) =>
    Math.max(high, -(ranges.low[channel] ?? 0)),
  )
}
