import { decode } from '../../core/encoded-tensor'
import { forEachStretch } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { affineErrors } from './affine'
import { magnitudesOf } from './encoding'
import type { RangedWeights, Ranges } from './encoding'
import { isEvenSided } from './quantize-settings'
import type { QuantizeSettings } from './quantize-settings'
import { encodeWithin } from './schemes'

/** Shares of the whole range that are tried. */
const FRACTIONS = Array.from({ length: 17 }, (_, index) => 1 - index * 0.05)

/**
 * Finds for each group the range in which quantized weights are nearest to the weights, by mean squared
 * error, among fractions of the whole range.
 * @param whole weights with their whole ranges
 * @returns never a range with a larger error than the whole one
 */
export function searchRanges(whole: RangedWeights, settings: QuantizeSettings): Ranges {
  const { low, high } = isEvenSided(settings) ? evenSided(whole.ranges) : whole.ranges
  const best = { low: low.slice(), high: high.slice() }
  const least = new Float64Array(low.length).fill(Infinity)
  for (const fraction of FRACTIONS) {
    const ranges = {
      low: low.map((value) => value * fraction),
      high: high.map((value) => value * fraction),
    }
    errorsWithin({ ...whole, ranges }, settings).forEach((error, group) => {
      if (error >= (least[group] ?? 0)) return
      least[group] = error
      best.low[group] = ranges.low[group] ?? 0
      best.high[group] = ranges.high[group] ?? 0
    })
  }
  return best
}

/** Of each group. Affine codes say without being made what they restore; a table of means has to be made. */
function errorsWithin(weights: RangedWeights, settings: QuantizeSettings): Float64Array {
  const { bits, scheme, symmetry } = settings
  if (scheme === 'affine') return affineErrors(weights, bits, symmetry)
  const { tensor } = encodeWithin(weights, settings)
  return squaredErrors(weights.values, decode(tensor), weights.groups, weights.ranges.low.length)
}

function evenSided(ranges: Ranges): Ranges {
  const high = Float32Array.from(magnitudesOf(ranges))
  return { low: high.map((value) => 0 - value), high }
}

/** Of each group; removed weights are zero on both sides. */
function squaredErrors(
  values: Float32Array,
  restored: Float32Array,
  groups: GroupLayout,
  count: number,
): Float64Array {
  const errors = new Float64Array(count)
  forEachStretch(groups, values.length, ({ start, end, first, count: turns, run }) => {
    for (let i = start; i < end;)
      for (let group = first; group < first + turns; group++) {
        let sum = errors[group] ?? 0
        for (const stop = i + run; i < stop; i++) {
          const error = (values[i] ?? 0) - (restored[i] ?? 0)
          sum += error * error
        }
        errors[group] = sum
      }
  })
  return errors
}
