import type { ModelGraph } from './graph'
import type { ValueName } from './values'

/** The same graph where every node reads weights and constants themselves, and not what only hands them on. */
export function directWeights(graph: ModelGraph): ModelGraph {
  const { constants, outputs, parameters } = graph
  const behind = new Map<ValueName, ValueName>()
  const own = (value: ValueName | null): ValueName | null =>
    value === null ? null : (behind.get(value) ?? value)
  const nodes = graph.nodes.flatMap((node) => {
    const [value = null] = node.inputs.map(own)
    const [given = ''] = node.outputs
    const isWeight = value !== null && (parameters.has(value) || constants.has(value))
    if (node.op === 'identity' && isWeight && !outputs.includes(given)) {
      behind.set(given, value)
      return []
    }
    return [
      node.inputs.some((input) => own(input) !== input)
        ? { ...node, inputs: node.inputs.map(own) }
        : node,
    ]
  })
  if (behind.size === 0) return graph
  const left = new Set(nodes.map(({ id }) => id))
  return {
    ...graph,
    nodes,
    layers: graph.layers.map((layer) => ({
      ...layer,
      nodes: layer.nodes.filter((id) => left.has(id)),
    })),
  }
}
