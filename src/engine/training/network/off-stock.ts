import * as tf from '@tensorflow/tfjs'
import { largestOf } from '../../../core/largest-of'
import { answerDistance } from '../../model/answer-distance'
import type { RunnableModel } from '../../model/runnable-model'
import { inOneRow } from './one-row'
import { squashed } from './squashed'
import type { TrainableModel } from './trainable-model'

/** Of the largest number: sums are added in another order. */
const TOLERANCE = 1e-5

/** Samples by which a model is compared with itself. */
export const COMPARED_SAMPLES = 8

/**
 * How far what is measured is from what trains, or teaches, with the same weights: on some backends stock TensorFlow.js
 * computes some operators wrongly. Rounding may grow in a deep model; then at least its choices have to be the same.
 * @param stock with the weights of the model
 * @returns the difference as a share of the largest number; null: both answer alike
 */
export async function offStock(
  model: TrainableModel,
  stock: RunnableModel,
  inputs: readonly tf.Tensor[],
): Promise<number | null> {
  const answers = await stock.predict(inputs)
  const { found, wanted } = tf.tidy(() => {
    const [scores = tf.scalar(NaN)] = model.forward(inputs, false, 0)
    const [answer = tf.scalar(NaN)] = answers
    return { found: squashed(scores, model.squashing).clone(), wanted: inOneRow(answer).clone() }
  })
  tf.dispose(answers)
  try {
    const [own, expected] = [await found.data<'float32'>(), await wanted.data<'float32'>()]
    const difference = answerDistance(own, expected)
    const isAlike = difference <= TOLERANCE || choosesAlike(own, expected, wanted.shape.at(-1) ?? 1)
    return isAlike ? null : difference
  } finally {
    tf.dispose([found, wanted])
  }
}

function choosesAlike(found: Float32Array, wanted: Float32Array, columns: number): boolean {
  if (columns < 2 || found.length !== wanted.length) return false
  for (let from = 0; from < wanted.length; from += columns)
    if (largestOf(found, from, columns) !== largestOf(wanted, from, columns)) return false
  return found.every(Number.isFinite)
}
