import { rangeOf } from '../core/encoded-tensor'
import type { AffineTensor, CodebookTensor, Codes } from '../core/encoded-tensor'
import type {
  ContainerId,
  FormatId,
  ModelNote,
  Obstacles,
  TensorSummary,
} from '../core/model-summary'
import type { LayerKind, TensorSpec } from '../core/tensor-spec'
import { storedCodes } from '../core/stored-codes'
import { zerosIn } from '../core/zeros-in'
import type { Between } from '../files/between'
import type { Drop } from '../files/drop'
import { baseName } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import type { Hdf5Group } from '../files/hdf5/hdf5-file'
import type { JsonObject } from '../files/read-json'
import type { GraphEdit } from '../graph/edits'
import type { ModelGraph } from '../graph/graph'

/** One weight as it came out of the file, decoded to what the running model uses. */
export interface OpenedWeight {
  readonly spec: TensorSpec
  readonly values: Float32Array | Int32Array | Uint8Array
  readonly storedAs: TensorSummary['storedAs']
  readonly storedBytes: number
  readonly zeros: number
  /** Of a uint8 or uint16 entry: `value = fround(code * scale + min)`. An export can reuse it as is. */
  readonly quantized: {
    readonly codes: Codes
    readonly scale: number
    readonly min: number
  } | null
  /** What the file holds, where its values alone do not say how to write that again. */
  readonly held?: HeldAs
}

/**
 * bytes: elements of a type that is not computed with, or floats of 64 bits, which `values` have rounded.
 * codes: with scales or levels of their own, which decode to `values`.
 * roundedCodes: of a file that computes with floats of 16 bits; `values` are those nearest to what they decode to.
 */
export type HeldAs =
  | { readonly kind: 'bytes'; readonly type: string; readonly bytes: Uint8Array }
  | { readonly kind: 'codes' | 'roundedCodes'; readonly tensor: AffineTensor | CodebookTensor }

/** What a person has put right of a model lies beside its files under this name, so that it opens so again. */
export const OUTPUT_AXES = 'output-axes.json'

export function isModelFile({ path }: Pick<BundleFile, 'path'>): boolean {
  return baseName(path) !== OUTPUT_AXES
}

/** The codes that a file holds of a weight, where one scale and one zero point decode all of them; null: it holds none such. */
export function codesOfOneRange({ held, quantized, spec }: OpenedWeight): AffineTensor | null {
  if (quantized === null) return null
  // They may be of fewer bits than the bytes that they lie in.
  if (held?.kind === 'codes' && held.tensor.kind === 'affine') return held.tensor
  return storedCodes(spec, quantized.codes, quantized.scale, quantized.min)
}

/** Codes of one range in all, which a manifest of TensorFlow.js can say as well. */
export function rangeOfAll(coded: AffineTensor | CodebookTensor): OpenedWeight['quantized'] {
  if (coded.kind === 'codebook' || coded.mask !== null || coded.scale.length !== 1) return null
  const { min, scale } = rangeOf(coded, 0)
  return scale > 0 ? { codes: coded.codes, scale, min } : null
}

/** A weight with other real numbers in it, which no entry of the file that was opened holds. */
export function withValues(weight: OpenedWeight, values: Float32Array): OpenedWeight {
  const { held: _, ...rest } = weight
  return {
    ...rest,
    ...{ values, zeros: zerosIn(values), quantized: null },
    ...{ storedAs: 'float32', storedBytes: values.byteLength },
  }
}

/** A layer as the topology declares it, nested models flattened with `outer/inner` names. */
export interface OpenedLayer {
  readonly name: string
  readonly className: string
  readonly kind: LayerKind
  /** Names of its weights in `OpenedModel.weights`. */
  readonly weightNames: readonly string[]
  /** Its settings in the spelling of Keras (`kernel_size`), translated where tfjs needs it. */
  readonly config: Readonly<Record<string, unknown>>
  /** The layers whose outputs its first call reads, in order, under their flattened names. */
  readonly inputs: readonly string[]
  /** How often one forward pass runs it; null where the file does not say (a model inside a wrapper). */
  readonly calls: number | null
}

/** A file that came with a model and may say what its outputs are called. */
export interface Companion {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Where the numbers of a weight go, row-major and little-endian in the type that the file has for it. */
export interface WeightPlace {
  readonly weight: string
  readonly type: string
  readonly size: number
}

/** A whole file that its own runtime reads, with places for the numbers of all weights. */
export type RefillableFile = readonly (Uint8Array | WeightPlace)[]

/** The file of Keras that a model was read from, for writing one again. */
export interface KerasSource {
  readonly kind: 'zip' | 'h5' | 'weights'
  /** Version of the line of code that wrote it; tf-keras is 2. */
  readonly major: 2 | 3
  readonly version: string | null
  /** As the file has it; null of weights alone. */
  readonly config: JsonObject | null
  readonly root: Hdf5Group
  /** Where the dataset of each weight lies, by the weight's name. */
  readonly paths: ReadonlyMap<string, string>
  /** Whether filters went since. */
  readonly isEdited?: true
}

/** A validated model: nothing in it needs checking again, and tfjs has not seen it yet. */
export interface OpenedModel {
  readonly format: FormatId
  /** What an export writes where nobody chose: the kind of files that the model came in. */
  readonly container: ContainerId
  /** What else an export can write; the first where files of its own cannot say any more what has become of it. */
  readonly alsoAs?: readonly ContainerId[]
  /** For titles and file names, without extension. */
  readonly name: string
  /** The file that holds the topology, for messages. */
  readonly file: string
  /** The files that it was read from, as they came: topology and weights. */
  readonly files: FileBundle
  /**
   * What tfjs builds from and what an export writes: settings that tfjs would misread are translated,
   * so that stock TensorFlow.js computes with the exported file what the studio measured. Empty for a
   * manifest of weights without layers.
   */
  readonly topology: object
  /** Of a graph model: names, types and shapes of inputs and outputs, as the file has them. */
  readonly signature: object | null
  readonly layers: readonly OpenedLayer[]
  /** What it computes; without nodes where nothing but its weights is known. */
  readonly graph: ModelGraph
  /** In manifest order; exports keep it. */
  readonly weights: readonly OpenedWeight[]
  /** `userDefinedMetadata` of the file (class names, for example), carried into exports. */
  readonly metadata: object | null
  /** `ml5Specs` of the file: what ml5 needs to say classes by name, carried into exports. */
  readonly ml5Specs: object | null
  readonly companions: readonly Companion[]
  /** Files that Transformers.js reads beside it, as they came; nobody has looked into them. */
  readonly beside?: FileBundle
  readonly notes: readonly ModelNote[]
  /** What the files say against running, training or cutting the model; its weights are there anyway. */
  readonly obstacles: Obstacles
  readonly keras?: KerasSource
  /** What the runtime of its own format is given, where nothing else runs the model. */
  readonly refillable?: RefillableFile
  /** The file of the model without the numbers of its weights, for writing it again. */
  readonly skeleton?: RefillableFile
  /** Types of inputs and outputs, by name, where the file has others than those that are computed with: `int64`, `float16`. */
  readonly portTypes?: ReadonlyMap<string, string>
}

/** Some neighbouring weights of one tensor, as they come out of a file: there for as long as they are shown. */
export interface WeightPiece {
  readonly spec: TensorSpec
  /** Place of the tensor among the weights of the model. */
  readonly index: number
  /** Place of the first value in the tensor. */
  readonly from: number
  readonly values: OpenedWeight['values']
}

/** What files say of a model beside its weights, as it would be opened. */
export type ModelFrame = Pick<OpenedModel, 'topology' | 'signature' | 'metadata' | 'ml5Specs'>

/** Files whose kind is known, with all that was read of them to know it. */
export interface RecognisedModel {
  readonly format: FormatId
  /**
   * Names of files that are still needed, as the model spells them.
   * @throws StudioError 'open/...' where the list of them cannot be made out
   */
  readonly missing: () => readonly string[]
  /** @throws StudioError 'open/...' naming file, place, expected and found */
  readonly open: (between: Between) => Promise<OpenedModel>
  /**
   * Reads and checks all that `open` does, and holds no weights: each is shown in pieces, tensor after tensor.
   * @throws as `open`, and what `visit` throws
   */
  readonly walk: (visit: (piece: WeightPiece) => void, between: Between) => Promise<ModelFrame>
}

/** A model, and what its edits make of everything but its document. */
export interface EditedParts {
  readonly before: OpenedModel
  readonly edits: readonly GraphEdit[]
  readonly graph: ModelGraph
  readonly weights: readonly OpenedWeight[]
}

/** A kind of models that opens. */
export interface ModelFormat {
  readonly id: FormatId
  /**
   * Looks whether files are of this kind, and keeps what it has read for opening them. It reads by way
   * of the drop alone, so that formats which look at the same file share what they read.
   * @param between told how far a file is read that takes long to know
   * @returns null where they are something else
   * @throws StudioError 'open/...' where they can be nothing but this kind, and are broken
   */
  readonly recognise: (drop: Drop, between: Between) => Promise<RecognisedModel | null>
  /** Carries edits out on the document of the format; whatever they do not name stays as it came. */
  readonly edit: (parts: EditedParts) => OpenedModel
}
