import * as tf from '@tensorflow/tfjs'
import type { BatchStatistics } from '../pass'
import { given } from './kernel'
import type { Call, Kernel } from './kernel'
import { isLimiting } from '../../wasm-kernels/limiting'
import { byChannels, limited, normalizedByBatch, normalizedWith } from './learning-normalization'
import type { LearningNormalization } from './learning-normalization'
import { stepsOf } from './steps-of'

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

/** (x - mean) * factor + offset: a product of large numbers first would lose what is left of their difference. */
function spread(x: tf.Tensor, { mean, variance, scale, offset }: Normal, epsilon: number) {
  const steady = tf.rsqrt(tf.add(variance, epsilon))
  const factor = scale === null ? steady : tf.mul(steady, scale)
  const result = tf.mul(tf.sub(x, mean), factor)
  return offset === null ? result : tf.add(result, offset)
}

export const batchNormalization: Kernel<'batchNormalization'> = (call) => {
  const { node, pass } = call
  const { apart = 0 } = node.attributes
  const x = given(call, 0)
  const axis = node.attributes.axis < 0 ? node.attributes.axis + x.rank : node.attributes.axis
  const isOfBatch = pass.training && pass.statistics === 'batch' && pass.held?.(node) !== true
  if (!isOfBatch || apart === 0) return normalized(call, x, axis, isOfBatch)
  const rows = tf.reshape(x, [x.shape[0], -1, ...x.shape.slice(1 + apart)])
  const steps = stepsOf(rows).map((step) => normalized(call, step, axis - apart, true))
  return tf.reshape(tf.stack(steps, 1), x.shape)
}

function normalized(
  call: Call<'batchNormalization'>,
  x: tf.Tensor,
  axis: number,
  isOfBatch: boolean,
): tf.Tensor {
  const { node, inputs, pass } = call
  const { epsilon } = node.attributes
  const activation = call.follower?.name ?? 'linear'
  if (!isLimiting(activation)) throw new RangeError(`a normalisation with ${activation}`)
  const [scale, offset] = [inputs[1] ?? null, inputs[2] ?? null]
  const moved = (statistics: BatchStatistics): void => {
    pass.moved?.(node, statistics)
  }
  if (axis === x.rank - 1) {
    const of: LearningNormalization = { x, scale, offset, epsilon, activation }
    if (isOfBatch) return normalizedByBatch(of, moved)
    const held = { mean: given(call, 3), variance: given(call, 4) }
    return pass.training
      ? normalizedWith(of, held)
      : byChannels(x, { ...held, scale, offset }, epsilon)
  }
  const { mean, variance } = isOfBatch
    ? tf.moments(
        x,
        x.shape.flatMap((_, at) => (at === axis ? [] : [at])),
      )
    : { mean: given(call, 3), variance: given(call, 4) }
  if (isOfBatch) moved({ mean, variance })
  const ofAxis = (numbers: tf.Tensor | null): tf.Tensor | null =>
    numbers === null ? null : along(numbers, x, [axis])
  const result = spread(
    x,
    {
      mean: along(mean, x, [axis]),
      variance: along(variance, x, [axis]),
      scale: ofAxis(scale),
      offset: ofAxis(offset),
    },
    epsilon,
  )
  return limited(result, activation)
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
