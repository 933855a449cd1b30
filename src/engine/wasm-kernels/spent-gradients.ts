import type * as tf from '@tensorflow/tfjs'

const spent = new WeakSet<tf.Tensor>()

/** Says of a gradient that it is read for the last time by what is computed from it next. */
export function spend(gradient: tf.Tensor): void {
  spent.add(gradient)
}

/** Whether what is computed from a gradient may take its place. */
export function isSpent(gradient: tf.Tensor): boolean {
  return spent.has(gradient)
}
