import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import type { ValueName } from './values'

/** Values that the outputs depend on. */
export function liveValues({ nodes, outputs }: ModelGraph): ReadonlySet<ValueName> {
  const live = new Set(outputs)
  for (const node of nodes.toReversed())
    if (node.outputs.some((value) => live.has(value)))
      for (const value of node.inputs) if (value !== null) live.add(value)
  return live
}

/** Nodes that they depend on, in their order. */
export function liveNodes(graph: ModelGraph): readonly GraphNode[] {
  const live = liveValues(graph)
  return graph.nodes.filter(({ outputs }) => outputs.some((value) => live.has(value)))
}
