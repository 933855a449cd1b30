import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { KernelHost } from './backend-memory'
import { endsOf } from './limiting'
import type { Ends } from './limiting'
import { isSpent } from './spent-gradients'
import { isRegistered, trainingKernel } from './training-kernel'

interface Inputs {
  /** What was kept between the ends. */
  readonly y: tf.TensorInfo
  readonly dy: tf.TensorInfo
}

interface Attributes {
  readonly ends: Ends
  /** Whether dx may take the place of dy. */
  readonly spent: boolean
}

/** A kernel of our own: dy where y lies between the ends, in one pass instead of three or more. */
export const clipBackprop = trainingKernel(
  'ClipBackprop',
  (host: KernelHost, { y, dy }: Inputs, { ends, spent }: Attributes) => {
    const dx = host.outputFor(dy, spent)
    host.module.clipGradient(
      host.address(y),
      host.address(dy),
      host.address(dx),
      elementCount(dy.shape),
      ...ends,
    )
    return dx
  },
)

/** The gradient of what is kept between two ends: it passes where y is neither of both. */
export function passedBetween(dy: tf.Tensor, y: tf.Tensor, [least, most]: Ends): tf.Tensor {
  if (isRegistered(clipBackprop))
    return tf
      .engine()
      .runKernel(clipBackprop.kernelName, { y, dy }, { ends: [least, most], spent: isSpent(dy) })
  const passed = tf.logicalAnd(tf.greater(y, least), tf.less(y, most))
  return tf.mul(dy, tf.cast(passed, 'float32'))
}

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
      if (!isRegistered(clipBackprop)) return stock.gradFunc(dy, saved, attrs)
      const [y] = saved
      if (!y || Array.isArray(dy)) throw new Error('Relu: its gradient needs one saved output.')
      return { x: () => passedBetween(dy, y, endsOf('relu')) }
    },
  }
}
