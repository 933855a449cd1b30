import type * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { batchNormHeld, roomFor } from './batch-norm'
import { convGeometry, isPlainConv, isPointwise } from './conv-geometry'
import type { ConvAttributes, ConvGeometry } from './conv-geometry'
import { isProduct } from './conv2d-backprop-filter'
import { inPieces } from './convolution-pieces'
import { endsOf } from './limiting'
import type { Limiting } from './limiting'
import { trainingKernel } from './training-kernel'

/**
 * A convolution and the batch normalisation behind it (Ioffe & Szegedy 2015), with the ReLU or ReLU6 behind that, a piece at a time: what
 * the convolution gives is summed up for its statistics, and what flows back to it is used for both gradients, while
 * that lies in the cache. The bits are those of one after the other.
 */

interface ForwardInputs {
  /** [batch, height, width, inChannels] */
  readonly x: tf.TensorInfo
  /** [1, 1, inChannels, channels], or of each channel [filterHeight, filterWidth, channels, 1] */
  readonly filter: tf.TensorInfo
  /** [channels] */
  readonly gamma: tf.TensorInfo
  /** [channels] */
  readonly beta: tf.TensorInfo
}

interface BackwardInputs extends Pick<ForwardInputs, 'gamma' | 'beta'> {
  /** Where the gradient of the filter is asked for. */
  readonly x?: tf.TensorInfo
  /** Where the gradient of x is asked for. */
  readonly filter?: tf.TensorInfo
  /** What the convolution gave. */
  readonly sum: tf.TensorInfo
  readonly dy: tf.TensorInfo
  readonly mean: tf.TensorInfo
  readonly variance: tf.TensorInfo
}

interface Attributes {
  readonly convolution: ConvAttributes
  readonly isDepthwise: boolean
  readonly epsilon: number
  readonly activation: Limiting
}

interface BackwardAttributes extends Attributes {
  readonly inputShape: readonly number[]
  readonly filterShape: readonly number[]
  /** Whether gradients of gamma and beta are asked for. */
  readonly numbers: boolean
}

/** Whether the kernel covers such a convolution. */
export function isCoveredNormalized(
  x: readonly number[],
  filter: readonly number[],
  convolution: ConvAttributes,
  isDepthwise: boolean,
): boolean {
  if (!isPlainConv(convolution)) return false
  if (isDepthwise) return filter[3] === 1
  const geometry = convGeometry(x, filter, convolution)
  return isPointwise(geometry) && isProduct(geometry)
}

function geometryOf(
  x: readonly number[],
  filter: readonly number[],
  { convolution, isDepthwise }: Attributes,
): ConvGeometry {
  return convGeometry(x, filter, convolution, isDepthwise ? 'depthwise' : 'full')
}

/** Returns [y, sum, mean, variance]: y is what is made of the sum. */
export const normalizedConvolution = trainingKernel(
  'NormalizedConvolution',
  (host: KernelHost, { x, filter, gamma, beta }: ForwardInputs, attrs: Attributes) => {
    const channels = elementCount(gamma.shape)
    const geometry = geometryOf(x.shape, filter.shape, attrs)
    const mean = host.output([channels])
    const variance = host.output([channels])
    const sum = host.output(geometry.outShape)
    const room = roomFor(host, channels)
    const total = elementCount(sum.shape) / channels
    inPieces(host, geometry, attrs.isDepthwise, (piece) => {
      const target = host.address(sum) + piece.outBytes
      piece.forward(host.address(x) + piece.inBytes, host.address(filter), target)
      host.module.batchNormMoments(
        target,
        host.address(sum),
        host.address(mean),
        host.address(variance),
        host.address(room),
        piece.before,
        piece.rows,
        total,
        channels,
      )
    })
    host.release(room)
    const y = batchNormHeld.run(host, { x: sum, gamma, beta, mean, variance }, attrs)
    return [y, sum, mean, variance]
  },
)

/** Returns [dx, dFilter, dGamma, dBeta], of which those that are not asked for are missing. */
export const normalizedConvolutionGradients = trainingKernel(
  'NormalizedConvolutionGrad',
  (host: KernelHost, inputs: BackwardInputs, attrs: BackwardAttributes) => {
    const { x, filter, sum, dy, gamma, beta, mean, variance } = inputs
    const { inputShape, filterShape, numbers, epsilon, activation } = attrs
    const channels = elementCount(gamma.shape)
    const geometry = geometryOf(inputShape, filterShape, attrs)
    const dx = filter === undefined ? null : host.output(inputShape)
    const dFilter = x === undefined ? null : host.output(filterShape)
    const dGamma = host.output([channels])
    const dBeta = host.output([channels])
    const room = roomFor(host, channels)
    const ends = endsOf(activation)
    host.module.batchNormBackward(
      host.address(sum),
      host.address(dy),
      host.address(gamma),
      host.address(beta),
      host.address(mean),
      host.address(variance),
      host.address(dGamma),
      host.address(dBeta),
      0,
      host.address(room),
      elementCount(sum.shape) / channels,
      channels,
      epsilon,
      ...ends,
      0,
      1,
    )
    inPieces(host, geometry, attrs.isDepthwise, (piece) => {
      const { inBytes, outBytes } = piece
      const flowing = piece.flowing()
      host.module.batchNormInputGradient(
        host.address(sum) + outBytes,
        host.address(dy) + outBytes,
        host.address(room),
        flowing,
        piece.rows,
        channels,
        ...ends,
      )
      if (x !== undefined && dFilter !== null)
        piece.filterGradient(host.address(x) + inBytes, flowing, host.address(dFilter))
      if (filter !== undefined && dx !== null)
        piece.inputGradient(flowing, host.address(filter), host.address(dx) + inBytes)
    })
    host.release(room)
    const found = [dx, dFilter].filter((gradient) => gradient !== null)
    if (numbers) return [...found, dGamma, dBeta]
    host.release(dGamma, dBeta)
    return found
  },
)
