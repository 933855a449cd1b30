import type { OutputKind } from '../core/output-kind'
import type { OutputMeaning } from '../core/output-meaning'
import type { BackendName } from '../core/backend-name'
import type { SplitName } from '../core/dataset-manifest'
import type { ScoreId } from '../data/scores'
import type { Recipe } from '../techniques/recipe'

/** A growing measurement: the first `measured` of `total` samples of a split. */
export interface AccuracyEvent {
  readonly type: 'accuracy'
  readonly split: SplitName
  readonly dataset: string
  readonly correct: number
  readonly measured: number
  readonly total: number
  /** Of the original on exactly the same `measured` samples. */
  readonly originalCorrect: number
  /** Samples that one of the two models alone has right: what a paired test needs. */
  readonly paired: { readonly onlyOriginal: number; readonly onlyCompressed: number }
  /** The label among the five largest outputs; null below ten outputs. */
  readonly topFive: { readonly correct: number; readonly originalCorrect: number } | null
  /** Row-major [label, answer]; only with the last event, and null above a hundred classes. */
  readonly confusion: readonly number[] | null
}

/** A growing measurement of what is no single choice; the first score is the main one. */
export interface ScoresEvent {
  readonly type: 'scores'
  readonly task: 'multiLabel' | 'regression'
  readonly split: SplitName
  readonly dataset: string
  readonly measured: number
  readonly total: number
  readonly scores: readonly MeasuredScore[]
}

export interface MeasuredScore {
  readonly id: ScoreId
  /** null where it is not defined, as R2 of constant targets. */
  readonly value: number | null
  /** Of the original on the same samples. */
  readonly original: number | null
}

/** How much of a measurement is done, in samples shown to a model: the original's and the other's. */
export interface MeasureWork extends MeasureProgress {
  readonly type: 'work'
}

export type MeasureEvent = AccuracyEvent | ScoresEvent | AgreementEvent

/**
 * Without labels: how far the outputs moved, on unlabelled data or on synthetic inputs. It is not
 * accuracy, and it is not informative while the original itself reaches only few classes.
 */
export interface AgreementEvent {
  readonly type: 'agreement'
  /** Whose outputs are compared with: the original's, or those of a teacher that alone says what is right. */
  readonly against: 'original' | 'teacher'
  /** null: synthetic inputs. */
  readonly data: { readonly dataset: string; readonly split: SplitName } | null
  /** What the outputs are taken for; it decides which of the figures below there are. */
  readonly meaning: OutputMeaning
  readonly measured: number
  readonly total: number
  /** Share of inputs with the same top class, 0..1; null when not informative. */
  readonly agreement: number | null
  /** Mean over inputs of ||logits - original|| / ||original||. */
  readonly relativeError: number
  /** Mean KL(original || compressed) in nats; null when outputs are not distributions. */
  readonly klDivergence: number | null
  /** Mean cosine of the angle between both outputs, of vectors. */
  readonly cosine: number | null
  /** 1 - sum of squared differences / variation of the original's outputs, of numbers; null where those are constant. */
  readonly r2: number | null
  readonly classesReached: number
  /** 1 where the outputs are no alternatives, and nothing is chosen. */
  readonly classes: number
  readonly informative: boolean
}

export interface OutputsRequest {
  readonly split: SplitName
  /** null: the open model as its files have it. */
  readonly recipe: Recipe | null
  /** Number of samples from the start of the split. */
  readonly first: number
}

/** Time of a forward pass on this device, milliseconds. */
export interface Latency {
  readonly backend: BackendName
  /** Samples at once. */
  readonly batch: number
  readonly runs: number
  readonly median: number
  readonly p95: number
  /** Of the very first pass, which also compiles and fills caches. */
  readonly first: number
}

export interface MeasureProgress {
  readonly done: number
  readonly total: number
}

/** What a model computes for samples of the attached data, to be compared with another runtime. */
export interface ModelOutputs {
  readonly samples: number
  readonly classes: number
  readonly kind: OutputKind
  /** Row-major [samples, classes], float32, little-endian. */
  readonly values: Blob
}
