import * as tf from '@tensorflow/tfjs'
import { StudioError } from '../../../core/errors'
import { largestOf } from '../../../core/largest-of'
import type { Targets } from '../../../data/task'
import type { Squashing } from '../../../graph/unsquashed'
import { squashed } from './squashed'

/** What the outputs of teacher and student are read as. */
export type OutputReading = 'softmax' | 'sigmoid' | 'numbers'

/** How far outputs are from targets, in words: a further worker computes it too. none: a teacher alone says that. */
export type LossBy =
  | { readonly by: 'softmax' | 'sigmoid' | 'squares' | 'none' }
  | { readonly by: 'elements'; readonly squashing: Squashing }

/** What a run makes smaller, for one set of data. */
export interface Objective {
  /** @see lossOf */
  readonly lossBy: LossBy
  /**
   * The targets of samples; the caller disposes them.
   * @param expected where labels are pictures or arrays, those of the samples
   */
  readonly targetsOf: (samples: Uint32Array, expected?: Float32Array) => tf.Tensor
  /** Right answers among outputs; null where there is no single right answer. */
  readonly correct:
    | ((outputs: Float32Array | Int32Array | Uint8Array, samples: Uint32Array) => number)
    | null
  /** The loss of a model that knows nothing; null: the mean square of what is expected. */
  readonly usual: number | null
  /** What a teacher's outputs and the student's are read as. */
  readonly reading: OutputReading
}

/**
 * The loss that fits the labels: softmax cross-entropy for classes, sigmoid cross-entropy for yes and no,
 * mean squared error for numbers.
 * @param squashing what was taken off the output
 * @param smoothing share of the target that goes to all classes alike (Szegedy et al. 2016)
 * @param labelFree whether a teacher stands in for labels that are missing
 * @throws StudioError 'train/no-labels'
 */
export function objectiveFor(
  targets: Targets,
  squashing: Squashing,
  smoothing: number,
  dataset: string,
  labelFree = false,
): Objective {
  switch (targets.task) {
    case 'classification': {
      const { columns, labels } = targets
      const bySigmoid = squashing === 'sigmoid'
      const even = bySigmoid ? 0.5 : 1 / columns
      return {
        lossBy: { by: bySigmoid ? 'sigmoid' : 'softmax' },
        targetsOf: (samples) =>
          tf.tidy(() => {
            const classes = tf.tensor1d(rowsOf(labels, samples), 'int32')
            return smoothed(tf.oneHot(classes, columns).cast('float32'), smoothing, even)
          }),
        correct: (outputs, samples) => countLargest(outputs, samples, labels, columns),
        usual: bySigmoid ? columns * Math.LN2 : Math.log(columns),
        reading: bySigmoid ? 'sigmoid' : 'softmax',
      }
    }
    case 'binary': {
      const { labels } = targets
      return {
        lossBy: { by: 'sigmoid' },
        targetsOf: (samples) =>
          tf.tidy(() => {
            const y = tf.tensor2d(
              Float32Array.from(samples, (at) => labels[at] ?? 0),
              [samples.length, 1],
            )
            return smoothed(y, smoothing, 0.5)
          }),
        correct: (outputs, samples) => {
          const border = squashing === 'sigmoid' ? 0 : 0.5
          return samples.filter((at, row) => ((outputs[row] ?? 0) > border ? 1 : 0) === labels[at])
            .length
        },
        usual: Math.LN2,
        reading: 'sigmoid',
      }
    }
    case 'multiLabel': {
      const { columns, values } = targets
      return {
        lossBy: { by: 'sigmoid' },
        targetsOf: (samples) =>
          tf.tidy(() => smoothed(tableRows(values, samples, columns), smoothing, 0.5)),
        correct: null,
        usual: columns * Math.LN2,
        reading: 'sigmoid',
      }
    }
    case 'regression': {
      const { columns, values } = targets
      return {
        lossBy: { by: 'squares' },
        targetsOf: (samples) => tableRows(values, samples, columns),
        correct: null,
        usual: meanSquare(values),
        reading: 'numbers',
      }
    }
    case 'elements':
      return {
        lossBy: { by: 'elements', squashing },
        targetsOf: (samples, expected = new Float32Array()) =>
          tf.tensor2d(expected, [samples.length, expected.length / samples.length]),
        correct: null,
        usual: null,
        reading: squashing ?? 'numbers',
      }
    case 'unlabelled':
      // Only a teacher can say anything then.
      if (!labelFree) throw new StudioError('train/no-labels', { dataset })
      return {
        lossBy: { by: 'none' },
        targetsOf: () => tf.zeros([0]),
        correct: null,
        usual: 0,
        reading: squashing ?? 'numbers',
      }
  }
}

/**
 * The mean loss of a batch, a scalar on the tape.
 * @param outputs logits [batch, ...]
 * @param y targets of the same samples
 */
export function lossOf(lossBy: LossBy, outputs: tf.Tensor, y: tf.Tensor): tf.Scalar {
  switch (lossBy.by) {
    case 'softmax':
      return softmaxLoss(outputs as tf.Tensor2D, y)
    case 'sigmoid':
      return sigmoidLoss(outputs, y)
    case 'squares':
      return squaredLoss(outputs, y)
    case 'elements':
      return squaredLoss(squashed(outputs, lossBy.squashing), y.reshape(outputs.shape))
    case 'none':
      return tf.scalar(0)
  }
}

/**
 * -sum y log softmax(x), its gradient softmax(x) - y in one piece.
 * @param outputs logits [batch, classes]
 */
function softmaxLoss(outputs: tf.Tensor2D, y: tf.Tensor): tf.Scalar {
  return tf.losses.softmaxCrossEntropy(y, outputs).asScalar()
}

function squaredLoss(outputs: tf.Tensor, y: tf.Tensor): tf.Scalar {
  return tf.mean(tf.squaredDifference(outputs, y)).asScalar()
}

/** Summed over the outputs of a sample, mean over samples: max(x, 0) - x y + log(1 + exp(-|x|)). */
function sigmoidLoss(outputs: tf.Tensor, y: tf.Tensor): tf.Scalar {
  const losses = outputs.relu().sub(outputs.mul(y)).add(outputs.abs().neg().exp().add(1).log())
  return losses.sum(-1).mean().asScalar()
}

function smoothed(y: tf.Tensor, smoothing: number, even: number): tf.Tensor {
  if (smoothing === 0) return y
  return tf.tidy(() => y.mul(1 - smoothing).add(smoothing * even))
}

function rowsOf(labels: Int32Array, samples: Uint32Array): Int32Array {
  return Int32Array.from(samples, (at) => labels[at] ?? 0)
}

function tableRows(
  values: Uint8Array | Float64Array,
  samples: Uint32Array,
  columns: number,
): tf.Tensor {
  const rows = new Float32Array(samples.length * columns)
  samples.forEach((at, row) => {
    rows.set(values.subarray(at * columns, (at + 1) * columns), row * columns)
  })
  return tf.tensor2d(rows, [samples.length, columns])
}

function countLargest(
  outputs: ArrayLike<number>,
  samples: Uint32Array,
  labels: Int32Array,
  columns: number,
): number {
  let correct = 0
  samples.forEach((at, row) => {
    if (largestOf(outputs, row * columns, columns) === labels[at]) correct++
  })
  return correct
}

function meanSquare(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length)
}
