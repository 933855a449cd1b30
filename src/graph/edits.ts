import type { ChannelLayout, TensorSpec } from '../core/tensor-spec'
import { elementCount } from '../core/tensor-spec'
import type { GraphLayer, ModelGraph } from './graph'
import type { GraphNode } from './operators'
import type { ValueName } from './values'

/**
 * A change of a model as data. Each format carries it out on its own document, so that whatever the graph does not
 * know of, names and metadata, stays as it came.
 */
export type GraphEdit =
  /** Of one axis of a weight only these indices stay, in order. */
  | {
      readonly kind: 'keep'
      readonly parameter: ValueName
      readonly axis: number
      readonly indices: readonly number[]
    }
  /** Nodes go; what read the value `to` reads `from`. */
  | {
      readonly kind: 'bypass'
      readonly nodes: readonly string[]
      readonly from: ValueName
      readonly to: ValueName
    }
  /** A reshape goes to other sides; see its attributes. */
  | { readonly kind: 'reshape'; readonly node: string; readonly to: readonly number[] }

/** The graph as its edits leave it; edits that name what is not there are passed over. */
export function editedGraph(graph: ModelGraph, edits: readonly GraphEdit[]): ModelGraph {
  return edits.reduce((left, edit) => {
    switch (edit.kind) {
      case 'keep':
        return withAxis(left, edit)
      case 'bypass':
        return without(left, edit)
      case 'reshape':
        return {
          ...left,
          nodes: left.nodes.map((node) =>
            node.id === edit.node && node.op === 'reshape'
              ? { ...node, attributes: { to: edit.to } }
              : node,
          ),
        }
    }
  }, graph)
}

type EditOf<Kind extends GraphEdit['kind']> = Extract<GraphEdit, { readonly kind: Kind }>

function withAxis(graph: ModelGraph, { axis, indices, parameter }: EditOf<'keep'>): ModelGraph {
  const spec = graph.parameters.get(parameter)
  if (spec === undefined) return graph
  const parameters = new Map(graph.parameters)
  parameters.set(parameter, keptSpec(spec, axis, indices.length))
  return { ...graph, parameters }
}

/** A weight of which `count` places of an axis are left. */
export function keptSpec(spec: TensorSpec, axis: number, count: number): TensorSpec {
  const shape = spec.shape.map((side, at) => (at === axis ? count : side))
  return { ...spec, shape, channel: layoutIn(spec.channel, spec.shape, shape) }
}

/** Where channels lie in a shape, of which some sides have become shorter. */
function layoutIn(
  { count, inner }: ChannelLayout,
  before: readonly number[],
  after: readonly number[],
): ChannelLayout {
  // Channels run over neighbouring axes: those behind them make up `inner`, they themselves `count`.
  let end = before.length
  while (end > 0 && elementCount(before.slice(end)) < inner) end--
  let begin = end
  while (begin > 0 && elementCount(before.slice(begin, end)) < count) begin--
  return {
    count: elementCount(after.slice(begin, end)),
    inner: Math.max(1, elementCount(after.slice(end))),
  }
}

function without(graph: ModelGraph, { from, nodes, to }: EditOf<'bypass'>): ModelGraph {
  const gone = new Set(nodes)
  const instead = <Value extends ValueName | null>(value: Value): Value | ValueName =>
    value === to ? from : value
  const left = graph.nodes
    .filter(({ id }) => !gone.has(id))
    .map((node): GraphNode => ({ ...node, inputs: node.inputs.map(instead) }))
  const layers = graph.layers.flatMap((layer): GraphLayer[] => {
    const own = layer.nodes.filter((id) => !gone.has(id))
    return own.length === 0 && layer.nodes.length > 0 ? [] : [{ ...layer, nodes: own }]
  })
  const read = new Set(left.flatMap(({ inputs }) => inputs))
  const dropped = new Set(
    graph.nodes
      .filter(({ id }) => gone.has(id))
      .flatMap(({ inputs }) => inputs)
      .filter((value) => !read.has(value)),
  )
  return {
    ...graph,
    nodes: left,
    layers,
    outputs: graph.outputs.map(instead),
    parameters: new Map([...graph.parameters].filter(([name]) => !dropped.has(name))),
    constants: new Map([...graph.constants].filter(([name]) => !dropped.has(name))),
  }
}
