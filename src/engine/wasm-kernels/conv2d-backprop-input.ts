import type * as tf from '@tensorflow/tfjs'
import { type KernelHost, reshaped } from './backend-memory'
import {
  type ConvAttributes,
  convGeometry,
  cropImages,
  isPlainConv,
  isPointwise,
  paddedSize,
} from './conv-geometry'
import { product } from './matrix-product'
import { trainingKernel } from './training-kernel'

interface Inputs {
  /** [batch, outHeight, outWidth, outChannels] */
  readonly dy: tf.TensorInfo
  /** [filterHeight, filterWidth, inChannels, outChannels] */
  readonly filter: tf.TensorInfo
}

interface Attributes extends ConvAttributes {
  /** [batch, height, width, inChannels] */
  readonly inputShape: [number, number, number, number]
}

const KERNEL = 'Conv2DBackpropInput'

/** Gradient of a convolution for its input; the stock kernel is right but slow. */
export const conv2dBackpropInput = trainingKernel(
  KERNEL,
  (host: KernelHost, { dy, filter }: Inputs, attrs: Attributes) => {
    if (!isPlainConv(attrs)) return host.runStock(KERNEL, { dy, filter }, attrs)
    const geometry = convGeometry(attrs.inputShape, filter.shape, attrs)
    const { batchSize, outHeight, outWidth, inChannels, outChannels } = geometry
    const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry
    if (isPointwise(geometry)) {
      const pixels = batchSize * outHeight * outWidth
      const dx = product(host, dy, filter, pixels, outChannels, inChannels, { b: true })
      return reshaped(dx, attrs.inputShape)
    }
    const { height, width } = paddedSize(geometry)
    const transposed = host.runStock(
      'Transpose',
      { x: reshaped(filter, [filterHeight, filterWidth * inChannels, outChannels]) },
      { perm: [0, 2, 1] },
    )
    const padded = host.zeros([batchSize, height, width, inChannels])
    host.module.convInputGradient(
      host.address(dy),
      host.address(transposed),
      host.address(padded),
      batchSize,
      height,
      width,
      inChannels,
      outHeight,
      outWidth,
      outChannels,
      filterHeight,
      filterWidth,
      strideHeight,
      strideWidth,
    )
    host.release(transposed)
    return cropImages(host, padded, geometry)
  },
)
