import type * as tf from '@tensorflow/tfjs'
import { augmentBatch } from '../../training/augment-batch'
import { epochOrder, randomAt, stepsPerEpoch } from '../../training/batch-order'
import type { TrainingSettings } from '../../training/training-settings'
import { inputTensors } from '../attached-samples'
import type { DataSplit } from '../data-split'

/** A batch on the backend; whoever gets it disposes `inputs`. */
export interface Batch {
  readonly inputs: tf.Tensor[]
  readonly samples: Uint32Array
}

export type FeedSettings = Pick<TrainingSettings, 'seed' | 'shift' | 'flip'>

/** Hands out the training split in an order and with changes that seed, epoch and step decide alone. */
export class BatchFeed {
  private readonly split: DataSplit
  private readonly settings: FeedSettings
  private order: { readonly epoch: number; readonly samples: Uint32Array } | null = null

  constructor(split: DataSplit, settings: FeedSettings) {
    this.split = split
    this.settings = settings
  }

  steps(batchSize: number): number {
    return stepsPerEpoch(this.split.count, batchSize)
  }

  /** @param index of the batch in its epoch */
  async batch(
    epoch: number,
    index: number,
    batchSize: number,
    signal: AbortSignal,
  ): Promise<Batch> {
    const { seed, shift, flip } = this.settings
    if (this.order?.epoch !== epoch)
      this.order = { epoch, samples: epochOrder(this.split.count, seed, epoch) }
    const samples = this.order.samples.subarray(index * batchSize, (index + 1) * batchSize)
    const rows = await this.split.rows(samples, signal)
    const random = randomAt(seed, epoch, index)
    for (const { values, picture } of rows)
      if (picture !== null) augmentBatch(values, picture, { shift, flip }, random)
    return { inputs: inputTensors(rows, samples.length), samples }
  }

  /** Samples of the split in its own order, as they are. */
  async plain(from: number, count: number, signal: AbortSignal): Promise<Batch> {
    const length = Math.max(0, Math.min(count, this.split.count - from))
    const samples = Uint32Array.from({ length }, (_, row) => from + row)
    const rows = await this.split.rows(samples, signal)
    return { inputs: inputTensors(rows, samples.length), samples }
  }
}
