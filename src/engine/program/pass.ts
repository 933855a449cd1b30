import type * as tf from '@tensorflow/tfjs'
import type { GraphNode } from '../../graph/operators'
import type { ValueName } from '../../graph/values'

/** Mean and variance of one batch, for each channel. */
export interface BatchStatistics {
  readonly mean: tf.Tensor
  readonly variance: tf.Tensor
}

/** Who looks at values as they are made. */
export interface Seen {
  /** Those that are shown; null: all. */
  readonly values: ReadonlySet<ValueName> | null
  /** May put another in its place, which is then the pass's. What it wants to keep it has to clone. */
  readonly made: (node: GraphNode, value: tf.Tensor, place: number) => tf.Tensor
}

/** How a graph is gone through once: everything that training changes about it. */
export interface Pass {
  /** Noise is made, and batch normalisation computes with what `statistics` says. */
  readonly training: boolean
  /** Of all noise; equal seeds give equal noise. */
  readonly seed: number
  /** Numbers of the samples in the rows of the batch: noise is then of the sample, whoever else is there. */
  readonly samples?: Uint32Array
  /** In training: those of the batch, or those that the model holds. */
  readonly statistics: 'batch' | 'frozen'
  /** Batch normalisation that computes with what the model holds in any case. */
  readonly held?: (node: GraphNode) => boolean
  /** What a weight is used as: masks, simulated quantization. Asked once in a pass; what is new is given back after it. */
  readonly parameter: (name: ValueName, variable: tf.Variable) => tf.Tensor
  readonly seen?: Seen
  /** Told each node before it is carried out. */
  readonly entered?: (node: GraphNode) => void
  /** Told the statistics of a batch, which are gone afterwards: whoever trains moves those that the model holds. */
  readonly moved?: (node: GraphNode, statistics: BatchStatistics) => void
}

/** What the model computes for everybody. */
export const inference: Pass = {
  training: false,
  seed: 0,
  statistics: 'frozen',
  parameter: (_, variable) => variable,
}
