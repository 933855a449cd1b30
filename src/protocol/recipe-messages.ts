import type { ExportFormat, StoredTensor } from '../formats/format'
import type { Recipe } from '../techniques/recipe'
import type { MeasureEvent } from './measure-messages'

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
