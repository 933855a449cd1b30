import * as tf from '@tensorflow/tfjs'

/** What a BatchNormalization layer holds, under the names of its own source. */
interface Scaled {
  scale: boolean
  gamma: Pick<tf.LayerVariable, 'read'> | null
  readonly movingMean: tf.LayerVariable
}

/**
 * Calls a layer of batch normalisation that may have no scale, with one of ones: where statistics are held TensorFlow.js
 * keeps the scale for the gradient, and stumbles where there is none.
 */
export function withScale<Result>(layer: tf.layers.Layer, call: () => Result): Result {
  const own = layer as tf.layers.Layer & Partial<Scaled>
  const { gamma = null, movingMean, scale = false } = own
  if (gamma !== null || movingMean === undefined) return call()
  own.scale = true
  own.gamma = { read: () => tf.ones(movingMean.shape as number[]) }
  try {
    return call()
  } finally {
    own.scale = scale
    own.gamma = gamma
  }
}
