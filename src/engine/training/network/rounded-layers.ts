import * as tf from '@tensorflow/tfjs'
import type { Activation } from './trainable-model'

type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/** Layers that hand on what they get, or a choice of it: their input is quantized already. */
const handsOn = new Set([
  'InputLayer',
  'Flatten',
  'Reshape',
  'Permute',
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'MaxPooling1D',
  'MaxPooling2D',
  'ZeroPadding2D',
  'UpSampling2D',
  'Embedding',
])
/** What inference engines compute in one piece with the layer before it. */
const fused = new Set(['BatchNormalization', 'Activation', 'ReLU', 'LeakyReLU'])

/** What inference engines of few bits round: what layers say that others read. */
export function roundedLayers(layers: readonly tf.layers.Layer[]): readonly Activation[] {
  return layers.filter(isRounded).map((layer) => ({
    name: layer.name,
    change: (change) => {
      const own = layer.call.bind(layer)
      layer.call = (inputs: CallInputs, args: CallArguments) => {
        const output = own(inputs, args)
        return Array.isArray(output) ? output : change(output)
      }
    },
  }))
}

function isRounded(layer: tf.layers.Layer): boolean {
  if (layer instanceof tf.LayersModel || handsOn.has(layer.getClassName())) return false
  const next = layer.outboundNodes.map((node) => node.outboundLayer.getClassName())
  // The last layer's outputs are scores: what reads them rounds nothing.
  return next.length > 0 && !(next.length === 1 && fused.has(next[0] ?? ''))
}
