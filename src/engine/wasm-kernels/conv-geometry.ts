import * as tf from '@tensorflow/tfjs'
import { type KernelHost, reshaped } from './backend-memory'

export type ConvGeometry = ReturnType<typeof tf.backend_util.computeConv2DInfo>

type Pair = number | [number, number]

/** What the attributes of convolution kernels and of their gradients have in common. */
export interface ConvAttributes {
  readonly strides: Pair
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4]
  /** Absent and null both mean 1. */
  readonly dilations?: Pair | null
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** Sizes, strides and padding of a convolution over NHWC images; any kind of padding. */
export function convGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: ConvAttributes,
  kind: 'full' | 'depthwise' = 'full',
): ConvGeometry {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    kind === 'depthwise',
    'channelsLast',
  )
}

/** Whether the SIMD kernels cover it: NHWC without dilation. Strides and padding may be any. */
export function isPlainConv({ dilations, dataFormat = 'NHWC' }: ConvAttributes): boolean {
  const steps = [dilations ?? 1].flat()
  return dataFormat === 'NHWC' && steps.every((step) => step === 1)
}

export interface ImageSize {
  readonly height: number
  readonly width: number
}

/** The image with its padding, large enough for every window. */
export function paddedSize(geometry: ConvGeometry): ImageSize {
  const { padInfo, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = geometry
  const { effectiveFilterHeight, effectiveFilterWidth } = geometry
  return {
    height: Math.max(
      inHeight + padInfo.top,
      (outHeight - 1) * strideHeight + effectiveFilterHeight,
    ),
    width: Math.max(inWidth + padInfo.left, (outWidth - 1) * strideWidth + effectiveFilterWidth),
  }
}

/** x with zeros around it, as `paddedSize` says; x itself when there is nothing to pad. */
export function padImages(
  host: KernelHost,
  x: tf.TensorInfo,
  geometry: ConvGeometry,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = geometry
  const { height, width } = paddedSize(geometry)
  if (height === inHeight && width === inWidth) return x
  const padded = host.zeros([batchSize, height, width, inChannels])
  const pixel = 4 * inChannels
  host.module.copyWindow(
    host.address(x),
    host.address(padded) + (padInfo.top * width + padInfo.left) * pixel,
    batchSize,
    inHeight,
    inWidth * pixel,
    inHeight * inWidth * pixel,
    inWidth * pixel,
    height * width * pixel,
    width * pixel,
  )
  return padded
}

/** The inverse of `padImages`; releases `padded` when it had to copy. */
export function cropImages(
  host: KernelHost,
  padded: tf.TensorInfo,
  geometry: ConvGeometry,
): tf.TensorInfo {
  const { batchSize, inHeight, inWidth, inChannels, padInfo, inShape } = geometry
  const { height, width } = paddedSize(geometry)
  if (height === inHeight && width === inWidth) return reshaped(padded, inShape)
  const cropped = host.output(inShape)
  const pixel = 4 * inChannels
  host.module.copyWindow(
    host.address(padded) + (padInfo.top * width + padInfo.left) * pixel,
    host.address(cropped),
    batchSize,
    inHeight,
    inWidth * pixel,
    height * width * pixel,
    width * pixel,
    inHeight * inWidth * pixel,
    inWidth * pixel,
  )
  host.release(padded)
  return cropped
}

/**
 * Whether the convolution is a matrix product of all pixels, [pixels, in] x [in, out]: a 1x1 filter
 * with stride 1 and no padding.
 */
export function isPointwise(geometry: ConvGeometry): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry
  const sizes = [filterHeight, filterWidth, strideHeight, strideWidth]
  const padding = padInfo.top + padInfo.bottom + padInfo.left + padInfo.right
  return sizes.every((size) => size === 1) && padding === 0
}
