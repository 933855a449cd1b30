import type { StudioErrorData } from '../core/errors'
import type { ContainerId, ExportTarget, Runtime } from '../core/model-summary'
import type { ComputedSizes } from '../core/sizes'
import type { StoredKind, StoredTensor, Usage } from '../formats/exporter'
import type { Recipe } from '../techniques/recipe'
import type { WeightsReport } from '../techniques/weights-report'
import type { MeasureEvent, MeasureWork } from './measure-messages'

export interface PreviewRequest {
  readonly recipe: Recipe
  /** Layers whose histogram is drawn; none: the whole model. */
  readonly focus: readonly string[]
  /**
   * dragging: weights, sparsity and size estimate only, as fast as possible.
   * settled: also the exact zipped size and the accuracy, progressively.
   */
  readonly mode: 'dragging' | 'settled'
  /** The download that was chosen: its size is made with the others', where it is none that is made anyway. */
  readonly target?: ExportTarget
}

export interface PictureRequest {
  readonly recipe: Recipe
  /** Name of the tensor. */
  readonly tensor: string
  /** First output channel that is drawn, where they do not all fit. */
  readonly from: number
}

export interface FormulaRequest {
  /** Its bits, groups and range of quantization count, whether that is on or not; what is on before it as well. */
  readonly recipe: Recipe
  /** The first of its tensors that can be compressed. */
  readonly layer: string
  /** Of the weight, in the flat array; clipped to those that there are. */
  readonly index: number
}

/** Bytes of a download, with and without report and model card. */
export interface ZipSize {
  /** Of the zip that holds all of it. */
  readonly zipped: number
  /** What report and model card take of `zipped`: without them the zip is so much shorter. */
  readonly reportBytes: number
}

/** Sizes of the compressed model in bytes. Only `zipped` and `stored` belong to a file that exists. */
export interface SizeReport extends ComputedSizes, ZipSize {
  /** Shard bytes of the stock TensorFlow.js file with these settings. */
  readonly stored: number
  /** `zipped` and `reportBytes` are those of a file; else estimates. */
  readonly zippedIsExact: boolean
  /** How the exact file holds the tensors and, where they are not as small as their bits, why. */
  readonly kinds: readonly StoredKind[]
  /** Kernels whose channel scales stand in normalizations behind them, and how many of these the file has more; left out: none. */
  readonly scales?: { readonly moved: number; readonly inserted: number }
}

export interface WeightsEvent extends WeightsReport {
  readonly type: 'weights'
  readonly sizes: SizeReport
}

/** What the download holds, exactly, and what else could be downloaded. */
export interface SizeEvent {
  readonly type: 'size'
  readonly sizes: SizeReport
  /** The same of each tensor. */
  readonly tensors: readonly StoredTensor[]
  /** What else the settings can be written as, and what not; comes with the last event alone. */
  readonly alternatives: readonly TargetOffer[]
}

/** The same settings as another download. */
export interface TargetOffer {
  readonly target: ExportTarget
  /**
   * null where nobody made it: where it cannot hold the settings, and where the exact file holds codes or what the
   * model held before, so that no other is made for its size alone but one that decodes itself. Then it is known once it
   * is downloaded.
   */
  readonly size: (ZipSize & { readonly stored: number }) | null
  /** Why it cannot hold the settings; null where it can. */
  readonly refusal: StudioErrorData | null
  /** Of a file that decodes itself, once it was made. */
  readonly decoding?: DecodingCost | null
  /** Normalizations that are parts of kernels and biases in the file; left out: none, or nobody made it. */
  readonly folded?: number
}

/** What weights cost that are decoded at each prediction. */
export interface DecodingCost {
  /** Bytes in memory while the model is open: of what it decodes, and of the same weights as numbers. */
  readonly held: number
  readonly plain: number
  /** To decode all of them once, on this device; null where it was not tried. */
  readonly ms: number | null
}

export type PreviewEvent = WeightsEvent | SizeEvent | MeasureEvent | MeasureWork

/** Whether report and model card go into the zip of the model. */
export type ReportPlace = 'inside' | 'apart'

export interface ExportRequest {
  readonly recipe: Recipe
  readonly target: ExportTarget
  /** Inside where nothing is said. */
  readonly report?: ReportPlace
}

export interface ExportProgress {
  readonly phase: 'encoding' | 'writing' | 'verifying' | 'measuring'
  readonly done: number
  readonly total: number
  /** Of measuring alone. */
  readonly time?: MeasuringTime
}

/** How long measuring takes: as its samples and the speed of the model promise, then as it is seen to take. */
export interface MeasuringTime {
  readonly msLeft: number
  /** It takes so long, from its beginning to its end, that somebody may want the file without it. */
  readonly isLong: boolean
}

export interface ExportResult {
  readonly fileName: string
  /** The zip; `zip.size` is the number on the button. */
  readonly zip: Blob
  readonly zippedBytes: number
  /** Where the request wanted report and model card. */
  readonly reportPlace: ReportPlace
  /** Report and model card, in a zip of their own, wherever else they are. */
  readonly reportZip: Blob
  readonly reportFileName: string
  readonly reportZipBytes: number
  readonly container: ContainerId
  readonly shardBytes: number
  readonly tensors: readonly StoredTensor[]
  /** JavaScript that opens the file, as its model card has it. */
  readonly usageCode: string
  readonly usageLanguage: Usage['language']
  /** The same in a page, where another library opens it there. */
  readonly usageWeb?: string | null
  /** On the re-read bytes, to the end of the split; null where the model cannot run, and where nobody waited for it. */
  readonly validation: MeasureEvent | null
  readonly test: MeasureEvent | null
  /** What measured them. */
  readonly runtime: Runtime
  /** Why that is not the runtime of ONNX, where the file is one of that. */
  readonly notByOnnx?: NotByOnnx
  /**
   * Validation samples that what measures settings gives another class than what measured the file; null where both are
   * one, or outputs are no classes.
   */
  readonly apart: { readonly classes: number; readonly samples: number } | null
  /** What nobody waited for: the test split or, where there is none, the comparison with the original. */
  readonly unmeasured: 'test' | 'outputs' | null
}

/**
 * The model takes more than a page gives to a second runtime; what it was cut from, with which it is compared, has no file of ONNX;
 * the runtime does not run the original.
 */
export type NotByOnnx = 'large' | 'cut' | 'refused'
