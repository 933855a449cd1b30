import * as tf from '@tensorflow/tfjs'
import type { BackendMemory, KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'

interface Inputs {
  /** [batch, outHeight, outWidth, channels] */
  readonly dy: tf.TensorInfo
  /** [batch, height, width, channels] */
  readonly input: tf.TensorInfo
}

type PoolArguments = Parameters<typeof tf.backend_util.computePool2DInfo>

interface Attributes {
  readonly filterSize: PoolArguments[1]
  readonly strides: PoolArguments[2]
  readonly pad: PoolArguments[4]
  readonly dimRoundingMode?: PoolArguments[5]
}

type PoolGeometry = ReturnType<typeof tf.backend_util.computePool2DInfo>

function poolGeometry({ input }: Inputs, attrs: Attributes): PoolGeometry {
  const shape = input.shape as PoolArguments[0]
  return tf.backend_util.computePool2DInfo(
    shape,
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  )
}

/**
 * Gradient of max pooling. The stock kernel gives a window no gradient when its values are all zero
 * or below; here it goes to the first largest input of every window.
 */
export const maxPoolGrad = trainingKernel(
  'MaxPoolGrad',
  (host: KernelHost, inputs: Inputs, attrs: Attributes) => {
    const geometry = poolGeometry(inputs, attrs)
    const dx = host.output(inputs.input.shape)
    const x = host.address(inputs.input)
    const dy = host.address(inputs.dy)
    const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry
    if (isDisjoint(geometry)) {
      host.module.maxPoolGradientDisjoint(
        x,
        dy,
        host.address(dx),
        ...imageSizes(geometry),
        filterHeight,
        filterWidth,
      )
    } else {
      host.module.maxPoolGradient(
        x,
        dy,
        host.address(dx),
        ...imageSizes(geometry),
        filterHeight,
        filterWidth,
        strideHeight,
        strideWidth,
        padInfo.top,
        padInfo.left,
      )
    }
    return dx
  },
)

/**
 * Gradient of average pooling: the exact adjoint of the forward pass, which does not count padding.
 * (The stock kernels divide by the whole window at padded borders.)
 */
export const avgPoolGrad = trainingKernel(
  'AvgPoolGrad',
  (host: KernelHost, inputs: Inputs, attrs: Attributes) => {
    const geometry = poolGeometry(inputs, attrs)
    const dx = host.output(inputs.input.shape)
    host.module.averagePoolGradient(
      host.address(inputs.dy),
      host.address(dx),
      ...imageSizes(geometry),
      geometry.filterHeight,
      geometry.filterWidth,
      geometry.strideHeight,
      geometry.strideWidth,
      geometry.padInfo.top,
      geometry.padInfo.left,
    )
    return dx
  },
)

/** The gradient of max pooling in plain loops, for a backend without the SIMD module. */
export const plainMaxPoolGrad = trainingKernel(
  'MaxPoolGrad',
  (memory: BackendMemory, inputs: Inputs, attrs: Attributes) => {
    const geometry = poolGeometry(inputs, attrs)
    const { outHeight, outWidth, inChannels, batchSize } = geometry
    const result = memory.output(inputs.input.shape)
    const x = memory.floats(inputs.input)
    const dy = memory.floats(inputs.dy)
    const dx = memory.floats(result).fill(0)
    let output = 0
    for (let n = 0; n < batchSize; n++) {
      for (let oy = 0; oy < outHeight; oy++) {
        for (let ox = 0; ox < outWidth; ox++) {
          for (let c = 0; c < inChannels; c++) {
            const winner = largestInWindow(x, geometry, n, oy, ox, c)
            if (winner >= 0) dx[winner] = (dx[winner] ?? 0) + (dy[output] ?? 0)
            output += 1
          }
        }
      }
    }
    return result
  },
)

/** Flat index of the first largest input of a window; -1 when it holds nothing but NaN. */
function largestInWindow(
  x: Float32Array,
  geometry: PoolGeometry,
  n: number,
  oy: number,
  ox: number,
  channel: number,
): number {
  const { inHeight, inWidth, inChannels, filterHeight, filterWidth, padInfo } = geometry
  const top = oy * geometry.strideHeight - padInfo.top
  const left = ox * geometry.strideWidth - padInfo.left
  let largest = -Infinity
  let winner = -1
  for (let row = Math.max(0, top); row < Math.min(inHeight, top + filterHeight); row++) {
    for (let column = Math.max(0, left); column < Math.min(inWidth, left + filterWidth); column++) {
      const index = ((n * inHeight + row) * inWidth + column) * inChannels + channel
      const value = x[index] ?? 0
      if (value > largest) {
        largest = value
        winner = index
      }
    }
  }
  return winner
}

/** Windows that neither overlap nor reach into padding. */
function isDisjoint(geometry: PoolGeometry): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = geometry
  return (
    filterHeight === strideHeight &&
    filterWidth === strideWidth &&
    padInfo.top === 0 &&
    padInfo.left === 0 &&
    geometry.outHeight * filterHeight <= geometry.inHeight &&
    geometry.outWidth * filterWidth <= geometry.inWidth
  )
}

function imageSizes({
  batchSize,
  inHeight,
  inWidth,
  inChannels,
  outHeight,
  outWidth,
}: PoolGeometry) {
  return [batchSize, inHeight, inWidth, inChannels, outHeight, outWidth] as const
}
