import * as tf from '@tensorflow/tfjs'
import type { BatchStatistics } from '../pass'
import { given } from './kernel'
import type { Call, Kernel, Lead } from './kernel'
import { isLimiting } from '../../wasm-kernels/limiting'
import {
  isCoveredNormalized,
  normalizedConvolution,
} from '../../wasm-kernels/normalized-convolution'
import { isRegistered } from '../../wasm-kernels/training-kernel'
import { KERNEL_OF_LEAD } from '../passes/convolutions-normalized'
import { conv, depthwiseConv, inPlaneOf } from './convolutions'
import { convolvedAndNormalized } from './normalized-convolution'
import type { NormalizedConvolution } from './normalized-convolution'
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

/** Whether it computes with the statistics of this batch. */
function isOfThisBatch({ node, pass }: Call<'batchNormalization'>): boolean {
  return pass.training && pass.statistics === 'batch' && pass.held?.(node) !== true
}

/** With the convolution before it: in one operation where our kernels do that, else one after the other. */
function withLead(call: Call<'batchNormalization'>, lead: Lead): tf.Tensor | readonly tf.Tensor[] {
  const { node, inputs, pass, follower } = call
  const [x, kernel] = [given(call, 0), given(call, KERNEL_OF_LEAD)]
  const own = { inputs: [x, kernel], pass, follower: null }
  const activation = follower?.name ?? 'linear'
  const { axis, epsilon } = node.attributes
  const isLast = axis === -1 || axis === x.rank - 1
  const isLearnt = isOfThisBatch(call) && isLast && isRegistered(normalizedConvolution)
  const plane = isLearnt ? inPlaneOf({ ...own, node: lead }) : null
  if (plane !== null && isLimiting(activation)) {
    const { filter, convolution, isDepthwise } = plane
    if (isCoveredNormalized(x.shape, filter.shape, convolution, isDepthwise)) {
      const [scale, offset] = [inputs[1] ?? null, inputs[2] ?? null]
      const of: NormalizedConvolution = { ...plane, x, scale, offset, epsilon, activation }
      return convolvedAndNormalized(of, (statistics) => {
        pass.moved?.(node, statistics)
      })
    }
  }
  const sum =
    lead.op === 'conv' ? conv({ ...own, node: lead }) : depthwiseConv({ ...own, node: lead })
  const [result] = sum instanceof tf.Tensor ? [sum] : sum
  return batchNormalization({
    ...call,
    inputs: [result ?? null, ...inputs.slice(1, KERNEL_OF_LEAD)],
    lead: null,
  })
}

export const batchNormalization: Kernel<'batchNormalization'> = (call) => {
  const { node, lead = null } = call
  if (lead !== null) return withLead(call, lead)
  const { apart = 0 } = node.attributes
  const x = given(call, 0)
  const axis = node.attributes.axis < 0 ? node.attributes.axis + x.rank : node.attributes.axis
  const isOfBatch = isOfThisBatch(call)
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
