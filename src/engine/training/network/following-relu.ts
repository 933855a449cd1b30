import type * as tf from '@tensorflow/tfjs'

type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/** Lets the layer return its input while `done`. */
export function passThrough(layer: tf.layers.Layer, done: () => boolean): () => void {
  const own = layer.call.bind(layer)
  layer.call = (inputs: CallInputs, args: CallArguments) => (done() ? inputs : own(inputs, args))
  return () => {
    layer.call = own
  }
}

/** The ReLU layer that is the only reader of the layer's only output, which the model does not return. */
export function followingRelu(
  layer: tf.layers.Layer,
  model: tf.LayersModel,
): tf.layers.Layer | null {
  const [reader, ...others] = layer.outboundNodes.map((node) => node.outboundLayer)
  if (reader === undefined || others.length > 0 || layer.inboundNodes.length !== 1) return null
  if (reader.inboundNodes.length !== 1 || !model.layers.includes(reader)) return null
  if (model.outputs.some(({ sourceLayer }) => sourceLayer === layer)) return null
  return isPlainRelu(reader) ? reader : null
}

function isPlainRelu(layer: tf.layers.Layer): boolean {
  const { activation, maxValue } = layer.getConfig()
  switch (layer.getClassName()) {
    case 'Activation':
      return activation === 'relu'
    case 'ReLU':
      return (maxValue ?? null) === null
    default:
      return false
  }
}
