import type * as tf from '@tensorflow/tfjs'
import type { Squashing } from '../../../graph/unsquashed'

/** Scores as the model says them. */
export function squashed(scores: tf.Tensor, squashing: Squashing): tf.Tensor {
  switch (squashing) {
    case 'softmax':
      return scores.softmax()
    case 'sigmoid':
      return scores.sigmoid()
    case null:
      return scores
  }
}
