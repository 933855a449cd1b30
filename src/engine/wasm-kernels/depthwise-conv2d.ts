import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import {
  type ConvAttributes,
  type ConvGeometry,
  convGeometry,
  isPlainConv,
  padImages,
} from './conv-geometry'
import {
  plainDepthwiseBackpropFilter,
  plainDepthwiseBackpropInput,
} from './plain-depthwise-gradients'
import { trainingKernel } from './training-kernel'

interface ForwardInputs {
  /** [batch, height, width, channels] */
  readonly x: tf.TensorInfo
  /** [filterHeight, filterWidth, channels, 1] */
  readonly filter: tf.TensorInfo
}

interface FilterGradientInputs {
  readonly x: tf.TensorInfo
  /** [batch, outHeight, outWidth, channels] */
  readonly dy: tf.TensorInfo
}

interface FilterGradientAttributes extends ConvAttributes {
  readonly filterShape: [number, number, number, number]
}

interface InputGradientInputs {
  readonly dy: tf.TensorInfo
  readonly filter: tf.TensorInfo
}

interface InputGradientAttributes extends ConvAttributes {
  readonly inputShape: [number, number, number, number]
}

/** The SIMD kernels cover one filter per channel; a channel multiplier or dilation goes elsewhere. */
function isCovered(filterShape: readonly number[], attrs: ConvAttributes): boolean {
  return filterShape[3] === 1 && isPlainConv(attrs)
}

export const depthwiseConv2d = trainingKernel(
  'DepthwiseConv2dNative',
  (host: KernelHost, { x, filter }: ForwardInputs, attrs: ConvAttributes) => {
    if (!isCovered(filter.shape, attrs)) {
      return host.runStock('DepthwiseConv2dNative', { x, filter }, attrs)
    }
    const geometry = convGeometry(x.shape, filter.shape, attrs, 'depthwise')
    const images = padImages(host, x, geometry)
    const y = host.output(geometry.outShape)
    host.module.depthwiseForward(
      host.address(images),
      host.address(filter),
      host.address(y),
      ...sizes(geometry, images),
    )
    host.releaseCopy(images, x)
    return y
  },
)

/** Gradient of a depthwise convolution for its filter. The stock backend has no such kernel. */
export const depthwiseBackpropFilter = trainingKernel(
  plainDepthwiseBackpropFilter.kernelName,
  (host: KernelHost, inputs: FilterGradientInputs, attrs: FilterGradientAttributes) => {
    if (!isCovered(attrs.filterShape, attrs)) {
      return plainDepthwiseBackpropFilter.run(host, inputs, attrs)
    }
    const { x, dy } = inputs
    const geometry = convGeometry(x.shape, attrs.filterShape, attrs, 'depthwise')
    const images = padImages(host, x, geometry)
    const result = host.output(attrs.filterShape)
    host.module.depthwiseFilterGradient(
      host.address(images),
      host.address(dy),
      host.address(result),
      ...sizes(geometry, images),
    )
    host.releaseCopy(images, x)
    return result
  },
)

/** Gradient of a depthwise convolution for its input. The stock backend has no such kernel. */
export const depthwiseBackpropInput = trainingKernel(
  plainDepthwiseBackpropInput.kernelName,
  (host: KernelHost, inputs: InputGradientInputs, attrs: InputGradientAttributes) => {
    if (!isCovered(inputs.filter.shape, attrs)) {
      return plainDepthwiseBackpropInput.run(host, inputs, attrs)
    }
    const { dy, filter } = inputs
    const geometry = convGeometry(attrs.inputShape, filter.shape, attrs, 'depthwise')
    const dx = host.output(attrs.inputShape)
    host.module.depthwiseInputGradient(
      host.address(dy),
      host.address(filter),
      host.address(dx),
      ...sizes(geometry, dx),
      geometry.padInfo.top,
      geometry.padInfo.left,
    )
    return dx
  },
)

function sizes(geometry: ConvGeometry, images: tf.TensorInfo) {
  const [batch = 0, height = 0, width = 0, channels = 0] = images.shape
  const { outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = geometry
  return [
    batch,
    height,
    width,
    channels,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
  ] as const
}
