import * as tf from '@tensorflow/tfjs'

/** Step by step along the second axis. Of a single one the gradient of TensorFlow.js fails. */
export function stepsOf(x: tf.Tensor): tf.Tensor[] {
  return x.shape[1] === 1 ? [tf.squeeze(x, [1])] : tf.unstack(x, 1)
}
