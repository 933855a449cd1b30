import type { SplitName } from '../core/dataset-manifest'
import type { StudioErrorData } from '../core/errors'
import type { ClassOrder, triedOrderIds } from '../data/class-orders'
import type { DataSettings } from '../data/data-settings'
import type { DataFormat } from '../data/data-source'
import type { Preparation } from '../data/preparation'
import type { Reading, ReadingChoices } from '../data/reading/reading'
import type { ScaleGuess } from '../data/target-scale'
import type { Task } from '../data/task'

export interface DataSummary {
  readonly id: string
  readonly name: string
  /** Of the data, in their own order; empty where labels are no classes. */
  readonly classNames: readonly string[]
  readonly splits: readonly { readonly name: SplitName; readonly count: number }[]
  readonly settings: DataSettings
  /** The orders in which outputs may stand for the classes, the assumed one first; empty without classes. */
  readonly classOrders: readonly ClassOrder[]
  /** The tasks that its labels and the model's outputs allow. */
  readonly tasks: readonly Task[]
  /** The scale of target pictures that the outputs of the original speak of; absent where nobody asked. */
  readonly scaleGuess?: ScaleGuess
  /** null for built-in data. */
  readonly own: OwnDataFacts | null
}

/** What was found in people's own files. */
export interface OwnDataFacts {
  readonly format: DataFormat
  readonly samples: number
  /** SHA-256 over samples and labels, in hexadecimal. */
  readonly hash: string
  readonly splitSeed: number
  readonly broken: { readonly count: number; readonly examples: readonly StudioErrorData[] }
  /** Samples left out because the same bytes are there already; `contradictions` had other labels. */
  readonly duplicates: { readonly count: number; readonly contradictions: number }
  /** How the files were understood, and what became of every one of them. */
  readonly reading: Reading
}

export interface OpenDataRequest {
  readonly files: readonly File[]
  /** What a person has put right of the way the files were understood. */
  readonly choices: ReadingChoices
  /** null: as labels and model suggest. */
  readonly settings: DataSettings | null
}

/** How files were understood, and whether the open model can be shown what they give. */
export interface ReadingResult {
  readonly reading: Reading
  /**
   * Why the open model does not fit, or that none is open; null where it fits, or where there is nothing to
   * show it yet.
   */
  readonly misfit: StudioErrorData | null
  /** The first pictures where samples are arrays of bytes; those of files are asked for apart. */
  readonly pictures?: readonly SmallPicture[]
}

/** One of the first pictures of data, in a few pixels. */
export interface SmallPicture {
  readonly name: string
  /** Its class; null where it has none. */
  readonly label: string | null
  readonly width: number
  readonly height: number
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

/** What one input is shown of a sample. */
export interface SampleInput {
  readonly name: string
  /** RGBA bytes; null where it is no picture. */
  readonly picture: {
    readonly width: number
    readonly height: number
    readonly rgba: Uint8ClampedArray<ArrayBuffer>
  } | null
  readonly shape: readonly number[]
  /** Smallest and largest number. */
  readonly range: readonly [number, number]
  /** The first of its numbers. */
  readonly values: readonly number[]
}

/** One sample as the model sees it, and what the original makes of it. */
export interface SamplePicture {
  readonly index: number
  readonly count: number
  readonly name: string
  /** What each input of the model is shown. */
  readonly inputs: readonly SampleInput[]
  readonly label: string | null
  /** The largest outputs of the original, best first. */
  readonly answers: readonly { readonly output: number; readonly value: number }[]
}

export interface TrialRequest {
  /** For each class of the data the output of its name, -1 for none; null where no names are known. */
  readonly named: readonly number[] | null
}

/** Accuracy of the original under one of the common preparations, for each order of the classes. */
export interface PreparationTrial {
  /** null where samples are numbers that are shown as they are. */
  readonly preparation: Preparation | null
  readonly orders: readonly TriedOrder[]
  readonly done: number
  readonly total: number
}

export interface TriedOrder {
  readonly id: (typeof triedOrderIds)[number]
  /** null where labels name no classes. */
  readonly map: readonly number[] | null
  readonly correct: number
  /** Samples whose class has an output. */
  readonly measured: number
}
