import * as tf from '@tensorflow/tfjs'
import type { BatchFeed } from '../../samples/batch-feed'
import type { TrainableModel } from './trainable-model'

/** Batches that new statistics are the average of. */
const BATCHES = 16
const BATCH = 128

interface Normalization extends tf.layers.Layer {
  momentum: number
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
 * The average of batches (Ioffe & Szegedy 2015, algorithm 2), not a moving one.
 * @param step runs the work of one batch alone
 */
export async function reestimateStatistics(
  model: TrainableModel,
  feed: BatchFeed,
  step: (work: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const layers = normalizations(model)
  if (layers.length === 0) return
  const before = layers.map((layer) => layer.momentum)
  try {
    let index = 0
    for await (const { inputs } of feed.inOrder(BATCH, BATCHES, signal)) {
      const momentum = index / (index + 1)
      index++
      await step(() => {
        for (const layer of layers) layer.momentum = momentum
        tf.tidy(() => {
          model.forward(inputs, true, 0)
        })
      })
    }
  } finally {
    layers.forEach((layer, index) => {
      layer.momentum = before[index] ?? layer.momentum
    })
  }
}
