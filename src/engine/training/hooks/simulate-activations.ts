import * as tf from '@tensorflow/tfjs'
import type { SimulatedActivations } from '../../../protocol/training-messages'
import type { DataSplit } from '../../samples/attached-data'
import { BatchFeed } from '../../samples/batch-feed'
import type { FeedSettings } from '../../samples/batch-feed'
import { objectiveFor } from '../network/objective'
import type { TrainableModel } from '../network/trainable-model'

/** Samples at once, where they fit. */
export const SIMULATION_BATCH = 250

/**
 * Counts right answers of a split with the training model itself, whose weights and activations pass through
 * their hooks.
 * @param step runs the work of one batch alone
 * @returns null where there is no single right answer
 */
export async function simulateActivations(
  model: TrainableModel,
  split: DataSplit,
  settings: FeedSettings,
  { bits, batch }: { readonly bits: number; readonly batch: number },
  step: (work: () => void) => Promise<void>,
  signal: AbortSignal,
): Promise<SimulatedActivations | null> {
  const objective = objectiveFor(split.targets, model.squashing, 0, split.dataset)
  if (objective.correct === null) return null
  const feed = new BatchFeed(split, settings)
  let correct = 0
  for await (const { inputs, samples } of feed.inOrder(batch, Infinity, signal)) {
    const kept: tf.Tensor[] = []
    try {
      await step(() => {
        const outputs = tf.tidy(() => model.forward(inputs, false, 0)[0]?.clone())
        if (outputs !== undefined) kept.push(outputs)
      })
      const [outputs] = kept
      if (outputs !== undefined)
        correct += objective.correct(await outputs.data<'float32'>(), samples)
    } finally {
      tf.dispose(kept)
    }
  }
  return { bits, correct, measured: split.count }
}
