import * as tf from '@tensorflow/tfjs'
import { placesAround } from '../../../graph/sides/around'
import { spanOf } from '../../../graph/sides/span'
import { given } from './kernel'
import type { Kernel } from './kernel'

/** Operators that take or add places along axes. */

/**
 * Every `step`-th place of an axis, in the shapes of tfjs alone: its own strided slice has no gradient.
 * @param count of places that are taken
 */
export function everyNth(
  x: tf.Tensor,
  axis: number,
  first: number,
  step: number,
  count: number,
): tf.Tensor {
  if (step === 1 || count <= 1) return cut(x, axis, first, Math.min(count, x.shape[axis] ?? 0))
  const reach = (count - 1) * step + 1
  const taken = cut(x, axis, first, reach)
  const [before, behind] = aroundAxis(x.shape, axis)
  const filled = tf.pad(tf.reshape(taken, [before, reach, behind]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ])
  const apart = tf.reshape(filled, [before, count, step, behind])
  return tf.reshape(cut(apart, 2, 0, 1), x.shape.with(axis, count))
}

/** How many places there are before an axis and behind it: whatever has many axes has three for who works on one. */
export function aroundAxis(shape: readonly number[], axis: number): [number, number] {
  const count = (sides: readonly number[]): number => sides.reduce((all, side) => all * side, 1)
  return [count(shape.slice(0, axis)), count(shape.slice(axis + 1))]
}

/** So many neighbouring places of an axis. */
export function cut(x: tf.Tensor, axis: number, first: number, count: number): tf.Tensor {
  if (first === 0 && count === x.shape[axis]) return x
  return tf.slice(
    x,
    x.shape.map((_, at) => (at === axis ? first : 0)),
    x.shape.map((side, at) => (at === axis ? count : side)),
  )
}

export const slice: Kernel<'slice'> = (call) => {
  const { axes, starts, ends, steps, squeezed } = call.node.attributes
  const x = given(call, 0)
  const positive = (axis: number): number => (axis < 0 ? axis + x.rank : axis)
  const result = axes.reduce((value, each, at) => {
    const axis = positive(each)
    const span = spanOf(value.shape[axis] ?? 0, starts[at] ?? 0, ends[at] ?? null, steps[at] ?? 1)
    if (span === null) throw new RangeError(`${call.node.id} takes no whole steps`)
    const { first, step, count } = span
    if (step > 0) return everyNth(value, axis, first, step, count)
    const last = first + (count - 1) * step
    return tf.reverse(everyNth(value, axis, Math.max(0, last), -step, count), axis)
  }, x)
  const gone = new Set(squeezed.map(positive))
  if (gone.size === 0) return result
  return tf.reshape(
    result,
    result.shape.filter((_, axis) => !gone.has(axis)),
  )
}

/** Places below zero count from the end. */
function counted(indices: tf.Tensor, sides: tf.Tensor): tf.Tensor {
  return tf.add(indices, tf.mul(tf.cast(tf.less(indices, 0), 'int32'), sides))
}

export const gather: Kernel<'gather'> = (call) => {
  const table = given(call, 0)
  const { axis } = call.node.attributes
  const place = axis < 0 ? axis + table.rank : axis
  const indices = tf.cast(given(call, 1), 'int32')
  const side = tf.scalar(table.shape[place] ?? 0, 'int32')
  return tf.gather(
    table,
    call.node.attributes.fromEnd === true ? counted(indices, side) : indices,
    place,
  )
}

export const gatherND: Kernel<'gatherND'> = (call) => {
  const x = given(call, 0)
  const said = tf.cast(given(call, 1), 'int32')
  const depth = said.shape.at(-1) ?? 0
  const sides = x.shape.slice(0, depth)
  const isCounted = call.node.attributes.fromEnd === true
  const indices = isCounted ? counted(said, tf.tensor1d(sides, 'int32')) : said
  if (!call.pass.training) return tf.gatherND(x, indices)
  // TensorFlow.js has a gradient of looking up along one axis.
  const strides = sides.map((_, axis) =>
    sides.slice(axis + 1).reduce((product, side) => product * side, 1),
  )
  const rows = tf.reshape(x, [-1, ...x.shape.slice(depth)])
  return tf.gather(rows, tf.sum(tf.mul(indices, tf.tensor1d(strides, 'int32')), -1))
}

/** Of more than four axes WebGPU gives nothing: each by itself is one of three. */
export function padded(x: tf.Tensor, pairs: [number, number][], value: number): tf.Tensor {
  if (x.rank <= 4) return tf.pad(x, pairs, value)
  return pairs.reduce((wide, [first, last], axis) => {
    if (first === 0 && last === 0) return wide
    const side = wide.shape[axis] ?? 1
    const [before, behind] = aroundAxis(wide.shape, axis)
    const own: [number, number][] = [
      [0, 0],
      [first, last],
      [0, 0],
    ]
    const made = tf.pad(tf.reshape(wide, [before, side, behind]), own, value)
    return tf.reshape(made, wide.shape.with(axis, first + side + last))
  }, x)
}

export const pad: Kernel<'pad'> = (call) => {
  const { begin, end, mode, value } = call.node.attributes
  const x = given(call, 0)
  const pairs = begin.map((before, axis): [number, number] => [before, end[axis] ?? 0])
  if (mode === 'constant') return padded(x, pairs, value)
  return pairs.reduce((result, [before, after], axis) => {
    if (before === 0 && after === 0) return result
    const places = placesAround(x.shape[axis] ?? 0, before, after, mode)
    return tf.gather(result, tf.tensor1d(places, 'int32'), axis)
  }, x)
}
