import * as tf from '@tensorflow/tfjs'

/**
 * Gradient of a mean (global average pooling): dy / n, tiled back to the input's shape. The stock
 * formula builds a tensor of ones in JavaScript and multiplies by it. Other backends get `stock`.
 */
export function meanGradient(stock: tf.GradConfig): tf.GradConfig {
  return {
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved
      if (tf.getBackend() !== 'wasm' || !x || Array.isArray(dy)) {
        return stock.gradFunc(dy, saved, attrs)
      }
      const axes = tf.util.parseAxisParam(attrs['axis'] as number | number[], x.shape)
      const reduced = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side))
      const reps = x.shape.map((side, axis) => (axes.includes(axis) ? side : 1))
      const count = reps.reduce((product, side) => product * side, 1)
      return { x: () => tf.tile(tf.reshape(tf.mul(dy, 1 / count), reduced), reps) }
    },
  }
}
