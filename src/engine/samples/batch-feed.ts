import * as tf from '@tensorflow/tfjs'
import { augmentBatch } from '../../training/augment-batch'
import { epochOrder, randomAt, stepsPerEpoch } from '../../training/batch-order'
import type { TrainingSettings } from '../../training/training-settings'
import { inputTensors } from './samples-for-model'
import type { DataSplit, ExpectedRows, InputRows } from './attached-data'

/** A batch on the backend; whoever gets it disposes `inputs`. */
export interface Batch {
  readonly inputs: tf.Tensor[]
  readonly samples: Uint32Array
  /** The pictures or arrays that should be made of them, row-major; absent where labels are no such. */
  readonly expected?: Float32Array
}

/** A batch in the script's own memory. */
export interface DrawnBatch {
  readonly samples: Uint32Array
  /** Samples [from, to) of it, on the backend; whoever asks disposes their `inputs`. */
  readonly piece: (from: number, to: number) => Batch
  /** The same as numbers, which stay the batch's. */
  readonly rows: (from: number, to: number) => BatchRows
}

/** Samples of a batch as numbers of the script. */
interface BatchRows {
  readonly inputs: readonly InputRows[]
  readonly expected?: Float32Array
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

  get count(): number {
    return this.split.count
  }

  steps(batchSize: number): number {
    return stepsPerEpoch(this.split.count, batchSize)
  }

  /**
   * A batch as a whole, so that its samples and their changes are the same in however many pieces it goes on.
   * @param index of the batch in its epoch
   */
  async draw(
    epoch: number,
    index: number,
    batchSize: number,
    signal: AbortSignal,
  ): Promise<DrawnBatch> {
    const { seed, shift, flip } = this.settings
    if (this.order?.epoch !== epoch)
      this.order = { epoch, samples: epochOrder(this.split.count, seed, epoch) }
    const samples = this.order.samples.subarray(index * batchSize, (index + 1) * batchSize)
    const rows = await this.split.rows(samples, signal)
    const expected = await this.split.expected?.(samples, signal)
    // All pictures of a sample are moved alike: what belongs together stays in its place.
    const shown = [...rows, ...(expected === undefined ? [] : [expected])]
    const [first = null] = rows.flatMap(({ picture }) => picture ?? [])
    for (const { values, picture } of shown) {
      if (picture === null || first === null) continue
      const scale = { down: picture.height / first.height, right: picture.width / first.width }
      augmentBatch(values, picture, { shift, flip }, randomAt(seed, epoch, index), scale)
    }
    const part = (values: Float32Array, from: number, to: number): Float32Array => {
      const row = values.length / samples.length
      return values.subarray(from * row, to * row)
    }
    const rowsOf = (from: number, to: number): BatchRows => ({
      inputs: rows.map((input) => ({ ...input, values: part(input.values, from, to) })),
      ...(expected && { expected: part(expected.values, from, to) }),
    })
    return {
      samples,
      rows: rowsOf,
      piece: (from, to) => {
        const { inputs, ...others } = rowsOf(from, to)
        const tensors = inputTensors(inputs, to - from)
        return { inputs: tensors, samples: samples.subarray(from, to), ...others }
      },
    }
  }

  /**
   * Batches of the split in its own order, samples as they are; each is disposed when the next is asked for.
   * @param most batches
   */
  async *inOrder(batchSize: number, most: number, signal: AbortSignal): AsyncGenerator<Batch> {
    const end = Math.min(this.split.count, batchSize * most)
    for (let from = 0; from < end; from += batchSize)
      yield* this.between(from, Math.min(end, from + batchSize), signal)
  }

  /** Samples [from, to) of the split in its own order, as one batch that is disposed when the next is asked for. */
  async *between(from: number, to: number, signal: AbortSignal): AsyncGenerator<Batch> {
    const samples = Uint32Array.from({ length: to - from }, (_, row) => from + row)
    const expected = await this.split.expected?.(samples, signal)
    const inputs = inputTensors(await this.split.rows(samples, signal), samples.length)
    try {
      yield batchOf(inputs, samples, expected)
    } finally {
      tf.dispose(inputs)
    }
  }
}

function batchOf(
  inputs: tf.Tensor[],
  samples: Uint32Array,
  expected: ExpectedRows | undefined,
): Batch {
  return { inputs, samples, ...(expected === undefined ? {} : { expected: expected.values }) }
}
