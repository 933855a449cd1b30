import * as tf from '@tensorflow/tfjs'
import type { Reducing } from '../../../graph/operators'
import { applied } from './functions'
import { cutOff, given } from './kernel'
import type { Kernel } from './kernel'
import { truths } from './shapes'

type Reduce = (x: tf.Tensor, axes: number[] | undefined, keepDims: boolean) => tf.Tensor

const reducers: { readonly [Name in Reducing]: Reduce } = {
  Sum: (x, axes, keepDims) => tf.sum(x, axes, keepDims),
  Mean: (x, axes, keepDims) => tf.mean(x, axes, keepDims),
  Max: (x, axes, keepDims) => tf.max(x, axes, keepDims),
  Min: (x, axes, keepDims) => tf.min(x, axes, keepDims),
  Prod: (x, axes, keepDims) => tf.prod(x, axes, keepDims),
  L1: (x, axes, keepDims) => tf.sum(applied(x, { function: 'Abs' }), axes, keepDims),
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
  const x = given(call, 0)
  if (!call.pass.training) {
    const { values, indices } = tf.topk(x, count, sorted)
    return [values, indices]
  }
  // TensorFlow.js has no gradient of it, but one of looking the places up.
  const indices = cutOff(x, (own) => tf.topk(own, count, sorted).indices)
  const side = x.shape.at(-1) ?? 1
  const rows = tf.mul(tf.range(0, x.size / side, 1, 'int32'), tf.scalar(side, 'int32'))
  const places = tf.add(tf.reshape(indices, [-1, count]), tf.reshape(rows, [-1, 1]))
  const values = tf.gather(tf.reshape(x, [-1]), tf.reshape(places, [-1]))
  return [tf.reshape(values, indices.shape), indices]
}

export const cumulative: Kernel<'cumulative'> = (call) => {
  const { function: name, axis, exclusive, reverse } = call.node.attributes
  const x = given(call, 0)
  const place = axis < 0 ? axis + x.rank : axis
  if (name === 'Sum') return tf.cumsum(x, place, exclusive, reverse)
  if (!call.pass.training) return tf.cumprod(x, place, exclusive, reverse)
  return productsSoFar(x, place, exclusive, reverse)
}

/** Step by step: TensorFlow.js has no gradient of it, and one by logarithms would know no zeros. */
function productsSoFar(x: tf.Tensor, axis: number, exclusive: boolean, reverse: boolean) {
  const own = tf.unstack(x, axis)
  const parts = reverse ? own.toReversed() : own
  let before: tf.Tensor = tf.ones(parts[0]?.shape ?? [])
  const products = parts.map((part) => {
    const without = before
    before = tf.mul(before, part)
    return exclusive ? without : before
  })
  return tf.stack(reverse ? products.toReversed() : products, axis)
}
