import type { GraphNode } from './operators'
import type { ValueName } from './values'

/** The nodes that read each value, in the order of the graph, each once. */
export function readersOf(
  nodes: readonly GraphNode[],
): ReadonlyMap<ValueName, readonly GraphNode[]> {
  const readers = new Map<ValueName, GraphNode[]>()
  for (const node of nodes)
    for (const value of new Set(node.inputs)) {
      if (value === null) continue
      const known = readers.get(value)
      if (known === undefined) readers.set(value, [node])
      else known.push(node)
    }
  return readers
}
