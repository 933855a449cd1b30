import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { isRegistered, trainingKernel } from './training-kernel'

interface Inputs {
  /** ReLU's output. */
  readonly y: tf.TensorInfo
  readonly dy: tf.TensorInfo
}

/** A kernel of our own: dy where y is positive, in one pass instead of three. */
export const reluBackprop = trainingKernel(
  'ReluBackprop',
  (host: KernelHost, { y, dy }: Inputs) => {
    const dx = host.output(dy.shape)
    host.module.reluGradient(
      host.address(y),
      host.address(dy),
      host.address(dx),
      elementCount(dy.shape),
    )
    return dx
  },
)

/**
 * ReLU's gradient through that kernel. It saves the output, not the input, which is alive anyway.
 * Gradients are registered for all backends at once, so every other backend gets `stock`.
 */
export function reluGradient(stock: tf.GradConfig): tf.GradConfig {
  return {
    kernelName: stock.kernelName,
    inputsToSave: [],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      // A positive output means a positive input, so the stock formula holds for the output too.
      if (!isRegistered(reluBackprop)) return stock.gradFunc(dy, saved, attrs)
      const [y] = saved
      if (!y || Array.isArray(dy)) throw new Error('Relu: its gradient needs one saved output.')
      return { x: () => tf.engine().runKernel(reluBackprop.kernelName, { y, dy }) }
    },
  }
}
