import * as tf from '@tensorflow/tfjs'
import { allGiven, given, numbersOf } from './kernel'
import type { Call, Kernel } from './kernel'

/** Operators that put the same values into another shape, order or type, or say shapes. */

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

export const reshape: Kernel<'reshape'> = (call) => {
  const x = given(call, 0)
  const to = call.node.attributes.to ?? numbersOf(call, 1)
  return tf.reshape(
    x,
    to.map((side, axis) => (side === 0 ? (x.shape[axis] ?? 0) : side)),
  )
}

export const squeeze: Kernel<'squeeze'> = (call) => {
  const { axes } = call.node.attributes
  const x = given(call, 0)
  return tf.squeeze(
    x,
    axes?.map((axis) => positive(axis, x.rank)),
  )
}

export const unsqueeze: Kernel<'unsqueeze'> = (call) => {
  const x = given(call, 0)
  const rank = x.rank + call.node.attributes.axes.length
  const fresh = new Set(call.node.attributes.axes.map((axis) => positive(axis, rank)))
  const sides = [...x.shape]
  return tf.reshape(
    x,
    Array.from({ length: rank }, (_, place) => (fresh.has(place) ? 1 : (sides.shift() ?? 1))),
  )
}

export const transpose: Kernel<'transpose'> = (call) => {
  const x = given(call, 0)
  return tf.transpose(
    x,
    call.node.attributes.perm.map((axis) => positive(axis, x.rank)),
  )
}

export const concat: Kernel<'concat'> = (call) =>
  tf.concat(allGiven(call), positive(call.node.attributes.axis, given(call, 0).rank))

export const stack: Kernel<'stack'> = (call) =>
  tf.stack(allGiven(call), positive(call.node.attributes.axis, given(call, 0).rank + 1))

export const split: Kernel<'split'> = (call) => {
  const { axis, sizes, squeeze: isSqueezed } = call.node.attributes
  const x = given(call, 0)
  const place = positive(axis, x.rank)
  const parts = tf.split(x, sizes === null ? call.node.outputs.length : [...sizes], place)
  return isSqueezed ? parts.map((part) => tf.squeeze(part, [place])) : parts
}

/** Of a further value, where 0 stands for its side at that place. */
function sidesLike(call: Call<'expand' | 'fill' | 'tile'>, to: readonly number[]): number[] {
  return to.map((side, axis) => (side === 0 ? (given(call, 2).shape[axis] ?? 0) : side))
}

export const expand: Kernel<'expand'> = (call) => {
  const { to } = call.node.attributes
  const x = given(call, 0)
  const asked = to === null ? numbersOf(call, 1) : sidesLike(call, to)
  const sides = tf.broadcast_util.assertAndGetBroadcastShape(x.shape, asked)
  return spreadOver(x, sides)
}

function spreadOver(x: tf.Tensor, sides: number[]): tf.Tensor {
  return sides.join() === x.shape.join() ? x : tf.broadcastTo(x, sides)
}

export const fill: Kernel<'fill'> = (call) => {
  const { to } = call.node.attributes
  const sides = to === null ? numbersOf(call, 0) : sidesLike(call, to)
  return spreadOver(tf.reshape(given(call, 1), []), sides)
}

export const tile: Kernel<'tile'> = (call) => {
  const { repeats } = call.node.attributes
  const x = given(call, 0)
  const often = repeats === null ? numbersOf(call, 1) : sidesLike(call, repeats)
  // TensorFlow.js has gradients of no more axes.
  return x.rank <= 4 ? tf.tile(x, often) : often.reduce(tiledAlong, x)
}

/** An axis with all that lies behind it, again and again: as rows of a matrix. */
function tiledAlong(x: tf.Tensor, often: number, axis: number): tf.Tensor {
  if (often === 1) return x
  const before = x.shape.slice(0, axis).reduce((all, side) => all * side, 1)
  const rows = tf.tile(tf.reshape(x, [before, -1]), [1, often])
  return tf.reshape(
    rows,
    x.shape.map((side, at) => (at === axis ? side * often : side)),
  )
}

export const cast: Kernel<'cast'> = (call) => {
  const { to } = call.node.attributes
  const x = given(call, 0)
  if (to === 'bool') return truths(x)
  const made = tf.cast(x, to)
  // WebGPU calls whole numbers real ones and leaves their bits: turned behind that, rows with a single one come out wrong.
  const isLeft = to === 'float32' && x.dtype !== 'float32' && tf.getBackend() === 'webgpu'
  return isLeft ? tf.mul(made, 1) : made
}

/** Whether it is something: WebAssembly makes nothing of 0.5. */
export function truths(x: tf.Tensor): tf.Tensor {
  return x.dtype === 'bool' ? x : tf.notEqual(x, tf.scalar(0, x.dtype))
}

export const shape: Kernel<'shape'> = (call) => tf.tensor1d(given(call, 0).shape, 'int32')

export const range: Kernel<'range'> = (call) => {
  const [start = 0, limit = 0, step = 1] = [0, 1, 2].flatMap((place) => numbersOf(call, place))
  const { dtype } = given(call, 0)
  return tf.range(start, limit, step, dtype === 'int32' ? 'int32' : 'float32')
}

export const oneHot: Kernel<'oneHot'> = (call) => {
  const { depth, on, off, dtype } = call.node.attributes
  const indices = tf.cast(given(call, 0), 'int32')
  // In TensorFlow.js WebAssembly writes whole numbers where real ones are wanted.
  const isHere = tf.equal(tf.expandDims(indices, -1), tf.range(0, depth, 1, 'int32'))
  const type = dtype === 'int32' ? 'int32' : 'float32'
  // A choice has four axes at most on WebGPU.
  if (on === 1 && off === 0) return tf.mul(tf.cast(isHere, type), tf.scalar(1, type))
  return tf.where(isHere, tf.scalar(on, type), tf.scalar(off, type))
}
