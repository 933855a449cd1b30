import type {
  LayerSummary,
  ModelNote,
  ModelSummary,
  ModelTotals,
  Obstacles,
  OriginalSummary,
  OutputNames,
  OwnFiles,
  PortSummary,
  RemovedParts,
  Runtime,
  TensorSummary,
} from '../core/model-summary'
import { elementCount } from '../core/tensor-spec'
import { featureLayers } from '../graph/feature-layers'
import type { ModelGraph } from '../graph/graph'
import { macsOf } from '../graph/macs-of'
import { normalizes } from '../graph/normalizes'
import { isNoisy } from '../graph/without-noise'
import { opaqueLayers, shapesBehindOpaque } from '../graph/opaque-layers'
import { shownLinks } from '../graph/shown-links'
import { operatorName } from '../graph/unrunnable'
import type { Shape } from '../graph/values'
import { targetsOf } from './exporters'
import type { OpenedLayer, OpenedModel, OpenedWeight } from './format'

/** What only the built model knows. */
export interface BuiltFacts {
  readonly id: string
  readonly runtime: Runtime
  /** Output shape of each layer by its flattened name (`encoder/dense`), nested models included. */
  readonly outputShapes: ReadonlyMap<string, Shape>
  readonly inputs: readonly PortSummary[]
  readonly outputs: readonly PortSummary[]
  readonly outputNames: OutputNames | null
  /** What was found out after opening. */
  readonly notes: readonly ModelNote[]
  readonly zippedFloat32Bytes: number
  readonly own: OwnFiles | null
  /** What it was cut from; null: it is what was opened. */
  readonly cutFrom: {
    readonly summary: OriginalSummary
    readonly layers: readonly LayerSummary[]
  } | null
  readonly obstacles: Obstacles
  /** Names of the weights that training may change; null: all. */
  readonly learnt: ReadonlySet<string> | null
}

/** Makes the inventory of an open model; see `macsOf` for how work is counted. */
export function summarizeModel(model: OpenedModel, facts: BuiltFacts): ModelSummary {
  const weights = new Map(model.weights.map((weight) => [weight.spec.name, weight]))
  const links = shownLinks(model.graph)
  const macs = macsOf(model.graph, shapesBehindOpaque(model.graph, facts.outputShapes))
  const opaque = opaqueLayers(model.graph)
  const layers = model.layers.map((layer) => ({
    ...summarizeLayer(layer, weights, facts, model.graph.constants),
    inputs: links.get(layer.name) ?? [],
    macs: macs.get(layer.name) ?? null,
    opaque: opaque.has(layer.name),
  }))
  const { cutFrom, own, zippedFloat32Bytes } = facts
  const all = totals(layers)
  const itself = {
    name: model.name,
    parameters: all.parameters,
    macs: all.macs,
    float32Bytes: all.float32Bytes,
    zippedFloat32Bytes,
    own,
  }
  return {
    id: facts.id,
    name: model.name,
    format: model.format,
    runtime: facts.runtime,
    targets: targetsOf(model),
    layers,
    totals: all,
    inputs: facts.inputs,
    outputs: facts.outputs,
    outputNames: facts.outputNames,
    zippedFloat32Bytes,
    original: cutFrom?.summary ?? itself,
    removed: cutFrom && removedParts(cutFrom.layers, layers),
    features: facts.obstacles.train === null ? featureLayers(model.graph, facts.outputShapes) : [],
    normalizes: normalizes(model.graph),
    noisy: isNoisy(model.graph),
    notes: [...model.notes, ...opaqueNotes(model.graph), ...facts.notes],
    obstacles: facts.obstacles,
  }
}

/** So many are called by name. */
const NAMED = 3

/** Says which layers nothing is known of. */
function opaqueNotes(graph: ModelGraph): ModelNote[] {
  const { size } = opaqueLayers(graph)
  if (size === 0) return []
  const first = new Map(
    graph.nodes.flatMap((node) => (node.op === 'opaque' ? [[node.layer, node] as const] : [])),
  )
  const names = [...first.values()].slice(0, NAMED).map((node) => operatorName(graph, node))
  return [{ code: 'note/opaque-layers', params: { count: size, names: names.join('; ') } }]
}

/** Found by what both models hold, whoever removed it. */
function removedParts(
  before: readonly LayerSummary[],
  after: readonly LayerSummary[],
): RemovedParts {
  const left = new Map(after.map((layer) => [layer.name, layer]))
  // In files of another kind what only hands on has no row.
  const isRewritten = before.some(({ className, name }) => {
    const own = left.get(name)
    return own !== undefined && own.className !== className
  })
  return {
    layers: before.flatMap((layer) => {
      const [was, is] = [channelsOf(layer), channelsOf(left.get(layer.name))]
      return was === null || is === null || was === is
        ? []
        : [{ name: layer.name, before: was, after: is }]
    }),
    gone: before
      .filter(({ name, tensors }) => !left.has(name) && (tensors.length > 0 || !isRewritten))
      .map(({ name }) => name),
  }
}

/** Filters or neurons of a layer that has some of its own; a depthwise one follows its input. */
function channelsOf(layer: LayerSummary | undefined): number | null {
  const makes = layer?.tensors.some(({ spec }) => spec.role === 'kernel')
  return makes === true ? (layer?.outputShape?.at(-1) ?? null) : null
}

function summarizeLayer(
  layer: OpenedLayer,
  weights: ReadonlyMap<string, OpenedWeight>,
  { learnt, outputShapes }: Pick<BuiltFacts, 'learnt' | 'outputShapes'>,
  constants: OpenedModel['graph']['constants'],
): Omit<LayerSummary, 'inputs' | 'macs' | 'opaque'> {
  const own = layer.weightNames.flatMap((name) => weights.get(name) ?? [])
  const tensors = own.map(summarizeTensor)
  // Counts of batches, axes and sides are no parameters.
  const isCounted = ({ spec }: TensorSummary): boolean =>
    spec.dtype !== 'bytes' && !constants.has(spec.name)
  const counted = tensors.filter(isCounted)
  const parameters = sum(counted, (tensor) => tensor.elements)
  return {
    name: layer.name,
    className: layer.className,
    kind: layer.kind,
    outputShape: outputShapes.get(layer.name) ?? null,
    parameters,
    learnable: sum(counted, ({ elements, spec }) =>
      (learnt?.has(spec.name) ?? true) ? elements : 0,
    ),
    storedBytes: sum(tensors, (tensor) => tensor.storedBytes),
    float32Bytes: 4 * parameters + sum(tensors, (one) => (isCounted(one) ? 0 : one.storedBytes)),
    zeros: sum(tensors, (tensor) => tensor.zeros),
    tensors,
  }
}

function summarizeTensor(weight: OpenedWeight): TensorSummary {
  const { spec, storedAs, storedBytes, zeros } = weight
  return { spec, elements: elementCount(spec.shape), storedBytes, storedAs, zeros }
}

function totals(layers: readonly LayerSummary[]): ModelTotals {
  return {
    parameters: sum(layers, (layer) => layer.parameters),
    storedBytes: sum(layers, (layer) => layer.storedBytes),
    float32Bytes: sum(layers, (layer) => layer.float32Bytes),
    macs: layers.reduce<number | null>(
      (total, layer) => (total === null || layer.macs === null ? null : total + layer.macs),
      0,
    ),
    zeros: sum(layers, (layer) => layer.zeros),
  }
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
