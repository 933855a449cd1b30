import * as tf from '@tensorflow/tfjs'
import { differentiate } from '../../src/engine/training/network/differentiate'
import type { TrainableModel } from '../../src/engine/training/network/trainable-model'
import type { TrainingOptimizer } from '../../src/engine/training/optimizer'

/** Adam without weight decay. */
export const plainAdam = { optimizer: 'adam', momentum: 0, weightDecay: 0 } as const

/** What a step changes. */
export type Learner = Pick<TrainableModel, 'forward' | 'trained'>

/** A batch, and how far the model's scores are from what they should be, on the tape. */
export interface Lesson {
  readonly inputs: readonly tf.Tensor[]
  readonly cost: (scores: tf.Tensor) => tf.Scalar
  readonly learningRate: number
  /** Of dropout. */
  readonly seed?: number
}

/**
 * One step of a model's weights by the optimizer of training runs.
 * @returns the loss, which the caller disposes
 */
export function takeStep(
  model: Learner,
  optimizer: TrainingOptimizer,
  { inputs, cost, learningRate, seed = 1 }: Lesson,
): tf.Scalar {
  const { trained } = model
  const { gradients, loss, outputs } = differentiate(() => {
    const [scores = tf.scalar(NaN)] = model.forward(inputs, true, seed)
    return { outputs: scores, loss: cost(scores) }
  }, [...trained.values()])
  const names = new Map([...trained].map(([name, { name: own }]) => [own, name]))
  const byWeight = new Map(
    [...gradients].map(([own, gradient]) => [names.get(own) ?? own, gradient]),
  )
  optimizer.update(trained, byWeight, learningRate, new Set())
  tf.dispose([outputs, ...gradients.values()])
  return loss
}
