import type * as tf from '@tensorflow/tfjs'
import type { SplitName } from '../core/dataset-manifest'
import type { Preparation } from '../data/preparation'
import type { Targets } from '../data/task'
import type { DataSettings, DataSummary, OpenProgress } from '../protocol/messages'
import type { Emit } from './stream'

/** Samples that can be shown to the open model, in a fixed order, and what is expected of it. */
export interface DataSplit {
  /** Id of the data set. */
  readonly dataset: string
  readonly name: SplitName
  /** What is known of the original on this split is remembered by it: data, settings and split. */
  readonly key: string
  readonly count: number
  readonly targets: Targets
  /** The model's inputs for samples [from, to); the caller disposes them. */
  readonly inputs: (from: number, to: number, signal: AbortSignal) => Promise<tf.Tensor[]>
  /** What a sample is called, and its label as the files say it. */
  readonly sample: (index: number) => { readonly name: string; readonly label: string | null }
  /** The bytes that a sample's numbers are made of; null where it is no picture. */
  readonly picture: (index: number, signal: AbortSignal) => Promise<PreparedPicture | null>
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
  /** Frees what was kept for speed. */
  readonly forget: () => void
}
