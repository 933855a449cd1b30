import type { StudioErrorData } from './errors'
import type { RangeMethod } from './activation-range'
import type { LayerKind, TensorSpec } from './tensor-spec'

/** The kinds of models that open. */
export type FormatId = 'tfjs-layers' | 'tfjs-graph' | 'keras' | 'onnx' | 'safetensors' | 'pytorch'

/** What computes a model: stock TensorFlow.js, the studio's own kernels by its graph, or the runtime of ONNX. */
export const runtimes = ['stock', 'own', 'onnxRuntime'] as const
export type Runtime = (typeof runtimes)[number]

/** The kinds of files that a model can be written as. */
export const containerIds = [
  ...(['tfjs', 'safetensors', 'onnx'] as const),
  ...(['keras', 'kerasH5', 'kerasWeights'] as const),
] as const
export type ContainerId = (typeof containerIds)[number]

/** The container of ONNX, which is called as the format is: who asks for it asks what is written, not what was opened. */
export const ONNX_FILES = 'onnx' as const satisfies ContainerId

/** Files of Keras, which models are also written as and which none has for its own. */
export type KerasContainer = Extract<ContainerId, `keras${string}`>

export function isKerasContainer(container: ContainerId): container is KerasContainer {
  return container.startsWith('keras')
}

/**
 * exact: each tensor in the smallest entry that the container can hold without changing a value; where no step has
 * changed any, each in the entry that it came in.
 * packed: the same, and codes with their scales or levels where operators of the model itself can decode them.
 * float32: decoded values. float16: decoded values rounded once more, and measured as such.
 * static8: activations are codes of 8 bits too, over ranges that samples have shown. dynamic8: what products of matrices are given
 * becomes codes of 8 bits as it comes. nBits: products of matrices read codes of 2, 4 or 8 bits themselves.
 */
export const precisions = [
  ...(['exact', 'packed', 'float32', 'float16'] as const),
  ...(['static8', 'dynamic8', 'nBits'] as const),
] as const
export type Precision = (typeof precisions)[number]

/** What is computed otherwise than with real numbers; it is written where somebody asks for it, and not beside others. */
export function isComputedOtherwise({ precision }: Pick<ExportTarget, 'precision'>): boolean {
  return precision === 'static8' || precision === 'dynamic8' || precision === 'nBits'
}

/** How activations become codes of 8 bits. */
export interface ActivationSettings {
  readonly range: RangeMethod
  /** int8, else uint8. */
  readonly signed: boolean
}

/** What a download is to be. */
export interface ExportTarget {
  readonly container: ContainerId
  readonly precision: Precision
  /** Where activations become codes. */
  readonly activations?: ActivationSettings
}

/** Whether two are of one kind, whatever their settings. */
export function isSameKind(one: ExportTarget, other: ExportTarget | null): boolean {
  return one.container === other?.container && one.precision === other.precision
}

export function isSameTarget(one: ExportTarget, other: ExportTarget | null): boolean {
  return (
    isSameKind(one, other) &&
    one.activations?.range === other?.activations?.range &&
    one.activations?.signed === other?.activations?.signed
  )
}

/** uint8: onnxruntime takes int8 for it on x86 and in pages, but for values that several operators read, which it then decodes. */
export const usualActivations: ActivationSettings = { range: 'percentile', signed: false }

/** What cannot be done with a model, and why; null where nothing is known to speak against it. */
export interface Obstacles {
  /** Without running it is open for work on its weights alone. */
  readonly run: StudioErrorData | null
  readonly train: StudioErrorData | null
  /** Losing filters, neurons and blocks. */
  readonly cut: StudioErrorData | null
}

export const noObstacles: Obstacles = { run: null, train: null, cut: null }

/** What cannot run can neither be trained nor lose anything. */
export function cannotRun(reason: StudioErrorData): Obstacles {
  return { run: reason, train: reason, cut: reason }
}

/** How a file holds the elements of a tensor. */
export type StoredAs =
  | ('float64' | 'float32' | 'float16' | 'bfloat16' | 'float8' | 'float6' | 'float4')
  | ('uint64' | 'uint32' | 'uint16' | 'uint8' | 'int64' | 'int32' | 'int16' | 'int8')
  | ('uint4' | 'uint2' | 'uint1' | 'int4' | 'int2' | 'bool' | 'complex64')

/** Whether floats of a file take less room than float32: as codes, or as shorter floats. */
export function isShort(storedAs: StoredAs): boolean {
  return /^(?:u?int(?:1|2|4|8|16)|float16|bfloat16|float[468])$/.test(storedAs)
}

/** One weight tensor as the inventory shows it. */
export interface TensorSummary {
  readonly spec: TensorSpec
  readonly elements: number
  /** Bytes in the file that was opened (a uint8 entry counts 1 each). */
  readonly storedBytes: number
  readonly storedAs: StoredAs
  readonly zeros: number
}

export interface LayerSummary {
  readonly name: string
  readonly className: string
  readonly kind: LayerKind
  /** Names of the layers whose values it reads, in all its calls, each once; those that are not listed are gone through. */
  readonly inputs: readonly string[]
  /** null where the file does not say. */
  readonly outputShape: readonly (number | null)[] | null
  readonly parameters: number
  /** Of them, those that training may change. */
  readonly learnable: number
  readonly storedBytes: number
  readonly float32Bytes: number
  /** Multiply-accumulates for one sample; null where the output shape is not static, and of opaque layers. */
  readonly macs: number | null
  /** What it computes is not known: it stays as it is, and so do all channels that it reads. */
  readonly opaque: boolean
  readonly zeros: number
  readonly tensors: readonly TensorSummary[]
}

/** The first layer whose work stays unknown, beside those of which nothing is known anyway; null: all others are counted. */
export function uncountedLayer(layers: readonly LayerSummary[]): string | null {
  return layers.find(({ macs, opaque }) => macs === null && !opaque)?.name ?? null
}

export interface PortSummary {
  readonly name: string
  readonly shape: readonly (number | null)[]
  readonly dtype: string
}

/** What the outputs of a model are called, and which file says so. */
export interface OutputNames {
  /** One for each output; two for a model of one output, for its small and its large numbers. */
  readonly names: readonly string[]
  readonly file: string
}

export interface ModelTotals {
  readonly parameters: number
  readonly storedBytes: number
  readonly float32Bytes: number
  readonly macs: number | null
  readonly zeros: number
}

/** The files that a person dropped, where they are no plain float32. Bytes. */
export interface OwnFiles {
  /** Of the files as they are, zipped by the studio. */
  readonly zippedBytes: number
  /** Of their weights, as stored. */
  readonly storedBytes: number
}

/** What the person opened: every result is compared with it, also once filters were removed from it. */
export interface OriginalSummary {
  readonly name: string
  readonly parameters: number
  /** Of one sample; null where the file leaves it open. */
  readonly macs: number | null
  /** Of the weights, as float32. */
  readonly float32Bytes: number
  /** As an ordinary float32 model, zipped by the same exporter. */
  readonly zippedFloat32Bytes: number
  /** null: the files are float32 already. */
  readonly own: OwnFiles | null
}

/** What the open model lacks of the original. */
export interface RemovedParts {
  /** Layers with fewer filters or neurons. */
  readonly layers: readonly {
    readonly name: string
    readonly before: number
    readonly after: number
  }[]
  /** Layers that are gone as a whole. */
  readonly gone: readonly string[]
}

/** A layer that a hint can compare with one of another model. */
export interface LayerFeatures {
  readonly name: string
  /** Of what it says, the batch first, channels last. */
  readonly shape: readonly (number | null)[]
}

/** The inventory of an open model: everything the page needs to know without holding a tensor. */
export interface ModelSummary {
  /** Changes with every opened model; stale messages are recognised by it. */
  readonly id: string
  readonly name: string
  readonly format: FormatId
  /** What it is measured with, where it can run. */
  readonly runtime: Runtime
  /** What measures settings before there is a file, where that is another. */
  readonly measuredBy?: Runtime
  /** What it can be downloaded as; the first where nobody chose. */
  readonly targets: readonly ExportTarget[]
  readonly layers: readonly LayerSummary[]
  readonly totals: ModelTotals
  readonly inputs: readonly PortSummary[]
  readonly outputs: readonly PortSummary[]
  /** As the files that came with the model say; null where none does. */
  readonly outputNames: OutputNames | null
  /** This model as an ordinary float32 model, zipped by the exporter. */
  readonly zippedFloat32Bytes: number
  /** The honest "before": of this model itself where nothing was removed. */
  readonly original: OriginalSummary
  /** null: it is what was opened. */
  readonly removed: RemovedParts | null
  /** Layers that hints can look into; none where it cannot be trained. */
  readonly features: readonly LayerFeatures[]
  /** Whether some of it is batch normalisation. */
  readonly normalizes: boolean
  /** Whether some of it is dropout, or other noise of training. */
  readonly noisy: boolean
  /** Things worth knowing that did not stop the model from opening, as facts for the language file. */
  readonly notes: readonly ModelNote[]
  readonly obstacles: Obstacles
}

/** Samples that a graph was frozen to, which it takes at once and in no other number; null: it takes any. */
export function frozenBatchOf({
  inputs,
  notes,
}: Pick<ModelSummary, 'inputs' | 'notes'>): number | null {
  const isGraph = notes.some(({ code }) => code === 'note/graph-model')
  return isGraph ? (inputs.map(({ shape: [first = null] }) => first).find(isCount) ?? null) : null
}

function isCount(side: number | null): side is number {
  return side !== null
}

export interface ModelNote {
  readonly code:
    | 'note/translated-setting'
    | 'note/training-only'
    | 'note/no-format-key'
    | 'note/quantized-weights'
    | 'note/kept-as-bytes'
    | 'note/kept-not-finite'
    | 'note/part-of-checkpoint'
    | 'note/layers-by-name'
    | 'note/renamed-weights'
    | 'note/optimizer-state'
    | 'note/graph-model'
    | 'note/opaque-layers'
    | 'note/unwrapped-layers'
    | 'note/kept-zeros'
    | 'note/trained-ranges'
    | 'note/own-runtime'
    | 'note/half-precision'
    | 'note/low-rank'
    | 'note/named-outputs'
    | 'note/onnx-runtime'
    | 'note/onnx-newer'
    | 'note/any-batch'
    | 'note/folded-by-torch'
    | 'note/by-onnx-runtime'
    | 'note/range-of-batch'
    | 'note/statistics-of-batch'
    | 'note/empty-weight'
    | 'note/graph-download'
    | 'note/output-twice'
    | 'note/wrong-on-wasm'
    | 'note/read-twice'
    | 'note/as-graph-model'
    | 'note/as-keras-computes'
    | 'note/not-written'
    | 'note/not-written-open'
    | 'note/not-written-steps'
    | 'note/not-written-size'
    | 'note/paired-by-size'
    | 'note/output-names'
    | 'note/names-unused'
    | 'note/names-rival'
    | 'note/preparation'
    | 'note/scaled-pictures'
    | 'note/scaled-columns'
  readonly params: Readonly<Record<string, string | number>>
}
