import { rowName } from '../tfjs-files/graph-download'
import { isStudioError } from '../../core/errors'
import type { StudioError } from '../../core/errors'
import type { ModelNote } from '../../core/model-summary'
import type { TensorSpec } from '../../core/tensor-spec'
import type { JsonObject } from '../../files/read-json'
import type { ModelGraph } from '../../graph/graph'
import type { GraphNode } from '../../graph/operators'
import { shapesOf } from '../../graph/shapes-of'
import { stockName } from '../tfjs-files/stock-names'
import { checkGraph } from '../tfjs-layers/check-graph'
import { flattenLayers, stockSpelling } from '../tfjs-layers/flatten-layers'
import { lowerLayers } from '../tfjs-layers/lowering/lower-layers'
import { stockMeaning } from '../tfjs-layers/lowering/meaning'
import type { Meaning } from '../tfjs-layers/lowering/meaning'
import { parseTopology } from '../tfjs-layers/parse-topology'
import type { TopologyModel } from '../tfjs-layers/topology'

/** What stock TensorFlow.js makes of the layers of a file of Keras. */
interface StockLayers {
  /** What it builds the same model from; empty where it cannot. */
  readonly topology: object
  readonly notes: readonly ModelNote[]
  /** The layer that it cannot build; null where it builds all. */
  readonly missing: string | null
}

/** What layers compute, as Keras does. */
interface Meant {
  readonly graph: ModelGraph
  readonly specs: ReadonlyMap<string, TensorSpec>
}

/**
 * Layers that stock TensorFlow.js computes as Keras does, settings translated: what TensorFlow.js makes of them is written
 * in operators as well, and has to be the same graph.
 * @param described the model as Keras describes it, with the version that wrote it
 */
export function asStockLayers(file: string, described: JsonObject, meant: Meant): StockLayers {
  try {
    const { model, topology, notes } = parseTopology(file, described)
    checkGraph(file, model)
    const other = firstDifference(meant.graph, lowerLayers(model, meant.specs, spelledSafely))
    if (other !== null) return without(rowName(meant.graph, other))
    const wrong = wrongOnWebAssembly(meant.graph)
    if (wrong !== null) return without(rowName(meant.graph, wrong.layer))
    sayShapes(model, '', meant.graph)
    return { topology, notes, missing: null }
  } catch (error) {
    if (!isStudioError(error)) throw error
    return without(whatOf(error))
  }
}

/**
 * A node whose kernel of stock TensorFlow.js gives other numbers on WebAssembly than elsewhere, and that a graph model says by others.
 */
function wrongOnWebAssembly({ nodes }: ModelGraph): GraphNode | null {
  const isMostInSpace = (node: GraphNode): boolean =>
    node.op === 'pool' && node.attributes.function === 'Max' && node.attributes.window.length === 3
  return nodes.find(isMostInSpace) ?? null
}

/** TensorFlow.js does not work out a side that a Reshape leaves open, and then cannot build what reads it. */
function sayShapes({ layers }: TopologyModel, above: string, graph: ModelGraph): void {
  let shapes: ReturnType<typeof shapesOf> | null = null
  for (const { className, config, model, name } of layers) {
    if (model !== null) sayShapes(model, `${above}${name}/`, graph)
    const { target_shape: sides } = config.object
    if (className !== 'Reshape' || !Array.isArray(sides) || !sides.includes(-1)) continue
    shapes ??= shapesOf(graph)
    const row = graph.layers.find((layer) => layer.name === above + name)
    const known = shapes.get(row?.outputs[0] ?? '')?.slice(1)
    if (known !== undefined && known.every((side) => side !== null))
      config.object['target_shape'] = [...known]
  }
}

/** Names of weights are those of the other graph. */
const spelledSafely: Meaning = {
  ...stockMeaning,
  rows: (model) => flattenLayers(model, { ...stockSpelling, spelled: stockName }),
}

function without(missing: string): StockLayers {
  return { topology: {}, notes: [], missing }
}

/** The layer, with what of it TensorFlow.js does otherwise. */
export function whatOf({ params }: StudioError): string {
  const { className, field, layer, setting, value } = params
  if (layer === undefined) return String(field ?? '')
  if (setting !== undefined) return `${layer} (${setting} = ${value})`
  return className === undefined ? String(layer) : `${layer} (${className})`
}

/** The first layer that does not compute the same; null where all do. */
export function firstDifference(one: ModelGraph, other: ModelGraph): string | null {
  const others = new Map(other.nodes.map((node) => [node.id, textOf(node)]))
  const different = one.nodes.find((node) => others.get(node.id) !== textOf(node))
  if (different !== undefined) return different.layer
  if (one.nodes.length !== other.nodes.length) return other.nodes.at(-1)?.layer ?? ''
  const ends = ({ inputs, outputs, constants }: ModelGraph): string =>
    JSON.stringify([inputs, outputs, [...constants].toSorted()])
  return ends(one) === ends(other) ? null : (one.nodes.at(-1)?.layer ?? '')
}

/** Noise of training does not count: what learns there learns by the graph. */
function textOf({ attributes, inputs, layer, op, outputs }: GraphNode): string {
  const plain = op === 'noise' ? ['identity', {}] : [op, attributes]
  return JSON.stringify([layer, ...plain, inputs, outputs])
}
