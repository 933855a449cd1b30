import * as tf from '@tensorflow/tfjs'
import type { OutputKind } from '../../../core/output-kind'

/** Stands for a probability that float32 has rounded to nothing. */
const LEAST_PROBABILITY = 1e-38

/** What follows from outputs where what makes probabilities of their scores cannot be taken off. */
export function logitsOf(output: tf.Tensor, kind: OutputKind): tf.Tensor {
  switch (kind) {
    case 'probabilities':
      return output.maximum(LEAST_PROBABILITY).log()
    case 'sigmoid': {
      const no = tf.sub(1, output).maximum(LEAST_PROBABILITY).log()
      return output.maximum(LEAST_PROBABILITY).log().sub(no)
    }
    case 'scores':
      return output
  }
}
