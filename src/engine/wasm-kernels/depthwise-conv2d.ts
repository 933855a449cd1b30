import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import { type ConvAttributes, type ConvGeometry, convGeometry, isPlainConv } from './conv-geometry'
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
    const y = host.output(geometry.outShape)
    withBlankRow(host, geometry.inWidth * geometry.inChannels, (blank) => {
      host.module.depthwiseForward(
        host.address(x),
        host.address(filter),
        host.address(y),
        blank,
        ...sizesOf(geometry),
      )
    })
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
    const result = host.output(attrs.filterShape)
    withBlankRow(host, geometry.inWidth * geometry.inChannels, (blank) => {
      host.module.depthwiseFilterGradient(
        host.address(x),
        host.address(dy),
        host.address(result),
        blank,
        ...sizesOf(geometry),
        0,
      )
    })
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
    withBlankRow(host, geometry.outWidth * geometry.inChannels, (blank) => {
      host.module.depthwiseInputGradient(
        host.address(dy),
        host.address(filter),
        host.address(dx),
        blank,
        ...sizesOf(geometry),
      )
    })
    return dx
  },
)

/** Room for a row of pixels outside the image, for as long as `work` runs. */
export function withBlankRow(
  host: KernelHost,
  length: number,
  work: (blank: number) => void,
): void {
  const blank = host.output([length])
  work(host.address(blank))
  host.release(blank)
}

/** As the functions of the module take them. */
export function sizesOf(geometry: ConvGeometry) {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = geometry
  const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry
  return [
    batchSize,
    inHeight,
    inWidth,
    inChannels,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
    strideHeight,
    strideWidth,
    geometry.padInfo.top,
    geometry.padInfo.left,
  ] as const
}
