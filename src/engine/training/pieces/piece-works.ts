import type { WorkKind } from '../../cores/helper'
import type { InputRows } from '../../samples/attached-data'
import type { LearnerSetup } from './learner-setup'

/** Numbers of a tensor on their way to another worker. */
export interface MovedTensor {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

/** Weights on their way, one behind the other. */
export interface MovedWeights {
  /** May lie in memory that all workers share. */
  readonly values: Float32Array
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[]
  readonly statisticsFrozen: boolean
}

export interface MovedPiece {
  /** Of the run that it belongs to. */
  readonly run: number
  /** What has changed since the last piece of this worker; null: nothing. */
  readonly weights: MovedWeights | null
  readonly inputs: readonly Omit<InputRows, 'picture'>[]
  readonly samples: Uint32Array
  readonly targets: MovedTensor
  readonly taught: { readonly logits: MovedTensor; readonly features: MovedTensor | null } | null
  readonly power: number | null
  readonly seed: number
  /** Of the batch; gradients are multiplied by it. */
  readonly share: number
  /** Whether outputs are wanted. */
  readonly answers: boolean
  /** Shared memory for the gradients; null: they go over in memory of their own. */
  readonly room: Float32Array | null
}

export interface MovedAnswer {
  readonly loss: number
  readonly outputs: Float32Array | null
  /** Of all variables, one behind the other, in the order of the model; null where they lie in the room. */
  readonly gradients: Float32Array | null
  /** By variable, whether the loss depends on it. */
  readonly given: readonly boolean[]
  readonly moved: readonly {
    readonly name: string
    readonly mean: Float32Array
    readonly variance: Float32Array
  }[]
}

/** Makes ready for the pieces of a run, and forgets the run before it; null: makes ready for none. */
export const beginPieces: WorkKind<
  { readonly run: number; readonly setup: LearnerSetup | null },
  null
> = { kind: 'pieces/begin' }

export const learnPiece: WorkKind<MovedPiece, MovedAnswer> = { kind: 'pieces/learn' }
