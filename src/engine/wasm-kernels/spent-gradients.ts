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

const held = new WeakSet<tf.TensorInfo>()

/** Says of a gradient that the way back alone has it, which may still add another to it. */
export function holdAlone(gradient: tf.Tensor): void {
  held.add(gradient)
}

/** An operation or somebody else is given it now. */
export function handOn(gradient: tf.Tensor): void {
  held.delete(gradient)
}

/** Whether the sum of it and another may take its place. */
export function isHeldAlone(gradient: tf.TensorInfo): boolean {
  return held.has(gradient)
}
