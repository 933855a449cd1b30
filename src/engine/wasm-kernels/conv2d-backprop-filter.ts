import type * as tf from '@tensorflow/tfjs'
import { type BackendMemory, type KernelHost, reshaped } from './backend-memory'
import {
  type ConvAttributes,
  type ConvGeometry,
  convGeometry,
  isPointwise,
  padImages,
} from './conv-geometry'
import { product } from './matrix-product'
import { narrowRows, vectorWidth, widenRows } from './row-width'
import { trainingKernel } from './training-kernel'

interface Inputs {
  /** [batch, height, width, inChannels] */
  readonly x: tf.TensorInfo
  /** [batch, outHeight, outWidth, outChannels] */
  readonly dy: tf.TensorInfo
}

interface Attributes extends ConvAttributes {
  /** [filterHeight, filterWidth, inChannels, outChannels] */
  readonly filterShape: [number, number, number, number]
}

const KERNEL = 'Conv2DBackpropFilter'

/** Output pixels handled together: their dy (256 pixels x 50 channels = 50 kB) fits a level-2 cache. */
const PIXELS_PER_BLOCK = 256

/** With so few, in and out of a 1x1 convolution whose sides tiles do not fill, packing both matrices costs more than it saves. */
const FEW_CHANNELS = 64

/** Of a 1x1 convolution: whether its gradient is computed as a product. */
export function isProduct({ inChannels, outChannels }: ConvGeometry): boolean {
  const isPacked = inChannels % 4 !== 0 || outChannels % 8 !== 0
  return !isPacked || inChannels + outChannels > FEW_CHANNELS
}

/** Gradient of a convolution for its filter. The stock backend has no such kernel. */
export const conv2dBackpropFilter = trainingKernel(
  KERNEL,
  (host: KernelHost, { x, dy }: Inputs, attrs: Attributes) => {
    refuseChannelsFirst(attrs)
    const { filterShape } = attrs
    const geometry = convGeometry(x.shape, filterShape, attrs)
    const { batchSize, outHeight, outWidth, inChannels, outChannels } = geometry
    const { filterHeight, filterWidth, strideHeight, strideWidth } = geometry
    if (isPointwise(geometry) && isProduct(geometry)) {
      const pixels = batchSize * outHeight * outWidth
      return reshaped(
        product(host, x, dy, inChannels, pixels, outChannels, { a: true }),
        filterShape,
      )
    }
    const filterRows = filterHeight * filterWidth * inChannels
    const images = padImages(host, x, geometry)
    const gradient = widenRows(host, dy, batchSize * outHeight * outWidth, outChannels)
    const result = host.zeros([filterRows, vectorWidth(outChannels)])
    const [, height = 0, width = 0] = images.shape
    host.module.convFilterGradient(
      host.address(images),
      host.address(gradient),
      host.address(result),
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
      Math.max(1, Math.round(PIXELS_PER_BLOCK / outWidth)),
    )
    host.releaseCopy(images, x)
    host.releaseCopy(gradient, dy)
    return narrowRows(host, result, filterRows, outChannels, filterShape)
  },
)

/**
 * The same through stock kernels, for a backend without the SIMD module: one matrix product per
 * filter position, of the input pixels seen there with dy.
 */
export const plainConv2dBackpropFilter = trainingKernel(
  KERNEL,
  (memory: BackendMemory, { x, dy }: Inputs, attrs: Attributes) => {
    refuseChannelsFirst(attrs)
    const geometry = convGeometry(x.shape, attrs.filterShape, attrs)
    const { batchSize, outHeight, outWidth, filterHeight, filterWidth } = geometry
    const { inChannels, outChannels } = geometry
    const images = padThroughStock(memory, x, geometry)
    const result = memory.output(attrs.filterShape)
    const pixels = batchSize * outHeight * outWidth
    const block = inChannels * outChannels
    for (let position = 0; position < filterHeight * filterWidth; position++) {
      const row = Math.floor(position / filterWidth)
      const column = position % filterWidth
      const seen = pixelsUnder(memory, images, geometry, row, column)
      const product = memory.runStock(
        'BatchMatMul',
        { a: reshaped(seen, [1, pixels, inChannels]), b: reshaped(dy, [1, pixels, outChannels]) },
        { transposeA: true, transposeB: false },
      )
      memory.floats(result).set(memory.floats(product), position * block)
      memory.release(seen, product)
    }
    memory.releaseCopy(images, x)
    return result
  },
)

function refuseChannelsFirst({ dataFormat }: ConvAttributes): void {
  if (dataFormat === 'NCHW') {
    throw new Error(`${KERNEL} on the WASM backend covers dataFormat NHWC, not NCHW.`)
  }
}

function padThroughStock(
  memory: BackendMemory,
  x: tf.TensorInfo,
  { padInfo }: ConvGeometry,
): tf.TensorInfo {
  const { top, bottom, left, right } = padInfo
  if (top + bottom + left + right === 0) return x
  const paddings = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
  return memory.runStock('PadV2', { x }, { paddings, constantValue: 0 })
}

/** The input pixels that filter position (row, column) meets: one per output pixel. */
function pixelsUnder(
  memory: BackendMemory,
  images: tf.TensorInfo,
  geometry: ConvGeometry,
  row: number,
  column: number,
): tf.TensorInfo {
  const { batchSize, outHeight, outWidth, inChannels, strideHeight, strideWidth } = geometry
  return memory.runStock(
    'StridedSlice',
    { x: images },
    {
      begin: [0, row, column, 0],
      end: [
        batchSize,
        row + (outHeight - 1) * strideHeight + 1,
        column + (outWidth - 1) * strideWidth + 1,
        inChannels,
      ],
      strides: [1, strideHeight, strideWidth, 1],
      beginMask: 0,
      endMask: 0,
      ellipsisMask: 0,
      newAxisMask: 0,
      shrinkAxisMask: 0,
    },
  )
}
