import type * as tf from '@tensorflow/tfjs'
import { type KernelHost, reshaped } from './backend-memory'
import { addBiasInPlace, isBiasPerChannel } from './bias'
import {
  type ConvAttributes,
  convGeometry,
  isPlainConv,
  isPointwise,
  padImages,
} from './conv-geometry'
import { isLimiting } from './limiting'
import { product } from './matrix-product'
import { narrowRows, vectorWidth, widenRows } from './row-width'
import { trainingKernel } from './training-kernel'

interface Inputs {
  /** [batch, height, width, inChannels] */
  readonly x: tf.TensorInfo
  /** [filterHeight, filterWidth, inChannels, outChannels] */
  readonly filter: tf.TensorInfo
}

interface FusedInputs extends Inputs {
  readonly bias?: tf.TensorInfo
  readonly preluActivationWeights?: tf.TensorInfo
}

interface FusedAttributes extends ConvAttributes {
  readonly activation: string
}

export const conv2d = trainingKernel(
  'Conv2D',
  (host: KernelHost, inputs: Inputs, attrs: ConvAttributes) =>
    isPlainConv(attrs)
      ? convolve(host, inputs, attrs)
      : host.runStock('Conv2D', { ...inputs }, attrs),
)

/** What layers call: convolution, bias and activation. Under a gradient the activation is linear. */
export const fusedConv2d = trainingKernel(
  'FusedConv2D',
  (host: KernelHost, inputs: FusedInputs, attrs: FusedAttributes) => {
    const { activation } = attrs
    const channels = inputs.filter.shape.at(-1) ?? 0
    const simple = !inputs.preluActivationWeights && isBiasPerChannel(inputs.bias, channels)
    if (!isLimiting(activation) || !simple || !isPlainConv(attrs)) {
      return host.runStock('FusedConv2D', { ...inputs }, attrs)
    }
    const result = convolve(host, inputs, attrs)
    addBiasInPlace(host, result, inputs.bias, activation)
    return result
  },
)

function convolve(host: KernelHost, { x, filter }: Inputs, attrs: ConvAttributes): tf.TensorInfo {
  const geometry = convGeometry(x.shape, filter.shape, attrs)
  const { batchSize, outHeight, outWidth, inChannels, outChannels, outShape } = geometry
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry
  const pixels = batchSize * outHeight * outWidth
  if (isPointwise(geometry)) {
    return reshaped(product(host, x, filter, pixels, inChannels, outChannels), outShape)
  }
  const images = padImages(host, x, geometry)
  const taps = filterHeight * filterWidth * inChannels
  const weights = widenRows(host, filter, taps, outChannels)
  const result = host.output([pixels, vectorWidth(outChannels)])
  const panels = host.output([Math.ceil(outChannels / 8) * taps, 8])
  const [, height = 0, width = 0] = images.shape
  host.module.convForward(
    host.address(images),
    host.address(weights),
    host.address(result),
    host.address(panels),
    batchSize,
    height,
    width,
    inChannels,
    outHeight,
    outWidth,
    vectorWidth(outChannels),
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
  )
  host.release(panels)
  host.releaseCopy(images, x)
  host.releaseCopy(weights, filter)
  return narrowRows(host, result, pixels, outChannels, outShape)
}
