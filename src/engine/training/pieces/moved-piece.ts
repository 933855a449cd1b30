import type * as tf from '@tensorflow/tfjs'
import type { Piece } from '../../../training/pieces'
import type { DrawnBatch } from '../../samples/batch-feed'
import type { Taught } from '../distillation/teacher'
import type { Objective } from '../network/objective'
import type { MovedTensor } from './piece-works'
import type { PieceToLearn } from './piece-crew'

/** A piece of a batch as it goes over to another worker. Needs the lock. */
export function movedPiece(
  batch: DrawnBatch,
  { from, to }: Piece,
  objective: Objective,
  { power, seed, taught }: { power: tf.Scalar | null; seed: number; taught: Taught | null },
): PieceToLearn {
  const { expected, inputs } = batch.rows(from, to)
  const targets = objective.targetsOf(batch.samples.subarray(from, to), expected)
  try {
    return {
      // Copies: what goes over is gone here.
      inputs: inputs.map(({ dtype, sides, values }) => ({ dtype, sides, values: values.slice() })),
      samples: batch.samples.slice(from, to),
      targets: numbersOf(targets),
      taught: taught && {
        logits: numbersOf(taught.logits),
        features: taught.features && numbersOf(taught.features),
      },
      power: power === null ? null : (power.dataSync<'float32'>()[0] ?? NaN),
      seed,
      share: (to - from) / batch.samples.length,
      answers: objective.correct !== null,
    }
  } finally {
    targets.dispose()
  }
}

function numbersOf(tensor: tf.Tensor): MovedTensor {
  return { values: Float32Array.from(tensor.dataSync()), shape: tensor.shape }
}
