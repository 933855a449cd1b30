import type { BackendName } from '../core/backend-name'
import type { SplitName } from '../core/dataset-manifest'
import type { StudioErrorData } from '../core/errors'
import type { DataSettings } from '../data/data-settings'
import type { DataFormat } from '../data/data-source'
import type { Preparation } from '../data/preparation'
import type { ScoreId } from '../data/scores'
import type { Task } from '../data/task'
import type { ExportFormat, StoredTensor } from '../formats/format'
import type { Recipe } from '../techniques/recipe'

export type { DataSettings, ExportFormat, Preparation, SplitName, StoredTensor, Task }

export interface StartRequest {
  /** null: the automatic order. A forced backend is used even if it is a software adapter. */
  readonly forced: BackendName | null
  /** Backends to leave out, for example a GPU that was lost twice. */
  readonly exclude: readonly BackendName[]
}

export interface SkippedBackend {
  readonly backend: BackendName
  readonly reason: StudioErrorData | { readonly code: 'software-adapter'; readonly adapter: string }
}

export interface EngineInfo {
  readonly backend: BackendName
  /** The device as the browser names it, for example 'nvidia ampere' or 'SIMD'. */
  readonly adapter: string
  readonly software: boolean
  readonly threads: number
  readonly crossOriginIsolated: boolean
  readonly skipped: readonly SkippedBackend[]
  /** Measured at start by the self-test; sets time limits and time estimates. */
  readonly gigaflops: number
  /** Largest tensor in bytes that the backend can hold; null where it has no such limit. */
  readonly maxTensorBytes: number | null
}

/** Work that is going on; `done` and `total` in the unit of the phase, total 0 when unknown. */
export interface OpenProgress {
  readonly phase:
    | 'reading'
    | 'validating'
    | 'building'
    | 'running'
    | 'downloading'
    | 'unpacking'
    | 'decoding'
    | 'waiting'
  readonly done: number
  readonly total: number
}

export interface DataSummary {
  readonly id: string
  readonly name: string
  /** Of the data, in their own order; empty where labels are no classes. */
  readonly classNames: readonly string[]
  readonly splits: readonly { readonly name: SplitName; readonly count: number }[]
  readonly settings: DataSettings
  /** The tasks that its labels and the model's outputs allow. */
  readonly tasks: readonly Task[]
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
  /** Of a table. */
  readonly columns: readonly {
    readonly name: string
    readonly kind: 'number' | 'text'
    readonly isLabel: boolean
  }[]
}

export interface OpenDataRequest {
  readonly files: readonly File[]
  /** Columns of a table that are labels; null: as the table suggests. */
  readonly labelColumns: readonly string[] | null
  /** null: as labels and model suggest. */
  readonly settings: DataSettings | null
}

/** One sample as the model sees it, and what the original makes of it. */
export interface SamplePicture {
  readonly index: number
  readonly count: number
  readonly name: string
  /** RGBA bytes; null where a sample is no picture. */
  readonly picture: {
    readonly width: number
    readonly height: number
    readonly rgba: Uint8ClampedArray<ArrayBuffer>
  } | null
  /** Smallest and largest number that the model is shown. */
  readonly range: readonly [number, number]
  readonly label: string | null
  /** The largest outputs of the original, best first. */
  readonly answers: readonly { readonly output: number; readonly value: number }[]
}

/** Accuracy of the original under one of the common preparations. */
export interface PreparationTrial {
  readonly preparation: Preparation
  readonly correct: number
  readonly measured: number
  readonly done: number
  readonly total: number
}

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
  readonly measured: number
  readonly total: number
  /** Share of inputs with the same top class, 0..1; null when not informative. */
  readonly agreement: number | null
  /** Mean over inputs of ||logits - original|| / ||original||. */
  readonly relativeError: number
  /** Mean KL(original || compressed) in nats; null when outputs are not distributions. */
  readonly klDivergence: number | null
  readonly classesReached: number
  readonly classes: number
  readonly informative: boolean
}

export interface OutputsRequest {
  readonly split: SplitName
  /** null: the original model. */
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
  readonly kind: 'probabilities' | 'sigmoid' | 'scores'
  /** Row-major [samples, classes], float32, little-endian. */
  readonly values: Blob
}

export interface PreviewRequest {
  readonly recipe: Recipe
  /** Layers whose histogram is drawn; none: the whole model. */
  readonly focus: readonly string[]
  /**
   * dragging: weights, sparsity and size estimate only, as fast as possible.
   * settled: also the exact zipped size and the accuracy, progressively.
   */
  readonly mode: 'dragging' | 'settled'
}

export interface PictureRequest {
  readonly recipe: Recipe
  /** Name of the tensor. */
  readonly tensor: string
  /** First output channel that is drawn, where they do not all fit. */
  readonly from: number
}

/** Sizes of the compressed model in bytes. Only `zipped` and `stored` belong to a file that exists. */
export interface SizeReport {
  /** All weights as float32. */
  readonly float32: number
  /** Shard bytes of the stock TensorFlow.js file with these settings. */
  readonly stored: number
  /** k bits a weight plus scales, levels and masks; no file has this size yet. */
  readonly bitPacked: number
  /** Non-zero weights with their positions, the smaller of bitmap and relative index; no file yet. */
  readonly sparse: number
  /** Shannon bound of the codes, order 0, plus tables; no file can reach less without modelling. */
  readonly entropyBound: number
  /** Bytes of the zip that downloads: exact when `exact`, else an estimate. */
  readonly zipped: number
  readonly zippedIsExact: boolean
}

export interface LayerPreview {
  readonly name: string
  readonly weights: number
  readonly zeros: number
  readonly bits: number | null
  /** Mean squared error of the compressible weights; 0 where untouched. */
  readonly mse: number
  /** 10 log10(signal power / error power) in dB; null where the error is zero. */
  readonly sqnrDb: number | null
  readonly clipped: number
  /** Resolved pruning of this layer; null where the step does not touch it. */
  readonly pruning: {
    readonly threshold: number
    readonly sigmaMultiple: number
    readonly sparsity: number
    /** s = sum |w| over the layer's original weights. */
    readonly absoluteSum: number
    /** k = number of weights with |w| > threshold. */
    readonly aboveThreshold: number
  } | null
}

/** Counts over equal bins between `min` and `max`, before and after. */
export interface HistogramPreview {
  readonly min: number
  readonly max: number
  readonly before: readonly number[]
  readonly after: readonly number[]
  /** Distinct restored values where there are at most 256 and one tensor is shown; else empty. */
  readonly levels: readonly number[]
  /** Thresholds -t and +t are drawn where the focus has one threshold; null otherwise. */
  readonly threshold: number | null
}

export interface WeightsEvent {
  readonly type: 'weights'
  readonly layers: readonly LayerPreview[]
  readonly sizes: SizeReport
  /** Of all compressible weights together, 0..1. */
  readonly sparsity: number
  /** The linked pruning controls, resolved over everything that the step touches. */
  readonly pruning: {
    readonly threshold: number
    readonly sigmaMultiple: number
    readonly sparsity: number
  } | null
  readonly histogram: HistogramPreview
}

/** What the download holds, exactly, and what else could be downloaded. */
export interface SizeEvent {
  readonly type: 'size'
  readonly sizes: SizeReport
  /** How each tensor is stored with 'exact' and, where it is not as small as its bits, why. */
  readonly tensors: readonly StoredTensor[]
  /** Sizes of the zip in other formats; only where 'exact' cannot hold every tensor as codes. */
  readonly alternatives: readonly FormatSize[]
}

export interface FormatSize {
  readonly format: ExportFormat
  readonly zipped: number
  readonly stored: number
}

export type PreviewEvent = WeightsEvent | SizeEvent | MeasureEvent

export interface ExportRequest {
  readonly recipe: Recipe
  readonly format: ExportFormat
}

export interface ExportProgress {
  readonly phase: 'encoding' | 'writing' | 'verifying' | 'measuring'
  readonly done: number
  readonly total: number
}

export interface ExportResult {
  readonly fileName: string
  /** The zip; `zip.size` is the number on the button. */
  readonly zip: Blob
  readonly zippedBytes: number
  readonly shardBytes: number
  readonly tensors: readonly StoredTensor[]
  /** On the re-read bytes; null where the model cannot run. */
  readonly validation: MeasureEvent | null
  readonly test: MeasureEvent | null
}
