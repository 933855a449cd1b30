import type { ModelGraph } from './graph'
import { infer } from './infer'
import type { GraphNode } from './operators'
import { BATCH, isOpen } from './sides/side'
import type { ValueName } from './values'

/**
 * The first output, where it has as many rows as a node chooses when it runs and not one for each sample; null: it has.
 */
export function rowlessOutput(
  graph: ModelGraph,
): { readonly output: ValueName; readonly node: GraphNode } | null {
  const [output] = graph.outputs
  const side = infer(graph).sides.get(output ?? '')?.[0]
  const isOfSamples = typeof side === 'number' || (isOpen(side) && side.names.includes(BATCH))
  if (output === undefined || isOfSamples) return null
  const asked = new Set([output])
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => asked.has(name))) continue
    if (node.op === 'nonMaxSuppression') return { output, node }
    for (const name of node.inputs) if (name !== null) asked.add(name)
  }
  return null
}
