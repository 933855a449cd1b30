import * as tf from '@tensorflow/tfjs'

/**
 * A small depthwise residual network on 28 x 28 pictures: the one that training kernels were first
 * measured with, kept so that today's kernels can be compared with those figures.
 */
export function buildDsres(): tf.LayersModel {
  const image = tf.input({ shape: [28, 28, 1] })
  let x = apply(
    tf.layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', useBias: false }),
    image,
  )
  x = relu(normal(x))
  x = block(x, 16, 16, 1)
  x = block(x, 16, 32, 2)
  x = block(x, 32, 32, 1)
  x = block(x, 32, 64, 2)
  x = block(x, 64, 64, 1)
  const pooled = apply(tf.layers.globalAveragePooling2d({}), x)
  return tf.model({ inputs: image, outputs: apply(tf.layers.dense({ units: 10 }), pooled) })
}

function block(x: tf.SymbolicTensor, from: number, to: number, strides: number) {
  const spatial = tf.layers.depthwiseConv2d({
    kernelSize: 3,
    strides,
    padding: 'same',
    useBias: false,
  })
  const mixing = tf.layers.conv2d({ filters: to, kernelSize: 1, useBias: false })
  const mixed = normal(apply(mixing, relu(normal(apply(spatial, x)))))
  if (strides !== 1 || from !== to) return relu(mixed)
  return relu(tf.layers.add().apply([x, mixed]) as tf.SymbolicTensor)
}

function normal(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.batchNormalization(), x)
}

function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return apply(tf.layers.activation({ activation: 'relu' }), x)
}

function apply(layer: tf.layers.Layer, x: tf.SymbolicTensor): tf.SymbolicTensor {
  return layer.apply(x) as tf.SymbolicTensor
}
