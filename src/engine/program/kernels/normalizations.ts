import * as tf from '@tensorflow/tfjs'
import { given } from './kernel'
import type { Kernel } from './kernel'

/** Along the axes of the value that these numbers are of. */
function along(numbers: tf.Tensor, x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  return tf.reshape(
    numbers,
    x.shape.map((side, axis) => (axes.includes(axis) ? side : 1)),
  )
}

interface Normal {
  readonly mean: tf.Tensor
  readonly variance: tf.Tensor
  readonly scale: tf.Tensor | null
  readonly offset: tf.Tensor | null
}

/** The kernel of tfjs reads channels in the last axis of four. */
function byChannels(x: tf.Tensor, { mean, variance, scale, offset }: Normal, epsilon: number) {
  const channels = x.shape.at(-1) ?? 1
  const rows = tf.reshape<tf.Rank.R4>(x, [-1, 1, 1, channels])
  const result = tf.batchNorm4d(
    rows,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    (offset ?? undefined) as tf.Tensor1D | undefined,
    (scale ?? undefined) as tf.Tensor1D | undefined,
    epsilon,
  )
  return tf.reshape(result, x.shape)
}

/** (x - mean) * factor + offset: a product of large numbers first would lose what is left of their difference. */
function spread(x: tf.Tensor, { mean, variance, scale, offset }: Normal, epsilon: number) {
  const steady = tf.rsqrt(tf.add(variance, epsilon))
  const factor = scale === null ? steady : tf.mul(steady, scale)
  const result = tf.mul(tf.sub(x, mean), factor)
  return offset === null ? result : tf.add(result, offset)
}

export const batchNormalization: Kernel<'batchNormalization'> = (call) => {
  const { node, inputs, pass } = call
  const { epsilon } = node.attributes
  const x = given(call, 0)
  const axis = node.attributes.axis < 0 ? node.attributes.axis + x.rank : node.attributes.axis
  const [scale, offset] = [inputs[1] ?? null, inputs[2] ?? null]
  const isOfBatch = pass.training && pass.statistics === 'batch' && pass.held?.(node) !== true
  const { mean, variance } = isOfBatch
    ? tf.moments(
        x,
        x.shape.flatMap((_, at) => (at === axis ? [] : [at])),
      )
    : { mean: given(call, 3), variance: given(call, 4) }
  if (isOfBatch) pass.moved?.(node, { mean, variance })
  if (axis === x.rank - 1) return byChannels(x, { mean, variance, scale, offset }, epsilon)
  const ofAxis = (numbers: tf.Tensor | null): tf.Tensor | null =>
    numbers === null ? null : along(numbers, x, [axis])
  return spread(
    x,
    {
      mean: along(mean, x, [axis]),
      variance: along(variance, x, [axis]),
      scale: ofAxis(scale),
      offset: ofAxis(offset),
    },
    epsilon,
  )
}

export const layerNormalization: Kernel<'layerNormalization'> = (call) => {
  const { epsilon } = call.node.attributes
  const x = given(call, 0)
  const axes = call.node.attributes.axes.map((axis) => (axis < 0 ? axis + x.rank : axis))
  const { mean, variance } = tf.moments(x, axes, true)
  const [scale, offset] = [call.inputs[1] ?? null, call.inputs[2] ?? null]
  const ofAxes = (numbers: tf.Tensor | null): tf.Tensor | null =>
    numbers === null ? null : along(numbers, x, axes)
  return spread(x, { mean, variance, scale: ofAxes(scale), offset: ofAxes(offset) }, epsilon)
}
