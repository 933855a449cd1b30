import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { endsOf } from './limiting'
import type { Limiting } from './limiting'
import { isSpent } from './spent-gradients'
import { trainingKernel } from './training-kernel'

/**
 * Batch normalisation in training mode (Ioffe & Szegedy 2015) as one kernel with one gradient kernel,
 * over the last axis, together with a ReLU or ReLU6 right behind it; also with statistics that are held. Composed of stock kernels, one layer costs several times as much.
 */

interface ForwardInputs {
  /** [..., channels] */
  readonly x: tf.TensorInfo
  /** [channels] */
  readonly gamma: tf.TensorInfo
  /** [channels] */
  readonly beta: tf.TensorInfo
}

interface HeldInputs extends ForwardInputs {
  /** [channels] */
  readonly mean: tf.TensorInfo
  /** [channels] */
  readonly variance: tf.TensorInfo
}

interface BackwardInputs {
  readonly x: tf.TensorInfo
  readonly dy: tf.TensorInfo
  readonly gamma: tf.TensorInfo
  readonly beta: tf.TensorInfo
  readonly mean: tf.TensorInfo
  readonly variance: tf.TensorInfo
}

interface Attributes {
  readonly epsilon: number
  /** What y is made of it by. */
  readonly activation: Limiting
  /** Whether mean and variance do not depend on x. */
  readonly held?: boolean
  /** Whose gradients are computed; all. */
  readonly asked?: AskedGradients
  /** Whether dx may take the place of dy. */
  readonly spent?: boolean
}

/** Where nobody learns what lies below, or scale and offset, their gradients are not worth a pass over the memory. */
export interface AskedGradients {
  readonly x: boolean
  /** Of scale and offset. */
  readonly numbers: boolean
}

const all: AskedGradients = { x: true, numbers: true }

/** Returns [y, mean, variance]; the variance is divided by the number of rows, not by one less. */
export const batchNormForward = trainingKernel(
  'BatchNormTraining',
  (host: KernelHost, { x, gamma, beta }: ForwardInputs, { epsilon, activation }: Attributes) => {
    const channels = elementCount(gamma.shape)
    const rows = elementCount(x.shape) / channels
    const y = host.output(x.shape)
    const mean = host.output([channels])
    const variance = host.output([channels])
    const scale = host.output([channels])
    const parts = host.output([2, channels])
    const address = (tensor: tf.TensorInfo) => host.address(tensor)
    host.module.batchNormMoments(
      address(x),
      address(mean),
      address(variance),
      address(parts),
      rows,
      channels,
    )
    const gammas = host.floats(gamma)
    const variances = host.floats(variance)
    host.floats(scale).set(gammas.map((value, c) => value / deviation(variances, c, epsilon)))
    host.module.batchNormApply(
      address(x),
      address(mean),
      address(scale),
      address(beta),
      address(y),
      rows,
      channels,
      ...endsOf(activation),
    )
    host.release(scale, parts)
    return [y, mean, variance]
  },
)

/** Returns y for a mean and a variance that are given. */
export const batchNormHeld = trainingKernel(
  'BatchNormHeld',
  (host: KernelHost, inputs: HeldInputs, { epsilon, activation }: Attributes) => {
    const { x, gamma, beta, mean, variance } = inputs
    const channels = elementCount(gamma.shape)
    const rows = elementCount(x.shape) / channels
    const y = host.output(x.shape)
    const scale = host.output([channels])
    const gammas = host.floats(gamma)
    const variances = host.floats(variance)
    host.floats(scale).set(gammas.map((value, c) => value / deviation(variances, c, epsilon)))
    host.module.batchNormApply(
      host.address(x),
      host.address(mean),
      host.address(scale),
      host.address(beta),
      host.address(y),
      rows,
      channels,
      ...endsOf(activation),
    )
    host.release(scale)
    return y
  },
)

/** Returns [dx, dGamma, dBeta], of which those that are not asked for are missing. */
export const batchNormBackward = trainingKernel(
  'BatchNormTrainingGrad',
  (host: KernelHost, inputs: BackwardInputs, attrs: Attributes) => {
    const { asked = all, epsilon, held = false, activation, spent = false } = attrs
    const { x, dy, gamma, beta, mean, variance } = inputs
    const channels = elementCount(gamma.shape)
    const rows = elementCount(x.shape) / channels
    const dx = asked.x ? [host.outputFor(dy, spent)] : []
    const dGamma = host.output([channels])
    const dBeta = host.output([channels])
    const scale = host.output([channels])
    const along = host.output([channels])
    const rest = host.output([channels])
    const parts = host.output([2, channels])
    const address = (tensor: tf.TensorInfo) => host.address(tensor)
    const ends = endsOf(activation)
    const gammas = host.floats(gamma)
    const variances = host.floats(variance)
    const scales = host.floats(scale)
    for (let c = 0; c < channels; c++)
      scales[c] = (gammas[c] ?? 0) / deviation(variances, c, epsilon)
    // dBeta is sum(dy); dGamma holds sum(dy * (x - mean)) until it is scaled below.
    if (asked.numbers || !held)
      host.module.batchNormGradientSums(
        address(x),
        address(dy),
        address(mean),
        address(scale),
        address(beta),
        address(dBeta),
        address(dGamma),
        address(parts),
        rows,
        channels,
        ...ends,
      )
    const dGammas = host.floats(dGamma)
    const dBetas = host.floats(dBeta)
    const alongs = host.floats(along)
    const rests = host.floats(rest)
    for (let c = 0; c < channels; c++) {
      const sigma = deviation(variances, c, epsilon)
      const sumDyX = dGammas[c] ?? 0
      // What flows back by way of the statistics: nothing where they are held, whatever lies in the sums.
      const scaled = (scales[c] ?? 0) / rows
      alongs[c] = held ? 0 : (-scaled * sumDyX) / (sigma * sigma)
      rests[c] = held ? 0 : -scaled * (dBetas[c] ?? 0)
      dGammas[c] = sumDyX / sigma
    }
    for (const to of dx)
      host.module.batchNormInputGradient(
        address(x),
        address(dy),
        address(mean),
        address(scale),
        address(beta),
        address(along),
        address(rest),
        address(to),
        rows,
        channels,
        ...ends,
      )
    host.release(scale, along, rest, parts)
    if (asked.numbers) return [...dx, dGamma, dBeta]
    host.release(dGamma, dBeta)
    return dx
  },
)

function deviation(variances: Float32Array, channel: number, epsilon: number): number {
  return Math.sqrt((variances[channel] ?? 0) + epsilon)
}

/** Registered with the kernels. The statistics are results too, but nothing flows back from them. */
export const batchNormGradient: tf.GradConfig = {
  kernelName: batchNormForward.kernelName,
  inputsToSave: ['x', 'gamma', 'beta'],
  outputsToSave: [false, true, true],
  gradFunc: (dy, saved, attrs) => gradientsOf(dy, saved, attrs),
}

/** Registered with the kernels. Nothing flows back to statistics that are held. */
export const batchNormHeldGradient: tf.GradConfig = {
  kernelName: batchNormHeld.kernelName,
  inputsToSave: ['x', 'gamma', 'beta', 'mean', 'variance'],
  gradFunc: (dy, saved, attrs) => {
    const nothing = (index: number) => () => tf.zerosLike(saved[index] ?? tf.scalar(0))
    const found = gradientsOf(dy, saved, { ...attrs, held: true })
    return { ...found, mean: nothing(3), variance: nothing(4) }
  },
}

/** @param saved x, gamma, beta, mean, variance */
function gradientsOf(dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[], attrs: tf.NamedAttrMap) {
  const [x, gamma, beta, mean, variance] = saved
  const dResult = Array.isArray(dy) ? dy[0] : dy
  if (!x || !gamma || !beta || !mean || !variance || !dResult) {
    throw new Error('BatchNormTraining: its gradient needs x, gamma, beta, mean and variance.')
  }
  const inputs = { x, dy: dResult, gamma, beta, mean, variance }
  // All three come from one pass, here and now: what the functions below made themselves would
  // be disposed of one by one.
  const gradients = tf.engine().runKernel<tf.Tensor[]>(batchNormBackward.kernelName, inputs, {
    ...attrs,
    spent: isSpent(dResult),
  })
  const isSpared = (attrs['asked'] as AskedGradients | undefined)?.x === false
  const gradient = (index: number) => (): tf.Tensor => {
    const result = gradients[index]
    if (!result) throw new Error('BatchNormTrainingGrad: a gradient is missing.')
    return result
  }
  const first = isSpared ? 0 : 1
  return { x: gradient(first - 1), gamma: gradient(first), beta: gradient(first + 1) }
}

/** What a normalisation over the last axis computes with. */
export interface Normalization {
  readonly x: tf.Tensor
  readonly gamma: tf.Tensor
  readonly beta: tf.Tensor
  readonly epsilon: number
  readonly activation: Limiting
  /** Whose gradients may be asked for later; all. */
  readonly asked?: AskedGradients
}

/**
 * Normalises with the statistics of this batch. Differentiable in x, gamma and beta. Needs the SIMD kernels to be
 * installed.
 */
export function batchNormTraining({ x, gamma, beta, ...attributes }: Normalization): {
  y: tf.Tensor
  mean: tf.Tensor
  variance: tf.Tensor
} {
  const [y, mean, variance] = tf
    .engine()
    .runKernel<tf.Tensor[]>(
      batchNormForward.kernelName,
      { x, gamma, beta },
      attributesOf(attributes),
    )
  if (!y || !mean || !variance) throw new Error('BatchNormTraining: a result is missing.')
  return { y, mean, variance }
}

/**
 * The same with a mean and a variance that are given, as they are after training. Differentiable in x, gamma and beta.
 */
export function batchNormWith(
  { x, gamma, beta, ...attributes }: Normalization,
  statistics: Record<'mean' | 'variance', tf.Tensor>,
): tf.Tensor {
  return tf
    .engine()
    .runKernel<tf.Tensor>(
      batchNormHeld.kernelName,
      { x, gamma, beta, ...statistics },
      attributesOf(attributes),
    )
}

/** What else TensorFlow.js lets a kernel be told is of its own types. */
function attributesOf({ epsilon, activation, asked = all }: Attributes): tf.NamedAttrMap {
  return { epsilon, activation, asked: { ...asked } }
}
