import * as tf from '@tensorflow/tfjs'
import type { Reducing } from '../../../graph/operators'
import { given } from './kernel'
import type { Kernel } from './kernel'
import { truths } from './shapes'

type Reduce = (x: tf.Tensor, axes: number[] | undefined, keepDims: boolean) => tf.Tensor

const reducers: { readonly [Name in Reducing]: Reduce } = {
  Sum: (x, axes, keepDims) => tf.sum(x, axes, keepDims),
  Mean: (x, axes, keepDims) => tf.mean(x, axes, keepDims),
  Max: (x, axes, keepDims) => tf.max(x, axes, keepDims),
  Min: (x, axes, keepDims) => tf.min(x, axes, keepDims),
  Prod: (x, axes, keepDims) => tf.prod(x, axes, keepDims),
  L1: (x, axes, keepDims) => tf.sum(tf.abs(x), axes, keepDims),
  L2: (x, axes, keepDims) => tf.sqrt(tf.sum(tf.square(x), axes, keepDims)),
  LogSumExp: (x, axes, keepDims) => tf.logSumExp(x, axes, keepDims),
  All: (x, axes, keepDims) => tf.all(truths(x), axes, keepDims),
  Any: (x, axes, keepDims) => tf.any(truths(x), axes, keepDims),
}

export const reduce: Kernel<'reduce'> = (call) => {
  const { function: name, axes, keepDims } = call.node.attributes
  return reducers[name](given(call, 0), axes === null ? undefined : [...axes], keepDims)
}

export const argExtreme: Kernel<'argExtreme'> = (call) => {
  const { function: name, axis, keepDims } = call.node.attributes
  const x = given(call, 0)
  const place = axis < 0 ? axis + x.rank : axis
  const found = name === 'ArgMax' ? tf.argMax(x, place) : tf.argMin(x, place)
  return keepDims ? tf.expandDims(found, place) : found
}

export const topK: Kernel<'topK'> = (call) => {
  const { count, sorted } = call.node.attributes
  const { values, indices } = tf.topk(given(call, 0), count, sorted)
  return [values, indices]
}

export const cumulative: Kernel<'cumulative'> = (call) => {
  const { function: name, axis, exclusive, reverse } = call.node.attributes
  const x = given(call, 0)
  const place = axis < 0 ? axis + x.rank : axis
  return name === 'Sum'
    ? tf.cumsum(x, place, exclusive, reverse)
    : tf.cumprod(x, place, exclusive, reverse)
}
