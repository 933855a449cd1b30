import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { passedBetween } from './clip-gradient'
import { endsOf } from './limiting'
import { trainingKernel } from './training-kernel'

interface Operands {
  readonly a: tf.TensorInfo
  /** Of the same shape. */
  readonly b: tf.TensorInfo
}

/** A kernel of our own: the sum of a residual connection and the ReLU behind it in one pass. */
export const addRelu = trainingKernel('AddRelu', (host: KernelHost, { a, b }: Operands) => {
  const sum = host.output(a.shape)
  host.module.addRelu(host.address(a), host.address(b), host.address(sum), elementCount(a.shape))
  return sum
})

/** Registered with the kernels. */
export const addReluGradient: tf.GradConfig = {
  kernelName: addRelu.kernelName,
  inputsToSave: [],
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const [y] = saved
    if (!y || Array.isArray(dy)) throw new Error('AddRelu: its gradient needs one saved output.')
    const passed = passedBetween(dy, y, endsOf('relu'))
    // Each gradient is disposed of by itself.
    return { a: () => passed, b: () => passed.clone() }
  },
}

/**
 * ReLU of the sum of two float32 tensors of one shape. Differentiable in both. Needs the SIMD kernels to be
 * installed.
 */
export function addThenRelu(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel(addRelu.kernelName, { a, b })
}
