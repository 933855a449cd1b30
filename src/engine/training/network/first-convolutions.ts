import * as tf from '@tensorflow/tfjs'
import { isRecorded } from '../../program/record-dependent'

type CallInputs = Parameters<tf.layers.Layer['call']>[0]
type CallArguments = Parameters<tf.layers.Layer['call']>[1]

/** What a Conv2D layer holds, under the names of its own source. */
interface Conv2DLayer extends tf.layers.Layer {
  readonly kernel: tf.LayerVariable
  readonly bias: tf.LayerVariable | null
  readonly strides: [number, number]
  readonly dilationRate: [number, number]
  readonly padding: string
}

/**
 * Saves the gradient for a model's own input. The layers compute a convolution in one operation whose gradient
 * gives all its inputs theirs; here those that read the input use the plain one, which gives what is asked.
 * @param partly whether some layers are frozen: then the same goes for all that need only one of the two gradients
 */
export function spareInputGradients(layers: readonly tf.layers.Layer[], partly = false): void {
  for (const layer of layers) {
    if (!isCovered(layer)) continue
    if (readsInput(layer)) usePlain(layer, () => true)
    else if (partly) usePlain(layer, (x) => isRecorded(x) !== isRecorded(layer.kernel.read()))
  }
}

function usePlain(layer: Conv2DLayer, isWanted: (x: tf.Tensor) => boolean): void {
  const own = layer.call.bind(layer)
  layer.call = (inputs: CallInputs, args: CallArguments) => {
    const x = Array.isArray(inputs) ? inputs[0] : inputs
    const training = (args as { training?: boolean } | undefined)?.training === true
    if (!training || !x) return own(inputs, args)
    const { strides, padding, dilationRate } = layer
    return tf.tidy(() => {
      if (!isWanted(x)) return own(inputs, args)
      const kernel = layer.kernel.read() as tf.Tensor4D
      const pad = padding === 'same' ? 'same' : 'valid'
      const y = tf.conv2d(x as tf.Tensor4D, kernel, strides, pad, 'NHWC', dilationRate)
      return layer.bias === null ? y : withBias(y, layer.bias.read())
    })
  }
}

/** A sum keeps what it adds, of which its gradient needs nothing; this one keeps nothing. */
function withBias(y: tf.Tensor4D, bias: tf.Tensor): tf.Tensor {
  const sum = tf.customGrad((...parameters: unknown[]) => {
    const [x, offset] = parameters as [tf.Tensor, tf.Tensor]
    return {
      value: x.add(offset),
      gradFunc: (dy: tf.Tensor) => [dy, dy.sum([0, 1, 2])],
    }
  })
  return sum(y, bias)
}

function readsInput(layer: tf.layers.Layer): boolean {
  return layer.inboundNodes.every((node) =>
    node.inboundLayers.every((source) => source.getClassName() === 'InputLayer'),
  )
}

function isCovered(layer: tf.layers.Layer): layer is Conv2DLayer {
  if (layer.getClassName() !== 'Conv2D') return false
  const { activation, dataFormat } = layer.getConfig()
  return activation === 'linear' && dataFormat === 'channelsLast'
}
