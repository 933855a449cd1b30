import * as tf from '@tensorflow/tfjs'
import { LEAST_FOR_STATISTICS, piecesOf } from '../../../training/pieces'
import type { BatchFeed } from '../../samples/batch-feed'
import { PooledStatistics } from './pooled-statistics'
import type { TrainableModel } from './trainable-model'

/** Batches that new statistics are the average of. */
const BATCHES = 16
/** Samples of each. */
export const STATISTICS_BATCH = 128

interface Normalization extends tf.layers.Layer {
  momentum: number
  readonly movingMean: tf.LayerVariable
  readonly movingVariance: tf.LayerVariable
}

/** Layers that keep running statistics. */
function normalizations(model: TrainableModel): Normalization[] {
  return model.layers.filter(
    (layer): layer is Normalization => layer.getClassName() === 'BatchNormalization',
  )
}

/**
 * Measures mean and variance of every batch normalisation anew, with the weights as the model sees them
 * now: after pruning or quantization the activations are no longer those that the old statistics are of.
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
  const layers = normalizations(model)
  if (layers.length === 0) return
  const before = layers.map((layer) => layer.momentum)
  const forward = (inputs: readonly tf.Tensor[], momentum: number): Promise<void> =>
    step(() => {
      for (const layer of layers) layer.momentum = momentum
      tf.tidy(() => {
        model.forward(inputs, true, 0)
      })
    })
  try {
    if (piece >= STATISTICS_BATCH) await byBatches(feed, forward, signal)
    else await byPieces(layers, feed, piece, forward, signal)
  } finally {
    layers.forEach((layer, index) => {
      layer.momentum = before[index] ?? layer.momentum
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
  layers: readonly Normalization[],
  feed: BatchFeed,
  largest: number,
  forward: Forward,
  signal: AbortSignal,
): Promise<void> {
  const pooled = layers.map(() => new PooledStatistics())
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
        // Nothing of before is left: the layers hold the statistics of the piece.
        await forward(inputs, 0)
        for (const [index, { movingMean, movingVariance }] of layers.entries())
          pooled[index]?.addPiece(
            await movingMean.read().data<'float32'>(),
            await movingVariance.read().data<'float32'>(),
            range.to - range.from,
          )
      }
    }
    for (const one of pooled) one.endBatch()
  }
  layers.forEach(({ movingMean, movingVariance }, index) => {
    const found = pooled[index]?.averages()
    if (found == null) return
    tf.tidy(() => {
      movingMean.write(tf.tensor1d(found.mean))
      movingVariance.write(tf.tensor1d(found.variance))
    })
  })
}
