import * as tf from '@tensorflow/tfjs'
import { LEAST_FOR_STATISTICS, piecesOf } from '../../../training/pieces'
import type { BatchFeed } from '../../samples/batch-feed'
import { PooledStatistics } from './pooled-statistics'
import type { RunningStatistics, TrainableModel } from './trainable-model'

/** Batches that new statistics are the average of. */
const BATCHES = 16
/** Samples of each. */
export const STATISTICS_BATCH = 128

/**
 * Measures mean and variance of every batch normalisation that is not frozen anew, with the weights as the
 * model sees them now: after pruning or quantization the activations are no longer those that the old statistics are of.
 * The average of batches (Ioffe & Szegedy 2015, algorithm 2), not a moving one. A batch that is too large for the
 * memory goes in pieces whose statistics are pooled: those of the batch, as long as what a layer is given does not
 * depend on the statistics of another. Pieces that are too small for that leave the old statistics.
 * @param piece the most samples at once
 * @param step runs the work of one piece alone
 */
export async function reestimateStatistics(
  model: TrainableModel,
  feed: BatchFeed,
  piece: number,
  step: (work: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { statistics } = model
  if (statistics.length === 0) return
  const before = statistics.map(({ momentum }) => momentum)
  const forward = (inputs: readonly tf.Tensor[], momentum: number): Promise<void> =>
    step(() => {
      for (const one of statistics) one.momentum = momentum
      tf.tidy(() => {
        model.forward(inputs, true, 0)
      })
    })
  try {
    if (piece >= STATISTICS_BATCH) await byBatches(feed, forward, signal)
    else await byPieces(statistics, feed, piece, forward, signal)
  } finally {
    statistics.forEach((one, index) => {
      one.momentum = before[index] ?? one.momentum
    })
  }
}

type Forward = (inputs: readonly tf.Tensor[], momentum: number) => Promise<void>

async function byBatches(feed: BatchFeed, forward: Forward, signal: AbortSignal): Promise<void> {
  let index = 0
  for await (const { inputs } of feed.inOrder(STATISTICS_BATCH, BATCHES, signal)) {
    await forward(inputs, index / (index + 1))
    index++
  }
}

async function byPieces(
  statistics: readonly RunningStatistics[],
  feed: BatchFeed,
  largest: number,
  forward: Forward,
  signal: AbortSignal,
): Promise<void> {
  const pooled = statistics.map(() => new PooledStatistics())
  for (let batch = 0; batch < BATCHES; batch++) {
    const from = batch * STATISTICS_BATCH
    const samples = Math.min(STATISTICS_BATCH, feed.count - from)
    if (samples <= 0) break
    const pieces = piecesOf(samples, largest)
    const least = Math.min(...pieces.map((piece) => piece.to - piece.from))
    // A rest that is too small for its own pieces is left out.
    if (pieces.length > 1 && least < LEAST_FOR_STATISTICS) break
    for (const piece of pieces) {
      const range = { from: from + piece.from, to: from + piece.to }
      for await (const { inputs } of feed.between(range.from, range.to, signal)) {
        // Nothing of before is left: the model holds the statistics of the piece.
        await forward(inputs, 0)
        for (const [index, one] of statistics.entries()) {
          const { mean, variance } = one.read()
          pooled[index]?.addPiece(
            await mean.data<'float32'>(),
            await variance.data<'float32'>(),
            range.to - range.from,
          )
        }
      }
    }
    for (const one of pooled) one.endBatch()
  }
  statistics.forEach((one, index) => {
    const found = pooled[index]?.averages()
    if (found == null) return
    tf.tidy(() => {
      one.write(tf.tensor1d(found.mean), tf.tensor1d(found.variance))
    })
  })
}
