import * as tf from '@tensorflow/tfjs'
import type { TrainingOptimizer } from '../../src/engine/training/optimizer'

/** Adam without weight decay. */
export const plainAdam = { optimizer: 'adam', momentum: 0, weightDecay: 0 } as const

/**
 * One step of a stock model's weights by the optimizer of training runs.
 * @param loss on the tape; all trainable variables that it depends on move
 * @returns the loss, which the caller disposes
 */
export function takeStep(
  optimizer: TrainingOptimizer,
  loss: () => tf.Scalar,
  learningRate: number,
): tf.Scalar {
  const { value, grads } = tf.variableGrads(loss)
  optimizer.update(
    new Map(Object.entries(tf.engine().registeredVariables)),
    new Map(Object.entries(grads)),
    learningRate,
    new Set(),
  )
  tf.dispose(grads)
  return value
}
