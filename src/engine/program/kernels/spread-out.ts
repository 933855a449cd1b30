import * as tf from '@tensorflow/tfjs'
import { cut } from './places'
import { reachOf } from '../../../graph/sides/window-moves'

/** Zeros between the places of an axis, each so far from the next. */
export function spreadOut(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const side = x.shape[axis] ?? 1
  if (step === 1 || side === 1) return x
  const { shape } = x
  const apart = tf.reshape(x, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)])
  const filled = tf.pad(
    apart,
    apart.shape.map((_, at): [number, number] => [0, at === axis + 1 ? step - 1 : 0]),
  )
  const full = tf.reshape(
    filled,
    shape.map((old, at) => (at === axis ? old * step : old)),
  )
  return cut(full, axis, 0, reachOf(side, step))
}

/** A kernel with zeros between its places: the same as dilations, for where tfjs has none. */
export function dilated(kernel: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  return dilations.reduce((wide, dilation, axis) => spreadOut(wide, axis, dilation), kernel)
}
