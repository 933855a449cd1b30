import * as tf from '@tensorflow/tfjs'
import type { TensorSpec } from '../../core/tensor-spec'
import { groupsOf } from './encoding'
import { apart, present, together, WITHIN_GROUP } from './groups-apart.engine'
import { isEvenSided } from './quantize-settings'
import type { QuantizeSettings } from './quantize-settings'

/** The ends of each group's range, shaped as `groupShape`. */
export interface RangeTensors {
  readonly low: tf.Tensor
  readonly high: tf.Tensor
}

/**
 * What quantization makes of a weight, computed by the backend with the formulas of `encode` and `decode`
 * in float32: they agree except for values so near to the edge of a bin that rounding decides. A scale is
 * whichever float32 the device's division gives, within an ulp or two of the file's.
 *
 * @param weights any shape; its layout is that of `spec`
 * @param mask 1 = kept, the same shape; null where nothing was pruned
 * @param ranges chosen beforehand; null: from the smallest weight to the largest
 * @returns the restored weights, the same shape; the caller disposes them
 */
export function fakeQuantize(
  weights: tf.Tensor,
  spec: TensorSpec,
  mask: tf.Tensor | null,
  settings: QuantizeSettings,
  ranges: RangeTensors | null = null,
): tf.Tensor {
  return tf.tidy(() => {
    const groups = groupsOf(spec, weights.size, settings)
    const w = apart(weights, groups)
    const kept = mask === null ? null : apart(mask, groups)
    const there = settings.scheme === 'mean' ? present(groups, weights.size) : null
    return together(restored(w, kept, there, settings, ranges), groups, weights.shape)
  })
}

function restored(
  w: tf.Tensor4D,
  kept: tf.Tensor4D | null,
  there: tf.Tensor4D | null,
  settings: QuantizeSettings,
  ranges: RangeTensors | null,
): tf.Tensor {
  const { bits, scheme } = settings
  const levels = 2 ** bits
  if (!isEvenSided(settings)) return asymmetric(w, levels, ranges ?? endsOf(w))
  const max =
    ranges === null ? w.abs().max(WITHIN_GROUP, true) : tf.maximum(ranges.high, ranges.low.neg())
  if (scheme === 'affine') return symmetric(w, levels, max)
  if (scheme === 'linear') {
    const { code, q } = linearCodes(w, max, levels)
    const values = code.sub(levels / 2 - 0.5).mul(q)
    return kept === null ? values : values.mul(kept)
  }
  if (kept === null) {
    const { code, q } = linearCodes(w, max, levels)
    return binMeans(w, there, code, levels, (index) =>
      index.sub(levels / 2 - 0.5).mul(q.reshape([-1, 1])),
    )
  }
  // One level is zero; the kept weights share the others.
  const bins = levels - 1
  const width = max.mul(2 / bins)
  const bin = w
    .add(max)
    .div(oneWhereZero(width))
    .floor()
    .clipByValue(0, bins - 1)
  const means = binMeans(w, there, bin.add(1).mul(kept), levels, (index) =>
    index
      .sub(0.5)
      .mul(width.reshape([-1, 1]))
      .sub(max.reshape([-1, 1])),
  )
  return means.mul(kept)
}

function endsOf(w: tf.Tensor4D): RangeTensors {
  return {
    low: tf.minimum(w.min(WITHIN_GROUP, true), 0),
    high: tf.maximum(w.max(WITHIN_GROUP, true), 0),
  }
}

function oneWhereZero(x: tf.Tensor): tf.Tensor {
  return x.add(x.equal(0).cast('float32'))
}

function symmetric(w: tf.Tensor4D, levels: number, max: tf.Tensor): tf.Tensor {
  const half = levels / 2
  const scale = oneWhereZero(max.div(half - 1))
  return w
    .div(scale)
    .add(half + 0.5)
    .floor()
    .clipByValue(1, levels - 1)
    .sub(half)
    .mul(scale)
}

function asymmetric(w: tf.Tensor4D, levels: number, { low, high }: RangeTensors): tf.Tensor {
  const last = levels - 1
  const scale = oneWhereZero(high.sub(low).div(last))
  const zeroPoint = tf.minimum(low.neg().div(scale).add(0.5).floor(), last)
  return w.div(scale).add(zeroPoint.add(0.5)).floor().clipByValue(0, last).sub(zeroPoint).mul(scale)
}

function linearCodes(
  w: tf.Tensor4D,
  max: tf.Tensor,
  levels: number,
): { code: tf.Tensor; q: tf.Tensor } {
  const half = levels / 2
  const q = max.div(half)
  const code = w
    .div(oneWhereZero(q))
    .floor()
    .add(half)
    .clipByValue(0, levels - 1)
  return { code, q }
}

/**
 * Puts the mean of its weights in the place of each code; a code that no weight has keeps its midpoint,
 * which nobody sees.
 * @param there 1 where a weight is, 0 where a block was filled up with zeros; null where none was
 * @param midpoint of codes [1, levels] for each group, [groups, levels]
 */
function binMeans(
  w: tf.Tensor4D,
  there: tf.Tensor4D | null,
  code: tf.Tensor,
  levels: number,
  midpoint: (index: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const [sets, , count] = w.shape
  const groups = sets * count
  const offset = tf.range(0, groups, 1, 'float32').mul(levels).reshape([sets, 1, count, 1])
  const segment = code.add(offset).cast('int32').flatten()
  const sums = tf.unsortedSegmentSum(w.flatten(), segment, groups * levels)
  const members = tf.unsortedSegmentSum(
    (there ?? tf.onesLike(w)).flatten(),
    segment,
    groups * levels,
  )
  const empty = members.equal(0)
  const table = tf.where(
    empty,
    midpoint(tf.range(0, levels, 1, 'float32').expandDims(0)).flatten(),
    sums.div(oneWhereZero(members)),
  )
  return table.gather(segment).reshape(w.shape)
}
