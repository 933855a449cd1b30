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

/** Sums over the weights of each group that the gradient of its range is made of. */
export interface RangeSums {
  /** Of (restored - w) dy over weights within the ends. */
  readonly moved: ArrayLike<number>
  /** Of dy over weights on the upper end. */
  readonly top: ArrayLike<number>
  /** Of dy over weights on the lower end. */
  readonly bottom: ArrayLike<number>
}

/**
 * Adds up, in double precision.
 * @param weights clipped to the range
 * @param gradient of the restored weights
 */
export function sumsForRanges(
  weights: Float32Array,
  restored: Float32Array,
  gradient: Float32Array,
  groups: GroupLayout,
  { low, high }: Ranges,
): RangeSums {
  const moved = new Float64Array(groupCount(groups, weights.length))
  const [top, bottom] = [moved.slice(), moved.slice()]
  forEachStretch(groups, weights.length, ({ start, end, first, count, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + count; group++) {
        const least = low[group] ?? 0
        const most = high[group] ?? 0
        for (const stop = i + run; i < stop; i++) {
          const weight = weights[i] ?? 0
          const part = gradient[i] ?? 0
          if (weight >= most) top[group] = (top[group] ?? 0) + part
          else if (weight <= least) bottom[group] = (bottom[group] ?? 0) + part
          else moved[group] = (moved[group] ?? 0) + ((restored[i] ?? 0) - weight) * part
        }
      }
  })
  return { moved, top, bottom }
}

/**
 * Gradient of the loss with respect to the logarithms of a range's ends: what rounding moved each weight by,
 * in units of the range, and the whole gradient of the weights that lie on an end.
 * @param scale keeps the step independent of how many weights share a range
 * @see Esser et al. 2020, arXiv:1902.08153, section 2.1, for a scale in place of a range
 */
export function rangeGradient(
  { moved, top, bottom }: RangeSums,
  { low, high }: Ranges,
  evenSided: boolean,
  scale: number,
): Ranges {
  const upper = high.map((most, group) => {
    const within = moved[group] ?? 0
    const above = top[group] ?? 0
    if (evenSided) return scale * (within + (above - (bottom[group] ?? 0)) * most)
    return scale * ((within * most) / (most - (low[group] ?? 0)) + above * most)
  })
  if (evenSided) return { low: new Float32Array(upper.length), high: upper }
  const lower = low.map(
    (least, group) =>
      scale *
      (((moved[group] ?? 0) * -least) / ((high[group] ?? 0) - least) +
        (bottom[group] ?? 0) * least),
  )
  return { low: lower, high: upper }
}
