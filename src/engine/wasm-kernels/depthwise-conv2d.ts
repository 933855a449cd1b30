import type * as tf from '@tensorflow/tfjs'
import type { KernelHost } from './backend-memory'
import {
  type ConvAttributes,
  type ConvGeometry,
  convGeometry,
  isPlainConv,
  paddedSize,
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
    const y = host.output(geometry.outShape)
    onCanvas(host, geometry, (canvas) => {
      host.module.depthwiseForward(
        host.address(x),
        host.address(filter),
        host.address(y),
        canvas,
        ...sizes(geometry),
        ...padding(geometry),
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
    onCanvas(host, geometry, (canvas) => {
      host.module.depthwiseFilterGradient(
        host.address(x),
        host.address(dy),
        host.address(result),
        canvas,
        ...sizes(geometry),
        ...padding(geometry),
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
    if (isTurnable(geometry)) return turnedConvolution(host, dy, filter, geometry)
    const dx = host.output(attrs.inputShape)
    host.module.depthwiseInputGradient(
      host.address(dy),
      host.address(filter),
      host.address(dx),
      ...sizes(geometry),
      geometry.padInfo.top,
      geometry.padInfo.left,
    )
    return dx
  },
)

/** Whether the input gradient is itself a convolution: stride one, and padding within the filter. */
function isTurnable(geometry: ConvGeometry): boolean {
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } = geometry
  const { top, bottom, left, right } = padInfo
  return (
    strideHeight === 1 &&
    strideWidth === 1 &&
    Math.max(top, bottom) < filterHeight &&
    Math.max(left, right) < filterWidth
  )
}

/** dx = dy, padded to the full, convolved with the filter turned by half a circle. */
function turnedConvolution(
  host: KernelHost,
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  geometry: ConvGeometry,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = geometry
  const { filterHeight, filterWidth, padInfo } = geometry
  const height = inHeight + filterHeight - 1
  const width = inWidth + filterWidth - 1
  const canvas = host.output([height, width, inChannels])
  const turned = host.output(filter.shape)
  const dx = host.output(geometry.inShape)
  const taps = host.floats(filter)
  const turnedTaps = host.floats(turned)
  const last = filterHeight * filterWidth - 1
  for (let tap = 0; tap <= last; tap++)
    turnedTaps.set(
      taps.subarray(tap * inChannels, (tap + 1) * inChannels),
      (last - tap) * inChannels,
    )
  host.module.depthwiseForward(
    host.address(dy),
    host.address(turned),
    host.address(dx),
    host.address(canvas),
    batchSize,
    outHeight,
    outWidth,
    inChannels,
    inHeight,
    inWidth,
    filterHeight,
    filterWidth,
    1,
    1,
    filterHeight - 1 - padInfo.top,
    filterWidth - 1 - padInfo.left,
    height,
    width,
  )
  host.release(canvas, turned)
  return dx
}

/** Room for one padded image, for as long as `work` runs. */
function onCanvas(host: KernelHost, geometry: ConvGeometry, work: (canvas: number) => void): void {
  const { height, width } = paddedSize(geometry)
  const canvas = host.output([height, width, geometry.inChannels])
  work(host.address(canvas))
  host.release(canvas)
}

function sizes(geometry: ConvGeometry) {
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
  ] as const
}

/** Where the image lies on the canvas, and the size of the canvas. */
function padding(geometry: ConvGeometry) {
  const { height, width } = paddedSize(geometry)
  return [geometry.padInfo.top, geometry.padInfo.left, height, width] as const
}
