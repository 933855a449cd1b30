import type * as tf from '@tensorflow/tfjs'
import type { RunStretch } from '../core/run-stretch'
import type { WeightTensor } from '../core/weight-tensor'
import type { Recipe } from './recipe'

/** Where a run is. */
export interface Moment {
  /** Steps done, from 0. */
  readonly step: number
  /** Share of the whole run that is done, 0..1. */
  readonly progress: number
}

/** A mask as both sides need it: 1 = kept. */
export interface Mask {
  readonly tensor: tf.Tensor
  readonly bytes: Uint8Array
}

/** What a hook that removes weights says of them. */
export interface Removal {
  /** null where nothing of the weight is removed. */
  readonly maskOf: (name: string) => Mask | null
  /** Share of all compressible weights that is removed now, 0..1. */
  readonly sparsity: number
  /** Whether a gradual schedule has reached its end. */
  readonly complete: boolean
  /**
   * The round of removals that goes on at a moment of the run, 0..1: the learning rate starts anew with each. null
   * where there are none.
   */
  readonly round: (progress: number) => RunStretch | null
}

/** A run of training, as far as a hook works on it. */
export interface HookGround {
  /** Names and shapes of all float weights. */
  readonly weights: readonly WeightTensor[]
  /** Pruning as a sparsity, see `withSparsityTarget`. */
  readonly recipe: Recipe
  readonly stepsPerEpoch: number
  readonly variable: (name: string) => tf.Variable | undefined
  /** Whether gradients move it; statistics of batch normalisation follow the batches by themselves. */
  readonly isTrained: (name: string) => boolean
  /** The weights as they are now. */
  readonly read: () => Promise<WeightTensor[]>
  /** Multiplies what the optimizer remembers of a weight. */
  readonly maskMoments: (name: string, mask: tf.Tensor) => void
  /** What all hooks together remove of a weight. */
  readonly maskOf: (name: string) => Mask | null
  /** A place to stop between pieces of work. */
  readonly between: (signal: AbortSignal) => Promise<void>
  /** Runs pure work to its end, with a place to stop after each piece. */
  readonly finish: <Result>(
    running: Generator<unknown, Result, undefined>,
    signal: AbortSignal,
  ) => Promise<Result>
}

/** What a hook keeps over a break: plain arrays by name. */
export type HookState = ReadonlyMap<string, Float32Array>

/**
 * What a technique does to the training loop. Any number of hooks work in the same step: weights pass
 * through all of them on their way into a layer, gradients on their way back.
 */
export interface TrainingHook {
  /** Tensors that the optimizer trains besides the weights, by name. */
  readonly variables: ReadonlyMap<string, tf.Variable>
  /** Before the first step of a run that is new. */
  readonly prepare: (signal: AbortSignal) => Promise<void>
  /** Before each step. */
  readonly beforeStep: (moment: Moment, signal: AbortSignal) => Promise<void>
  /** What the model computes with in place of a weight, on the tape; null: the weight itself. */
  readonly transform: (name: string) => ((weight: tf.Tensor) => tf.Tensor) | null
  /** Changes gradients before the update; what it replaces it disposes. */
  readonly gradients: (gradients: Map<string, tf.Tensor>) => void
  /** After the weights have moved. */
  readonly afterUpdate: () => void
  /** After weights and moments were put back to an earlier moment. */
  readonly afterRollback: () => void
  /** The recipe that turns the weights as they are now into what the hook lets the model see. */
  readonly committed: (recipe: Recipe) => Recipe
  /** null where it removes no weights. */
  readonly removal: Removal | null
  readonly save: () => Promise<HookState>
  readonly restore: (state: HookState) => void
  readonly dispose: () => void
}
