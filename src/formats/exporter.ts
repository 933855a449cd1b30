import type { StoredEntry } from '../core/deflate-estimate'
import type { EncodedTensor } from '../core/encoded-tensor'
import type { ActivationRange } from '../core/activation-range'
import type { StudioErrorData } from '../core/errors'
import type {
  ActivationSettings,
  ContainerId,
  Precision,
  TensorSummary,
} from '../core/model-summary'
import type { Between } from '../files/between'
import type { OpenedModel, OpenedWeight } from './format'

/** Encoded weights in the order of the file; weights that no step may touch come as they were opened. */
export type ExportTensor = EncodedTensor | OpenedWeight

/** How one tensor is stored and, if it is not as small as its bits promise, why. */
export interface StoredTensor {
  readonly name: string
  readonly storedAs: TensorSummary['storedAs']
  readonly bytes: number
  readonly reason: DecodedReason | 'notQuantized' | 'chosen' | null
}

/** Why a tensor's decoded values are written: no entry of the container holds what codes it. */
export type DecodedReason = 'perChannel' | 'perGroup' | 'mean' | 'linearWithMask' | 'ownType'

export function isDecoded(reason: StoredTensor['reason']): reason is DecodedReason {
  return reason !== null && reason !== 'notQuantized' && reason !== 'chosen'
}

/** Tensors that a file holds alike. */
export interface StoredKind extends Pick<StoredTensor, 'storedAs' | 'reason'> {
  /** Width of their codes, also where decoded values are written; null where they have none. */
  readonly bits: number | null
  readonly tensors: number
}

export type RestoredValues = Float32Array | Int32Array | Uint8Array

/**
 * A tensor on its way into a file. Made in no time: what costs time is done when it is asked for, and only for the
 * piece that is asked for, so that nobody has to hold a large tensor twice.
 */
export interface StoredForm extends StoredTensor {
  /** Number of weights. */
  readonly length: number
  /** What stands in the file, for estimating how it deflates; null where nothing is worth estimating. */
  readonly entry: StoredEntry | null
  /**
   * The bytes in the file, all of them or bytes [from, to).
   * @throws StudioError what `Exporter.accepts` would have said
   */
  readonly content: (from?: number, to?: number) => Uint8Array
  /**
   * The values that a reader of the file gets, computed from the tensor and not from its bytes: all of them or
   * weights [from, to).
   * @param room for whoever reads piece after piece and is done with one before the next
   */
  readonly restored: (from?: number, to?: number, room?: Float32Array) => RestoredValues
}

/** What a file holds, by kind of tensor: the widest codes last. */
export function storedKinds(forms: readonly StoredForm[]): StoredKind[] {
  const kinds = new Map<string, StoredKind>()
  for (const { entry, reason, storedAs } of forms) {
    const bits = entry === null || entry.tensor.kind === 'float' ? null : entry.tensor.bits
    const key = `${storedAs} ${reason} ${bits}`
    const tensors = 1 + (kinds.get(key)?.tensors ?? 0)
    kinds.set(key, { storedAs, reason, bits, tensors })
  }
  return [...kinds.values()].sort((one, other) => (one.bits ?? 0) - (other.bits ?? 0))
}

/** A file of an exported model. */
export interface ExportedFile {
  readonly path: string
  readonly size: number
  readonly holdsWeights: boolean
  /** Of weight files made anew whenever they are read: nothing keeps them, so read them once for one use. */
  readonly bytes: Uint8Array
  /** Bytes [from, to) of a file that may be too large to be made as a whole. */
  readonly read?: (from: number, to: number) => Uint8Array
}

/** How somebody who downloaded a model opens it, for its card. */
export interface Usage {
  /** A sentence that leads to the code. */
  readonly intro: string
  readonly language: 'js' | 'python'
  readonly code: string
  /** The same in a page, where another library opens it there. */
  readonly web?: string
}

/** The model as its real numbers compute it, with outputs more. */
export interface CalibrationFile {
  readonly bytes: Uint8Array
  /** For each value that has to be seen, what the output that shows it is called. */
  readonly shown: ReadonlyMap<string, string>
}

/** What samples have shown of activations. */
export interface Activations {
  readonly settings: ActivationSettings
  /** By value. */
  readonly ranges: ReadonlyMap<string, ActivationRange>
  /** How many axes values have. */
  readonly ranks: ReadonlyMap<string, number>
  /** What they were, for the model card. */
  readonly samples: { readonly count: number; readonly of: string }
}

/** How a value becomes codes: `code = round(value / scale) + zeroPoint`. */
export interface CodedActivation {
  /** What the file calls the value. */
  readonly name: string
  /** Of what was seen, by the method. */
  readonly low: number
  readonly high: number
  readonly scale: number
  readonly zeroPoint: number
}

/** Activations that are codes in a file, and what their ranges are from. */
export interface CodedActivations {
  readonly storedAs: 'int8' | 'uint8'
  readonly range: ActivationSettings['range']
  readonly samples: Activations['samples']
  readonly values: readonly CodedActivation[]
}

/** What an exporter hands back: files in zip order and how each tensor went in. */
export interface ExportedModel {
  readonly files: readonly ExportedFile[]
  readonly tensors: readonly StoredTensor[]
  /** All that the files hold, in their order and under its names there: a graph needs more than its weights. */
  readonly held: readonly StoredForm[]
  /** One for each weight of the model, where the files hold them in another order. */
  readonly ofWeights?: readonly StoredForm[]
  /** All that the files hold, where those are other tensors than the weights of the model; `tensors` are these then. */
  readonly made?: readonly StoredForm[]
  /** Bytes of all weight files together. */
  readonly shardBytes: number
  readonly scales?: MovedScales
  /** Layers of normalizations that are parts of kernels and biases in the files; left out: none. */
  readonly folded?: readonly string[]
  readonly activations?: CodedActivations
  /** Weights that the model decodes itself, by what it calls them; and how many numbers it holds of all. */
  readonly decoded?: { readonly weights: readonly string[]; readonly elements: number }
  readonly usage: Usage
}

/** What a file holds where that is not what the model holds, under its names as far as they are the same weights. */
export interface WrittenParts extends Pick<OpenedModel, 'topology' | 'weights'> {
  /** One for each weight. */
  readonly tensors: readonly ExportTensor[]
  /** null: no scale has moved from one tensor into another. */
  readonly scales: MovedScales | null
  /** Layers of normalizations that are parts of kernels and biases. */
  readonly folded: readonly string[]
}

/** Kernels whose channel scales stand in a normalization behind, and layers that were put there for it. */
export interface MovedScales {
  readonly moved: readonly string[]
  readonly inserted: readonly string[]
}

/** Writes models as one kind of files. Tensors come one for each weight, in the order of the weights. */
export interface Exporter {
  readonly container: ContainerId
  /** 'exact' first: it is what is written where nobody chose. */
  readonly precisions: readonly Precision[]
  /** Whether a model can be meant by one of them at all; each where left out. */
  readonly offers?: (model: OpenedModel, precision: Precision) => boolean
  /** Why the tensors cannot be written so; null where they can. */
  readonly accepts: (
    model: OpenedModel,
    tensors: readonly ExportTensor[],
    precision: Precision,
  ) => StudioErrorData | null
  /** What becomes of the model before its tensors are stored; null: it stays as it is. */
  readonly edited?: (
    model: OpenedModel,
    tensors: readonly ExportTensor[],
    precision: Precision,
  ) => WrittenParts | null
  /**
   * The one rule of how a tensor is stored: the estimate beside the slider, the file, its verification
   * and the hashes of its values all ask here.
   */
  readonly store: (
    tensor: ExportTensor,
    weight: OpenedWeight,
    precision: Precision,
    model: OpenedModel,
  ) => StoredForm
  /** The file that shows the activations which `write` is to be told of; null or left out: it needs none. */
  readonly calibration?: (
    model: OpenedModel,
    tensors: readonly ExportTensor[],
    precision: Precision,
  ) => CalibrationFile | null
  /** @throws StudioError what `accepts` would have said */
  readonly write: (
    model: OpenedModel,
    tensors: readonly ExportTensor[],
    precision: Precision,
    between: Between,
    activations?: Activations,
  ) => Promise<ExportedModel>
}
