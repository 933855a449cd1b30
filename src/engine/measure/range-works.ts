import type { WorkKind } from '../cores/helper'
import type { Twin } from './twin'

/** Samples as a model's inputs, on their way to another worker. */
export interface MovedInput {
  readonly values: Float32Array | Int32Array | Uint8Array
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32' | 'bool'
}

export interface MovedRange {
  /** Of the engine's models. */
  readonly model: number
  /** Those that have changed since this worker was asked last. */
  readonly weights: readonly {
    readonly spec: { readonly name: string; readonly shape: readonly number[] }
    readonly values: Float32Array
  }[]
  readonly inputs: readonly MovedInput[]
}

/** Builds a model, in place of the one before. */
export const takeModel: WorkKind<Twin & { readonly model: number }, null> = {
  kind: 'ranges/model',
}

/** The first output for some samples, row-major. */
export const showRange: WorkKind<MovedRange, Float32Array> = { kind: 'ranges/show' }
