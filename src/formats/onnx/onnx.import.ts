import type { ContainerId } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import { shortText } from '../../core/short-text'
import type { Between } from '../../files/between'
import type { Drop } from '../../files/drop'
import { checkName } from '../../files/read-json'
import { freeBatch } from '../../graph/batch/free-batch'
import { directWeights } from '../../graph/direct-weights'
import type { ModelGraph } from '../../graph/graph'
import { unrunnable } from '../../graph/unrunnable'
import type {
  EditedParts,
  ModelFormat,
  ModelFrame,
  OpenedLayer,
  OpenedModel,
  RefillableFile,
  WeightPiece,
} from '../format'
import { isRefused } from '../graph-writing/not-writable'
import { readTensors, walkTensors } from '../named-weights/read-tensors'
import { editNamed } from '../named-weights/open-named'
import { readCompanions } from '../tfjs-files/companions'
import { modelName } from '../tfjs-files/find-model-json'
import { graphDownload } from '../tfjs-files/graph-download'
import { weightNotes } from '../tfjs-files/model-notes'
import { readersOf } from './assign-weights'
import { findOnnx } from './find-onnx'
import type { FoundOnnx } from './find-onnx'
import { partsOf } from './graph-parts'
import type { NamedOnnxTensor } from './graph-parts'
import { inputsOf } from './graph-inputs'
import { numbersOf } from './lowering/attribute-numbers'
import { lowerOnnx } from './lowering/lower-onnx'
import { OnnxSource } from './onnx-source'
import { quantizedWeights } from './quantized-weights'
import { tellTensors } from './read-weights'
import type { OnnxWeight } from './read-weights'
import { isBeside } from './files-beside'
import { notesOf, obstaclesOf } from './obstacles'
import type { OnnxGraph, OnnxNode, OnnxType } from './onnx-model'
import { PRODUCER } from './writing/from-graph/encode-model'
import { graphFile } from './writing/from-graph/graph-file'
import { graphSkeleton } from './writing/from-graph/graph-skeleton'
import { isOneFile } from './writing/onnx-files'
import { refillableOnnx } from './writing/refillable-onnx'

/** Models of ONNX, in one file or with their weights in others. */
export const onnx: ModelFormat = {
  id: 'onnx',
  recognise: async (drop, between) => {
    const found = await findOnnx(drop, between)
    if (found === null) return null
    return {
      format: 'onnx',
      missing: () => found.missing,
      open: (between) => open(found, drop, between),
      walk: (visit, between) => walk(found, visit, between),
    }
  },
  edit: editOnnx,
}

interface Prepared {
  readonly nodes: readonly OnnxNode[]
  readonly graph: ModelGraph
  /** Its file takes one sample at a time, and it takes any number. */
  readonly isFreed: boolean
  readonly layers: readonly OpenedLayer[]
  readonly weights: readonly OnnxWeight[]
  /** The same as the file has them. */
  readonly held: readonly NamedOnnxTensor[]
  readonly specs: readonly TensorSpec[]
  /** All of its weights can be replaced by other real numbers. */
  readonly isRefillable: boolean
}

const ENDING = /\.onnx$/i

/** What exporters call every graph says nothing. */
function ownName(name: string): string {
  return /^(?:main_?graph|main|torch[-_]jit.*|tf2onnx|graph|)$/i.test(name) ? 'model' : name
}

/** @throws StudioError 'open/onnx-field', 'open/missing-shards', 'open/non-finite', 'open/not-read', 'open/forbidden-name' */
async function open(found: FoundOnnx, drop: Drop, between: Between): Promise<OpenedModel> {
  const { files, model } = found
  const file = files.model
  const { graph, held, isFreed, isRefillable, layers, nodes, specs, ...all } = await prepared(found)
  const { weights: read } = all
  const tensors = read.map(({ tensor }) => tensor)
  const weights = await readTensors({ tensors, specs, between, odd: null })
  const used = [file, ...files.external.values()]
  const isStrange = unrunnable(graph).length > 0
  const skeleton = isStrange || isRefillable ? await refillableOnnx(found, held) : null
  const refillable = isStrange && skeleton !== null && isOneFile(skeleton) ? skeleton : null
  const obstacles = obstaclesOf(file.path, { graph, nodes }, refillable !== null)
  // Files of TensorFlow.js hold numbers alone, and some of each weight.
  const runs = obstacles.run === null && refillable === null
  const empty = specs.find(({ shape }) => shape.includes(0))
  const isTfjs = runs && empty === undefined && specs.every(({ dtype }) => dtype !== 'bytes')
  const download = isTfjs ? graphDownload(file.path, graph, specs) : null
  // What is left of a cut model is written as ONNX where TensorFlow.js has no place for it.
  const isCuttable =
    (download?.obstacle ?? null) === null || !isRefused(graphSkeleton(graph, specs))
  const opened: OpenedModel = {
    format: 'onnx',
    ...containersOf(isTfjs ? 'tfjs' : 'safetensors', isRefillable ? skeleton : null),
    name: modelName(file, drop.zip, ownName(model.graph.name), ENDING),
    ...{ file: file.path, files: used, layers, graph, weights },
    ...frameOf(found),
    companions: await readCompanions(
      file,
      drop.files.filter((other) => !used.includes(other)),
    ),
    beside: drop.files.filter((other) => !used.includes(other) && isBeside(other)),
    notes: [
      ...notesOf(found, nodes, obstacles, skeleton === null ? download : null),
      ...(runs && empty !== undefined
        ? [{ code: 'note/empty-weight', params: { tensor: shortText(empty.name) } } as const]
        : []),
      ...(isFreed ? [{ code: 'note/any-batch', params: {} } as const] : []),
      ...weightNotes(weights),
    ],
    obstacles: {
      ...obstacles,
      cut: obstacles.cut ?? (isCuttable ? null : (download?.obstacle ?? null)),
    },
    ...(refillable === null ? {} : { refillable }),
    portTypes: portTypesOf(model.graph),
  }
  return opened.container === 'onnx' ? opened : asOnnx(opened)
}

/** Its own file where that can be written, else what holds its graph or its weights. */
function containersOf(
  other: ContainerId,
  skeleton: RefillableFile | null,
): Pick<OpenedModel, 'container' | 'alsoAs' | 'skeleton'> {
  return skeleton === null ? { container: other } : { container: 'onnx', alsoAs: [other], skeleton }
}

/** Its file says the model as it was: what is left of it is written from its graph. */
function editOnnx({ before, ...edited }: EditedParts): OpenedModel {
  const { alsoAs = [], skeleton: _, ...rest } = before
  const [container = before.container] = alsoAs
  return asOnnx(editNamed({ ...edited, before: { ...rest, container } }))
}

/** Whose own file cannot be filled again, as one with codes in it: its graph is written as ONNX first of all, where that can be. */
function asOnnx(model: OpenedModel): OpenedModel {
  return graphFile(model) === null
    ? model
    : { ...model, container: 'onnx', alsoAs: [model.container] }
}

/** Those that a graph has no word for. */
const portTypes: ReadonlyMap<OnnxType, string> = new Map([
  ['I64', 'int64'],
  ['F16', 'float16'],
])

function portTypesOf({ inputs, outputs }: OnnxGraph): ReadonlyMap<string, string> {
  return new Map(
    [...inputs, ...outputs].flatMap(({ name, type }) => {
      const own = type === null ? undefined : portTypes.get(type)
      return own === undefined ? [] : [[name, own] as const]
    }),
  )
}

/** @throws as `open`, and what `visit` throws */
async function walk(
  found: FoundOnnx,
  visit: (piece: WeightPiece) => void,
  between: Between,
): Promise<ModelFrame> {
  const { specs, weights } = await prepared(found)
  const tensors = weights.map(({ tensor }) => tensor)
  await walkTensors({ tensors, specs, between, odd: null }, visit)
  return frameOf(found)
}

function frameOf({ model }: FoundOnnx): ModelFrame {
  const metadata = model.metadata.size === 0 ? null : Object.fromEntries(model.metadata)
  return { topology: {}, signature: null, metadata, ml5Specs: null }
}

/** Of what the runtime of ONNX computes, codes stay codes: no other numbers can be put in their place. */
async function prepared(found: FoundOnnx): Promise<Prepared> {
  const decoded = await preparedAs(found, quantizedWeights)
  const isDecoded = decoded.weights.some(({ tensor }) => tensor.kind === 'coded')
  if (!isDecoded || unrunnable(decoded.graph).length === 0) return decoded
  return preparedAs(found, (parts) => ({ ...parts, coded: new Map() }))
}

async function preparedAs(
  { files, model }: FoundOnnx,
  decode: typeof quantizedWeights,
): Promise<Prepared> {
  const source = new OnnxSource(files.model)
  const parts = partsOf(model.graph, (...facts) => source.refused(...facts))
  const outputs = model.graph.outputs.map(({ name }) => name)
  const { nodes, tensors, coded } = decode(parts, outputs, files)
  for (const { name, shape } of coded.values()) source.count.add(name, name, shape)
  const isOwn = model.producer === PRODUCER
  const { weights, constants } = await tellTensors(tensors, readersOf(nodes), coded, files, isOwn)
  const rows = rowsOf(nodes, weights)
  const specs = weights.map((weight) => specOf(weight))
  for (const { name } of [...specs, ...rows]) checkName(files.model.path, shortText(name), name)
  const real = specs.filter(({ dtype }) => dtype === 'float32')
  const graph = lowerOnnx({
    ...{ nodes, constants, layers: rows },
    unread: new Set(specs.filter(({ dtype }) => dtype === 'bytes').map(({ name }) => name)),
    inputs: inputsOf(model.graph, parts.tensors),
    outputs,
    parameters: new Map(real.map((spec) => [spec.name, spec])),
    types: typesOf(model.graph, tensors, coded),
    version: model.opsets.get('') ?? 1,
    numbers: await numbersOf(nodes, files),
  })
  const direct = directWeights(graph)
  // What runs the file itself takes as many samples as the file does.
  const free = unrunnable(direct).length === 0 ? freeBatch(direct) : null
  const names = new Set(specs.map(({ name }) => name))
  const held = tensors.filter(({ name }) => names.has(name))
  return {
    ...{ graph: free ?? direct, isFreed: free !== null },
    ...{ layers: rows, nodes, weights, held, specs },
    isRefillable: coded.size === 0,
  }
}

/** Of what is given and of what the file holds. */
function typesOf(
  { inputs }: OnnxGraph,
  tensors: readonly NamedOnnxTensor[],
  coded: ReadonlyMap<string, unknown>,
) {
  const typeOf = ({ name, tensor }: NamedOnnxTensor) => (coded.has(name) ? 'F32' : tensor.type)
  return new Map([
    ...inputs.flatMap(({ name, type }) => (type === null ? [] : [[name, type] as const])),
    ...tensors.map((one) => [one.name, typeOf(one)] as const),
  ])
}

function specOf({ dtype, meaning, tensor, use }: OnnxWeight): TensorSpec {
  return {
    ...{ name: tensor.name, shape: tensor.shape, dtype, role: meaning.role },
    layerName: use?.node.name ?? tensor.name,
    ...{ layerKind: meaning.kind, channel: meaning.channel },
  }
}

/** An operator with its weights is a row; a weight that nobody reads is one by itself. */
function rowsOf(nodes: readonly OnnxNode[], weights: readonly OnnxWeight[]): OpenedLayer[] {
  const own = new Map<string, OnnxWeight[]>()
  for (const weight of weights) {
    const layer = weight.use?.node.name ?? weight.tensor.name
    own.set(layer, [...(own.get(layer) ?? []), weight])
  }
  const makers = new Map(nodes.flatMap(({ name, outputs }) => outputs.map((out) => [out, name])))
  const rows = nodes.map((node): OpenedLayer => {
    const held = own.get(node.name) ?? []
    own.delete(node.name)
    return {
      ...{ name: node.name, className: node.op, kind: kindOf(held) },
      weightNames: held.map(({ tensor }) => tensor.name),
      config: {},
      inputs: node.inputs.flatMap((input) => makers.get(input) ?? []),
      calls: 1,
    }
  })
  const loose = [...own].map(([name, held]): OpenedLayer => ({
    ...{ name, className: 'Initializer', kind: kindOf(held), config: {}, inputs: [], calls: null },
    weightNames: held.map(({ tensor }) => tensor.name),
  }))
  return [...rows, ...loose]
}

function kindOf(weights: readonly OnnxWeight[]): OpenedLayer['kind'] {
  return weights.find(({ meaning }) => meaning.kind !== 'other')?.meaning.kind ?? 'other'
}
