import type { TensorSpec } from '../../core/tensor-spec'
import { blocksOf, rangesOf } from './encoding'
import { clipTo, isEvenSided, quantizedValues } from './learned-range'
import type { ClipRange } from './learned-range'
import type { QuantizeSettings } from './quantize'

/** Shares of the whole range that are tried. */
const FRACTIONS = Array.from({ length: 17 }, (_, index) => 1 - index * 0.05)

/**
 * Finds for each channel the range whose clipped, quantized weights are nearest to the weights, by mean
 * squared error, among fractions of the whole range.
 * @param values finite, row-major
 * @param mask 1 = kept, or null
 */
export function searchClipRange(
  spec: TensorSpec,
  values: Float32Array,
  mask: Uint8Array | null,
  settings: QuantizeSettings,
): ClipRange {
  const blocks = blocksOf(spec, values.length, settings)
  const whole = rangesOf(spec, values, blocks)
  if (isEvenSided(settings))
    for (let channel = 0; channel < blocks.count; channel++) {
      const largest = Math.max(whole.high[channel] ?? 0, -(whole.low[channel] ?? 0))
      whole.high[channel] = largest
      whole.low[channel] = -largest
    }
  const best = { low: whole.low.slice(), high: whole.high.slice() }
  const least = new Float64Array(blocks.count).fill(Infinity)
  for (const fraction of FRACTIONS) {
    const range = {
      low: whole.low.map((value) => value * fraction),
      high: whole.high.map((value) => value * fraction),
    }
    const clipped = values.slice()
    clipTo(clipped, blocks, range)
    const restored = quantizedValues(spec, clipped, mask, settings)
    const errors = new Float64Array(blocks.count)
    for (let i = 0; i < values.length; i++) {
      if (mask?.[i] === 0) continue
      const channel = Math.floor(i / blocks.inner) % blocks.count
      errors[channel] = (errors[channel] ?? 0) + ((values[i] ?? 0) - (restored[i] ?? 0)) ** 2
    }
    errors.forEach((error, channel) => {
      if (error >= (least[channel] ?? 0)) return
      least[channel] = error
      best.low[channel] = range.low[channel] ?? 0
      best.high[channel] = range.high[channel] ?? 0
    })
  }
  return best
}
