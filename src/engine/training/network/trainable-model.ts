import type * as tf from '@tensorflow/tfjs'
import type { WeightTensor } from '../../../core/weight-tensor'
import type { Squashing } from '../../../graph/unsquashed'

/** What a weight is used as in place of itself, on the tape; not called more than once a pass. */
export type WeightTransform = (weight: tf.Tensor) => tf.Tensor

/** What a batch normalisation has counted so far. */
export interface RunningStatistics {
  /** Share of what it held that stays with each batch. */
  momentum: number
  /** Those of the moment; they stay the model's. */
  readonly read: () => { readonly mean: tf.Tensor; readonly variance: tf.Tensor }
  readonly write: (mean: tf.Tensor, variance: tf.Tensor) => void
}

/** What a batch normalisation has counted of a piece of a batch. */
export interface Moved {
  /** Of the weight that holds the mean. */
  readonly name: string
  readonly mean: tf.Tensor
  readonly variance: tf.Tensor
}

/** What engines of few bits round on the way from one layer to the next. */
export interface Activation {
  readonly name: string
  /** Puts in its place, in every later pass, what `change` makes of it. */
  readonly change: (change: (value: tf.Tensor) => tf.Tensor) => void
}

/**
 * A model of its own for training: own variables, outputs before softmax or sigmoid, and weights that can
 * be replaced on their way into the model. The open model goes on measuring beside it.
 */
export interface TrainableModel {
  /** Variables that gradients change, by the name of the weight; those of frozen layers are not among them. */
  readonly trained: ReadonlyMap<string, tf.Variable>
  /** All float weights, statistics of batch normalisation included. */
  readonly all: ReadonlyMap<string, tf.Variable>
  /** Of the first output. */
  readonly squashing: Squashing
  /** Of each batch normalisation that is not frozen; none where nothing computes with statistics of batches. */
  readonly statistics: readonly RunningStatistics[]
  /** In the order of the model. */
  readonly activations: readonly Activation[]
  /** Batch normalisation computes with its own statistics, also in training, and leaves them alone. */
  statisticsFrozen: boolean
  /** Every later pass sees what `transform` makes of a weight; null: the weight itself. */
  transform(name: string, transform: WeightTransform | null): void
  /**
   * The outputs of a batch, the first of them before softmax or sigmoid, and [batch, n] where all its numbers
   * stand along one side. Inside a tidy or a tape.
   * @param seed of dropout, different for each step
   * @param samples numbers of the rows, where noise is to be theirs, whoever stands beside them
   */
  forward(
    inputs: readonly tf.Tensor[],
    training: boolean,
    seed: number,
    samples?: Uint32Array,
  ): tf.Tensor[]
  /** Copies weights in. */
  load(weights: readonly WeightTensor[]): void
  /** Copies all float weights out, in the order of `specs`. */
  read(specs: readonly WeightTensor[]): Promise<WeightTensor[]>
  /** Sides of what a layer says to one sample, channels last, none where they are open. */
  sidesOf(layer: string): readonly number[]
  /**
   * Hands out what a layer says in the last pass, channels last, on the tape of that pass; whoever takes it disposes it.
   * null: there was no pass since, or there is no such layer
   */
  tap(layer: string): () => tf.Tensor | null
  /**
   * Says the layer that every later pass, there and back, has come to.
   * @returns what ends this
   */
  follow(reached: (layer: string) => void): () => void
  /**
   * Hands what later passes count to somebody, in the order of the pass, who keeps it or lets it go; null: running
   * statistics move by it at once.
   */
  count(taken: ((moved: Moved) => void) | null): void
  /** Lets running statistics move by what was counted elsewhere. */
  move(moved: Moved): void
  dispose(): void
}
