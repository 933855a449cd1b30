import type { StudioErrorData } from '../core/errors'
import type { VariantId } from '../core/transformers-variants'
import type { StoredKind } from '../formats/exporter'
import type { Recipe } from '../techniques/recipe'
import type { MeasureEvent } from './measure-messages'

export interface VariantsRequest {
  readonly recipe: Recipe
  /** In the order of the table; each once. */
  readonly variants: readonly VariantId[]
}

/** What the runtime of ONNX took for a file on this device, one sample at a time, in milliseconds. */
export interface RuntimeTimes {
  /** To read the file, once. */
  readonly loadMs: number
  /** For a sample: the median of `runs`. */
  readonly runMs: number
  readonly runs: number
}

/** A variant that was written, read again, loaded and measured; or why it was not. */
export interface VariantRow {
  readonly id: VariantId
  /** Of its file of ONNX; null where it was not written. */
  readonly bytes: number | null
  readonly kinds: readonly StoredKind[]
  readonly times: RuntimeTimes | null
  /** By the runtime of ONNX, on the validation split, or without data on synthetic inputs. */
  readonly measure: MeasureEvent | null
  /** Why it cannot be written or does not load; null where it does. */
  readonly refusal: StudioErrorData | null
}

/** The model as it was opened, as floats in a file of ONNX. */
export interface VariantsOriginal {
  readonly bytes: number
  /** null where the runtime does not load it. */
  readonly times: RuntimeTimes | null
}

export interface VariantsProgress {
  readonly type: 'progress'
  /** null: the original. */
  readonly id: VariantId | null
  readonly phase: 'writing' | 'timing' | 'measuring'
  /** Of all, 0..1. */
  readonly share: number
}

export type VariantsEvent =
  | VariantsProgress
  | { readonly type: 'original'; readonly original: VariantsOriginal }
  | { readonly type: 'row'; readonly row: VariantRow }

/** A folder for Transformers.js with some of the variants that were measured last. */
export interface VariantsZip {
  readonly fileName: string
  readonly zip: Blob
  /** What is written in its README.md, to load it. */
  readonly code: string
}
