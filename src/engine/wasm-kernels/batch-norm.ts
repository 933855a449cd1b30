import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { endsOf } from './limiting'
import type { Limiting } from './limiting'
import { vectorWidth } from './row-width'
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

/** Rows that the kernels need room for: two of sums, and five of what they know of each four channels. */
export function roomFor(host: KernelHost, channels: number): tf.TensorInfo {
  return host.output([2 * channels + 5 * vectorWidth(channels)])
}

/** Returns [y, mean, variance]; the variance is divided by the number of rows, not by one less. */
export const batchNormForward = trainingKernel(
  'BatchNormTraining',
  (host: KernelHost, inputs: ForwardInputs, attrs: Attributes) => {
    const channels = elementCount(inputs.gamma.shape)
    const mean = host.output([channels])
    const variance = host.output([channels])
    return [normalize(host, { ...inputs, mean, variance }, attrs, 0), mean, variance]
  },
)

/** Returns y for a mean and a variance that are given. */
export const batchNormHeld = trainingKernel(
  'BatchNormHeld',
  (host: KernelHost, inputs: HeldInputs, attrs: Attributes) => normalize(host, inputs, attrs, 1),
)

function normalize(
  host: KernelHost,
  { x, gamma, beta, mean, variance }: HeldInputs,
  { epsilon, activation }: Attributes,
  held: 0 | 1,
): tf.TensorInfo {
  const channels = elementCount(gamma.shape)
  const y = host.output(x.shape)
  const room = roomFor(host, channels)
  host.module.batchNormForward(
    host.address(x),
    host.address(gamma),
    host.address(beta),
    host.address(mean),
    host.address(variance),
    host.address(y),
    host.address(room),
    elementCount(x.shape) / channels,
    channels,
    epsilon,
    ...endsOf(activation),
    held,
  )
  host.release(room)
  return y
}

/** Returns [dx, dGamma, dBeta], of which those that are not asked for are missing. */
export const batchNormBackward = trainingKernel(
  'BatchNormTrainingGrad',
  (host: KernelHost, inputs: BackwardInputs, attrs: Attributes) => {
    const { asked = all, epsilon, held = false, activation, spent = false } = attrs
    const { x, dy, gamma, beta, mean, variance } = inputs
    const channels = elementCount(gamma.shape)
    const dx = asked.x ? host.outputFor(dy, spent) : null
    const dGamma = host.output([channels])
    const dBeta = host.output([channels])
    const room = roomFor(host, channels)
    host.module.batchNormBackward(
      host.address(x),
      host.address(dy),
      host.address(gamma),
      host.address(beta),
      host.address(mean),
      host.address(variance),
      host.address(dGamma),
      host.address(dBeta),
      dx === null ? 0 : host.address(dx),
      host.address(room),
      elementCount(x.shape) / channels,
      channels,
      epsilon,
      ...endsOf(activation),
      held ? 1 : 0,
      asked.numbers || !held ? 1 : 0,
    )
    host.release(room)
    const ofInput = dx === null ? [] : [dx]
    if (asked.numbers) return [...ofInput, dGamma, dBeta]
    host.release(dGamma, dBeta)
    return ofInput
  },
)

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
