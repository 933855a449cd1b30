import { liveNodes } from '../../graph/live-nodes'
import type { ModelGraph } from '../../graph/graph'
import type { GraphNode, NodeOf, OpName } from '../../graph/operators'

export type RunnableNode = NodeOf<Exclude<OpName, 'opaque'>>

export function isRunnable(node: GraphNode): node is RunnableNode {
  return node.op !== 'opaque' && !(node.op === 'recurrent' && node.attributes.masked)
}

/** Nodes that outputs depend on and that have no meaning here: such a graph only its own format runs. */
export function unrunnable(graph: ModelGraph): readonly GraphNode[] {
  return liveNodes(graph).filter((node) => !isRunnable(node))
}
