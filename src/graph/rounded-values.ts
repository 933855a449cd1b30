import type { ModelGraph } from './graph'
import { liveNodes } from './live-nodes'
import type { GraphNode, OpName } from './operators'
import { readersOf } from './readers-of'
import { valueTypes } from './value-types'
import type { ValueName } from './values'

/** They hand on what they get, or a choice of it: what they read is rounded already. */
const handsOn: ReadonlySet<OpName> = new Set<OpName>([
  ...(['identity', 'reshape', 'squeeze', 'unsqueeze', 'transpose', 'expand', 'tile'] as const),
  ...(['noise', 'pad', 'slice', 'split', 'gather', 'depthToSpace', 'resize', 'cast'] as const),
])

/** What inference engines of few bits compute in one piece with what they read. */
const fused: ReadonlySet<OpName> = new Set<OpName>([
  ...(['unary', 'batchNormalization', 'prelu', 'softmax'] as const),
])

/**
 * Values that inference engines of few bits round: what operators compute of the inputs and others read. What the outputs
 * are made of are scores, which nobody rounds.
 */
export function roundedValues(graph: ModelGraph): readonly ValueName[] {
  const nodes = liveNodes(graph)
  const readers = readersOf(nodes)
  const types = valueTypes(graph)
  const flowing = flowingValues(graph, nodes)
  const readBy = (value: ValueName): readonly GraphNode[] => readers.get(value) ?? []
  const isLast = (value: ValueName): boolean =>
    readBy(value).every(({ op, outputs }) => handsOn.has(op) && outputs.every(isLast))
  const isFused = (reader: GraphNode, value: ValueName): boolean =>
    fused.has(reader.op) ||
    (reader.op === 'combine' &&
      reader.inputs.every((name) => name === value || !flowing.has(name ?? '')))
  return nodes.flatMap((node) => {
    if (handsOn.has(node.op) || isMaximum(node)) return []
    return node.outputs.filter((value) => {
      const [reader, ...others] = readBy(value)
      if (!flowing.has(value) || types.get(value) !== 'float32' || reader === undefined)
        return false
      return !isLast(value) && !(others.length === 0 && isFused(reader, value))
    })
  })
}

/** What depends on the numbers of the inputs, and not on their sides alone. */
function flowingValues(
  { inputs }: ModelGraph,
  nodes: readonly GraphNode[],
): ReadonlySet<ValueName> {
  const flowing = new Set(inputs.map(({ value }) => value))
  for (const node of nodes)
    if (node.op !== 'shape' && node.inputs.some((name) => flowing.has(name ?? '')))
      for (const value of node.outputs) flowing.add(value)
  return flowing
}

function isMaximum(node: GraphNode): boolean {
  return node.op === 'pool' && node.attributes.function === 'Max'
}
