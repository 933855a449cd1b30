import * as tf from '@tensorflow/tfjs'
import { aroundAxis, cut } from './places'
import { reachOf } from '../../../graph/sides/window-moves'

/** Zeros between the places of an axis, each so far from the next. Of more than four axes WebGPU pads otherwise. */
export function spreadOut(x: tf.Tensor, axis: number, step: number): tf.Tensor {
  const side = x.shape[axis] ?? 1
  if (step === 1 || side === 1) return x
  const [before, behind] = aroundAxis(x.shape, axis)
  const apart = tf.reshape(x, [before, side, 1, behind])
  const filled = tf.pad(apart, [
    [0, 0],
    [0, 0],
    [0, step - 1],
    [0, 0],
  ])
  const full = tf.reshape(filled, [before, side * step, behind])
  const reach = reachOf(side, step)
  return tf.reshape(cut(full, 1, 0, reach), x.shape.with(axis, reach))
}

/** A kernel with zeros between its places: the same as dilations, for where tfjs has none. */
export function dilated(kernel: tf.Tensor, dilations: readonly number[]): tf.Tensor {
  return dilations.reduce((wide, dilation, axis) => spreadOut(wide, axis, dilation), kernel)
}
