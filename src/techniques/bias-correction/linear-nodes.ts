import type { GraphLayer, ModelGraph } from '../../graph/graph'
import type { GraphNode, NodeOf } from '../../graph/operators'
import { readersOf } from '../../graph/readers-of'
import type { ValueName } from '../../graph/values'

/** Its outputs, before its bias, are sums of what it reads times its kernel, the second input. */
export type LinearNode = NodeOf<'conv' | 'depthwiseConv' | 'matMul'>

/** Why the mean of what a layer gives does not follow from that of what it reads. */
export type NotLinear = 'kind' | 'several' | 'inputs'

type Sides = ModelGraph['parameters']

/** The nodes of a graph by name, and by the values that they read. */
export interface GraphIndex {
  readonly nodes: ReadonlyMap<string, GraphNode>
  readonly readers: ReadonlyMap<ValueName, readonly GraphNode[]>
}

export function indexed({ nodes }: ModelGraph): GraphIndex {
  return { nodes: new Map(nodes.map((node) => [node.id, node])), readers: readersOf(nodes) }
}

/**
 * The nodes that multiply with the kernels of a layer: one, or of a separable convolution the depthwise one and then
 * the pointwise one. The first reads what the layer is given, each other one what the one before it gives.
 * @param kernels of the layer, at least one
 */
export function linearNodes(
  layer: GraphLayer,
  kernels: readonly ValueName[],
  { parameters }: ModelGraph,
  { nodes, readers }: GraphIndex,
): readonly LinearNode[] | NotLinear {
  const reading = kernels.map((kernel) => readers.get(kernel) ?? [])
  if (reading.flat().some((node) => !isLinear(node, parameters))) return 'kind'
  if (reading.some(({ length }) => length > 1)) return 'several'
  const carriers = layer.nodes.flatMap((id) => nodes.get(id) ?? [])
  const linear = carriers.filter(
    (node): node is LinearNode => reading.flat().includes(node) && isLinear(node, parameters),
  )
  // Nothing runs it, or another layer has its kernel.
  if (linear.length !== kernels.length) return 'inputs'
  if (!linear.slice(1).every((node, at) => isBehind(linear[at], node, parameters))) return 'kind'
  return linear[0]?.inputs[0] === firstRead(carriers, parameters) ? linear : 'inputs'
}

function isLinear(node: GraphNode, parameters: Sides): node is LinearNode {
  const shape = parameters.get(node.inputs[1] ?? '')?.shape
  switch (node.op) {
    case 'conv':
    case 'depthwiseConv':
      return shape !== undefined
    case 'matMul':
      return shape?.length === 2 && !node.attributes.transposeA
    default:
      return false
  }
}

/** What comes in between is neither shifted nor bent, and each of its places weighs the same. */
function isBehind(before: LinearNode | undefined, node: LinearNode, parameters: Sides): boolean {
  return (
    before !== undefined &&
    (before.inputs[2] ?? null) === null &&
    node.inputs[0] === before.outputs[0] &&
    isPointwise(node, parameters)
  )
}

/** A window of one place that goes to every place. */
function isPointwise(node: LinearNode, parameters: Sides): boolean {
  if (node.op === 'matMul') return true
  const { kernel, padding, strides } = node.attributes
  const shape = parameters.get(node.inputs[1] ?? '')?.shape ?? []
  const pads = typeof padding === 'string' ? [] : [...padding.begin, ...padding.end]
  return (
    kernel.spatial.every((axis) => shape[axis] === 1) &&
    strides.every((stride) => stride === 1) &&
    pads.every((places) => places === 0)
  )
}

/** What statistics of a layer's inputs are of: the first that its nodes read and that is not its own. */
function firstRead(carriers: readonly GraphNode[], parameters: Sides): ValueName | null {
  const made = new Set(carriers.flatMap(({ outputs }) => outputs))
  const read = carriers.flatMap(({ inputs }) => inputs)
  return read.find((value) => value !== null && !made.has(value) && !parameters.has(value)) ?? null
}
