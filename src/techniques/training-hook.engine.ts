import type * as tf from '@tensorflow/tfjs'
import type { Recipe } from './recipe'

/** Where a run is. */
export interface Moment {
  /** Steps done, from 0. */
  readonly step: number
  /** Share of the whole run that is done, 0..1. */
  readonly progress: number
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
  readonly save: () => Promise<HookState>
  readonly restore: (state: HookState) => void
  readonly dispose: () => void
}
