import { decode } from '../../core/encoded-tensor'
import { forEachStretch, groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Ranges } from './encoding'
import { encode } from './quantize'
import type { QuantizeSettings } from './quantize-settings'

/** Clips in place. */
export function clipTo(values: Float32Array, groups: GroupLayout, { low, high }: Ranges): void {
  forEachStretch(groups, values.length, ({ start, end, first, count, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const least = low[group] ?? 0
        const most = high[group] ?? 0
        for (const stop = i + run; i < stop; i++) {
          const value = values[i] ?? 0
          if (value > most) values[i] = most
          else if (value < least) values[i] = least
        }
      }
  })
}

/** What quantization restores of weights; they stay as they are. */
export function quantizedValues(
  spec: TensorSpec,
  values: Float32Array,
  mask: Uint8Array | null,
  settings: QuantizeSettings,
): Float32Array {
  return decode(encode(spec, values, mask, settings).tensor)
}

/**
 * Gradient of the loss with respect to the logarithms of a range's ends: what rounding moved each weight by,
 * in units of the range, and the whole gradient of the weights that lie on an end.
 * @param weights clipped to the range
 * @param gradient of the restored weights
 * @param scale keeps the step independent of how many weights share a range
 * @see Esser et al. 2020, arXiv:1902.08153, section 2.1, for a scale in place of a range
 */
export function rangeGradient(
  weights: Float32Array,
  restored: Float32Array,
  gradient: Float32Array,
  groups: GroupLayout,
  { low, high }: Ranges,
  evenSided: boolean,
  scale: number,
): Ranges {
  const lower = new Float32Array(groupCount(groups, weights.length))
  const upper = new Float32Array(lower.length)
  forEachStretch(groups, weights.length, ({ start, end, first, count, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const least = low[group] ?? 0
        const most = high[group] ?? 0
        let moved = 0
        let atTop = 0
        let atBottom = 0
        for (const stop = i + run; i < stop; i++) {
          const weight = weights[i] ?? 0
          const part = gradient[i] ?? 0
          if (weight >= most) atTop += part
          else if (weight <= least) atBottom += part
          else moved += ((restored[i] ?? 0) - weight) * part
        }
        if (evenSided) upper[group] = (upper[group] ?? 0) + moved + (atTop - atBottom) * most
        else {
          const width = most - least
          upper[group] = (upper[group] ?? 0) + (moved * most) / width + atTop * most
          lower[group] = (lower[group] ?? 0) - (moved * least) / width + atBottom * least
        }
      }
  })
  return { low: lower.map((value) => value * scale), high: upper.map((value) => value * scale) }
}
