import * as tf from '@tensorflow/tfjs'

/** The same value, which tells when the way back comes to it. Others than real numbers have no way back. */
export function telling(x: tf.Tensor, reached: () => void): tf.Tensor {
  if (x.dtype !== 'float32') return x
  const through = tf.customGrad((...[input]: unknown[]) => ({
    value: (input as tf.Tensor).clone(),
    gradFunc: (dy: tf.Tensor) => {
      reached()
      return dy
    },
  }))
  return through(x)
}
