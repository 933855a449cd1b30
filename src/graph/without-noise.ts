import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'

/** Whether something in it is left out, or disturbed, while it trains. */
export function isNoisy({ nodes }: Pick<ModelGraph, 'nodes'>): boolean {
  return nodes.some((node) => {
    if (node.op === 'noise') return node.attributes.amount > 0
    if (node.op !== 'recurrent') return false
    return node.attributes.cells.some(({ dropout }) => dropout.input > 0 || dropout.state > 0)
  })
}

/** The same, where training disturbs nothing. */
export function withoutNoise(graph: ModelGraph): ModelGraph {
  return { ...graph, nodes: graph.nodes.map(quiet) }
}

function quiet(node: GraphNode): GraphNode {
  if (node.op === 'noise') return { ...node, attributes: { ...node.attributes, amount: 0 } }
  if (node.op !== 'recurrent') return node
  const cells = node.attributes.cells.map((cell) => ({ ...cell, dropout: { input: 0, state: 0 } }))
  return { ...node, attributes: { ...node.attributes, cells } }
}
