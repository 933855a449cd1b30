import type { EncodedTensor } from '../core/encoded-tensor'
import type { FileBundle } from '../core/file-bundle'
import type { ModelNote, TensorSummary } from '../core/model-summary'
import type { LayerKind, TensorSpec } from '../core/tensor-spec'

/** One weight as it came out of the file, decoded to what the running model uses. */
export interface OpenedWeight {
  readonly spec: TensorSpec
  readonly values: Float32Array | Int32Array | Uint8Array
  readonly storedAs: TensorSummary['storedAs']
  readonly storedBytes: number
  readonly zeros: number
}

/** A layer as the topology declares it, nested models flattened with `outer/inner` names. */
export interface OpenedLayer {
  readonly name: string
  readonly className: string
  readonly kind: LayerKind
  /** Names of its weights in `OpenedModel.weights`. */
  readonly weightNames: readonly string[]
}

/** A validated model: nothing in it needs checking again, and tfjs has not seen it yet. */
export interface OpenedModel {
  readonly format: 'tfjs-layers'
  /** For titles and file names, without extension. */
  readonly name: string
  /** The file that holds the topology, for messages. */
  readonly file: string
  /** What tfjs builds from: settings that it would misread are translated. */
  readonly topology: object
  /** What an export writes back: the topology as it came. */
  readonly sourceTopology: object
  readonly layers: readonly OpenedLayer[]
  /** In manifest order; exports keep it. */
  readonly weights: readonly OpenedWeight[]
  readonly notes: readonly ModelNote[]
}

/** Called now and then by long reads; throws to cancel. */
export type Checkpoint = (done: number, total: number) => Promise<void>

export interface Importer {
  readonly id: string
  /** Looks at names and first bytes only; never throws. */
  readonly match: (bundle: FileBundle) => Promise<boolean>
  /** @throws StudioError 'open/...' */
  readonly open: (bundle: FileBundle, checkpoint: Checkpoint) => Promise<OpenedModel>
}

/** A file of an exported model. */
export interface ExportedFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Encoded weights in manifest order; weights that no step may touch come as they were opened. */
export type ExportTensor = EncodedTensor | OpenedWeight
