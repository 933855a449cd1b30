import * as tf from '@tensorflow/tfjs'

/**
 * pictures of 6 x 7 x 2 -> convolution with padded borders -> depthwise one in steps -> convolution without a bias, which a
 * normalization reads -> two dense layers: what `graphTwin` can write.
 */
export function twinned(): tf.LayersModel {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        ...{ inputShape: [6, 7, 2], filters: 6, kernelSize: 3, padding: 'same' },
        ...{ activation: 'relu', name: 'stem' },
      }),
      tf.layers.depthwiseConv2d({
        ...{ kernelSize: 3, strides: 2, depthMultiplier: 2, padding: 'same', name: 'deep' },
      }),
      tf.layers.conv2d({ filters: 8, kernelSize: 1, useBias: false, name: 'wide' }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.reLU({ name: 'bent' }),
      tf.layers.globalAveragePooling2d({ name: 'pooled' }),
      tf.layers.dense({ units: 7, activation: 'relu', name: 'hidden' }),
      tf.layers.dense({ units: 4, name: 'answer' }),
    ],
  })
  model.setWeights(
    model.weights.map(({ originalName, shape }, seed) => {
      const drawn = tf.randomNormal(shape.map(Number), 0, 0.4, 'float32', seed + 1)
      return originalName.endsWith('moving_variance') ? drawn.abs().add(0.5) : drawn
    }),
  )
  return model
}
