import type { TensorSpec } from '../../core/tensor-spec'
import { groupCount, groupOf } from '../../core/group-layout'
import { groupsOf, rangesOf } from './encoding'
import { clipTo, isEvenSided, quantizedValues } from './learned-range'
import type { ClipRange } from './learned-range'
import type { QuantizeSettings } from './quantize'

/** Shares of the whole range that are tried. */
const FRACTIONS = Array.from({ length: 17 }, (_, index) => 1 - index * 0.05)

/**
 * Finds for each group the range whose clipped, quantized weights are nearest to the weights, by mean
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
  const groups = groupsOf(spec, values.length, settings)
  const count = groupCount(groups, values.length)
  const whole = rangesOf(spec, values, groups)
  if (isEvenSided(settings))
    for (let group = 0; group < count; group++) {
      const largest = Math.max(whole.high[group] ?? 0, -(whole.low[group] ?? 0))
      whole.high[group] = largest
      whole.low[group] = -largest
    }
  const best = { low: whole.low.slice(), high: whole.high.slice() }
  const least = new Float64Array(count).fill(Infinity)
  for (const fraction of FRACTIONS) {
    const range = {
      low: whole.low.map((value) => value * fraction),
      high: whole.high.map((value) => value * fraction),
    }
    const clipped = values.slice()
    clipTo(clipped, groups, range)
    const restored = quantizedValues(spec, clipped, mask, settings)
    const errors = new Float64Array(count)
    for (let i = 0; i < values.length; i++) {
      if (mask?.[i] === 0) continue
      const group = groupOf(groups, i)
      errors[group] = (errors[group] ?? 0) + ((values[i] ?? 0) - (restored[i] ?? 0)) ** 2
    }
    errors.forEach((error, group) => {
      if (error >= (least[group] ?? 0)) return
      least[group] = error
      best.low[group] = range.low[group] ?? 0
      best.high[group] = range.high[group] ?? 0
    })
  }
  return best
}
