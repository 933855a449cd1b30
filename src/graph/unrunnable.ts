import { liveNodes } from './live-nodes'
import type { ModelGraph } from './graph'
import type { GraphNode, NodeOf, OpName } from './operators'

export type RunnableNode = NodeOf<Exclude<OpName, 'opaque'>>

export function isRunnable(node: GraphNode): node is RunnableNode {
  return node.op !== 'opaque'
}

/** The first operator of a graph that no program runs, as its file calls it; null: there is none. */
export function strangeOperator(graph: ModelGraph): string | null {
  const [node] = unrunnable(graph)
  return node === undefined ? null : operatorName(graph, node)
}

/** An operator as its file calls it, with the setting that stands in the way where it is one. */
export function operatorName(graph: ModelGraph, node: GraphNode): string {
  const row = graph.layers.find(({ name }) => name === node.layer)
  const name = row === undefined ? node.id : `${row.className} (${row.name})`
  const because = node.op === 'opaque' ? node.attributes.because : undefined
  return because === undefined ? name : `${name}, ${because}`
}

/** Nodes that outputs depend on and that have no meaning here: such a graph only its own format runs. */
export function unrunnable(graph: ModelGraph): readonly GraphNode[] {
  return liveNodes(graph).filter((node) => !isRunnable(node))
}
