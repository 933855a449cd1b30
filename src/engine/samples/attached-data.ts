import type * as tf from '@tensorflow/tfjs'
import type { PictureLayout } from '../../training/augment-batch'
import type { SplitName } from '../../core/dataset-manifest'
import type { Preparation } from '../../data/preparation'
import type { ScaleGuess } from '../../data/target-scale'
import type { Targets } from '../../data/task'
import type { DataSettings } from '../../data/data-settings'
import type { DataSummary } from '../../protocol/data-messages'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { Emit } from '../work/stream'

/** Samples as the numbers of one input of the model. */
export interface InputRows {
  /** Row-major, one row of `sides` elements for each sample. */
  readonly values: Float32Array
  readonly sides: readonly number[]
  readonly dtype: 'float32' | 'int32'
  /** How a row is a picture; null where it is none. */
  readonly picture: PictureLayout | null
}

/** What the model should make of samples, number by number. */
export interface ExpectedRows {
  /** Row-major, one row of the output's numbers for each sample. */
  readonly values: Float32Array
  /** How a row is a picture; null where it is none. */
  readonly picture: PictureLayout | null
}

/** Samples that can be shown to the open model, in a fixed order, and what is expected of it. */
export interface DataSplit {
  /** Id of the data set. */
  readonly dataset: string
  readonly name: SplitName
  /** What is known of the original on this split is remembered by it: data, settings and split. */
  readonly key: string
  readonly count: number
  readonly targets: Targets
  /** For each sample its class, in the order of the data's class names; null where labels name none. */
  readonly classes: Int32Array | null
  /** Any of its samples for each input of the model. */
  readonly rows: (samples: Uint32Array, signal: AbortSignal) => Promise<InputRows[]>
  /** What should be made of any of its samples; null where labels are no pictures or arrays. */
  readonly expected: ((samples: Uint32Array, signal: AbortSignal) => Promise<ExpectedRows>) | null
  /** The model's inputs for samples [from, to); the caller disposes them. */
  readonly inputs: (from: number, to: number, signal: AbortSignal) => Promise<tf.Tensor[]>
  /** What a sample is called, and its label as the files say it. */
  readonly sample: (index: number) => { readonly name: string; readonly label: string | null }
  /** The bytes that a sample's numbers are made of, for each input; null where that is shown no picture. */
  readonly pictures: (
    index: number,
    signal: AbortSignal,
  ) => Promise<readonly (PreparedPicture | null)[]>
}

/** A picture after resizing and colours, before mean and std. */
export interface PreparedPicture {
  readonly height: number
  readonly width: number
  readonly color: Preparation['color']
  readonly bytes: Uint8Array
}

/** Data that is attached to the open model, built-in or people's own. */
export interface AttachedData {
  readonly summary: DataSummary
  /** @throws StudioError 'data/...', 'engine/cancelled' */
  readonly split: (
    name: SplitName,
    emit: Emit<OpenProgress>,
    signal: AbortSignal,
  ) => Promise<DataSplit>
  /** The same data under other settings. @throws StudioError 'data/labels-...' */
  readonly configured: (settings: DataSettings) => AttachedData
  /**
   * The same where the scale of target pictures is guessed; null where samples have none.
   */
  readonly scaled: ((guess: ScaleGuess) => AttachedData) | null
  /**
   * The model's inputs for one picture that somebody drew, in the pixels of the data; the caller disposes
   * them. null where the data is people's own.
   */
  readonly drawn: ((pixels: Uint8Array, signal: AbortSignal) => Promise<tf.Tensor[]>) | null
  /** Frees what was kept for speed. */
  readonly forget: () => void
}
