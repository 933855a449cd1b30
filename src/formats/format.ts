import type { Codes } from '../core/encoded-tensor'
import type { FileBundle } from '../files/file-bundle'
import type {
  ContainerId,
  FormatId,
  ModelNote,
  Obstacles,
  TensorSummary,
} from '../core/model-summary'
import type { LayerKind, TensorSpec } from '../core/tensor-spec'
import type { Between } from '../files/between'

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

/** A validated model: nothing in it needs checking again, and tfjs has not seen it yet. */
export interface OpenedModel {
  readonly format: FormatId
  /** What an export writes where nobody chose: the kind of files that the model came in. */
  readonly container: ContainerId
  /** For titles and file names, without extension. */
  readonly name: string
  /** The file that holds the topology, for messages. */
  readonly file: string
  /**
   * What tfjs builds from and what an export writes: settings that tfjs would misread are translated,
   * so that stock TensorFlow.js computes with the exported file what the studio measured.
   */
  readonly topology: object
  /** Of a graph model: names, types and shapes of inputs and outputs, as the file has them. */
  readonly signature: object | null
  readonly layers: readonly OpenedLayer[]
  /** In manifest order; exports keep it. */
  readonly weights: readonly OpenedWeight[]
  /** `userDefinedMetadata` of the file (class names, for example), carried into exports. */
  readonly metadata: object | null
  readonly notes: readonly ModelNote[]
  /** What the files say against running, training or cutting the model; its weights are there anyway. */
  readonly obstacles: Obstacles
}

export interface Importer {
  readonly id: string
  /** Looks at names and first bytes only; never throws. */
  readonly match: (bundle: FileBundle) => Promise<boolean>
  /** @throws StudioError 'open/...' */
  readonly open: (bundle: FileBundle, between: Between) => Promise<OpenedModel>
}
