import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { trainingKernel } from './training-kernel'

interface Inputs {
  readonly average: tf.TensorInfo
  /** Of the same shape. */
  readonly value: tf.TensorInfo
}

interface Attributes {
  /** How far the average goes: 0 stays, 1 takes the value. */
  readonly share: number
}

/** A kernel of our own: average - (average - value) * share, rounded after each operation as three kernels would. */
export const movingAverage = trainingKernel(
  'MovingAverage',
  (host: KernelHost, { average, value }: Inputs, { share }: Attributes) => {
    const moved = host.output(average.shape)
    host.module.movingAverage(
      host.address(average),
      host.address(value),
      host.address(moved),
      elementCount(average.shape),
      share,
    )
    return moved
  },
)

/** The average after it went `share` of the way to the value. Nothing flows back. Needs the SIMD kernels. */
export function movedTowards(average: tf.Tensor, value: tf.Tensor, share: number): tf.Tensor {
  return tf.engine().runKernel(movingAverage.kernelName, { average, value }, { share })
}
