import type { ModelGraph } from '../../../graph/graph'
import type { GraphNode } from '../../../graph/operators'
import { readersOf } from '../../../graph/readers-of'
import type { ValueName } from '../../../graph/values'
import type { Lead } from '../kernels/kernel'
import type { Fused } from './followers-fused'

/** Where a batch normalisation that a convolution is done with reads the kernel of that. */
export const KERNEL_OF_LEAD = 5

/** By the id of the batch normalisation, what it normalises. */
export interface Normalized {
  readonly graph: ModelGraph
  readonly leads: ReadonlyMap<string, Lead>
}

/**
 * A convolution whose result a batch normalisation alone reads is done with it, so that what one gives can be used by the
 * other while it is in the cache. For learning: else statistics are folded into the kernel or looked up. The batch
 * normalisation then reads what the convolution read.
 */
export function convolutionsNormalized(
  { graph, followers }: Fused,
  seen: ReadonlySet<ValueName>,
): Normalized {
  const readers = readersOf(graph.nodes)
  const outputs = new Set(graph.outputs)
  const leads = new Map<string, Lead>()
  const leading = new Map<GraphNode, Lead>()
  for (const node of graph.nodes) {
    if (node.op !== 'conv' && node.op !== 'depthwiseConv') continue
    const [made = ''] = node.outputs
    const [reader, ...others] = readers.get(made) ?? []
    const isPlain = node.inputs[2] == null && !followers.has(node.id)
    if (!isPlain || others.length > 0 || outputs.has(made) || seen.has(made)) continue
    if (reader?.op !== 'batchNormalization' || reader.inputs[0] !== made) continue
    if ((reader.attributes.apart ?? 0) > 0) continue
    leads.set(reader.id, node)
    leading.set(reader, node)
  }
  const gone = new Set<GraphNode>(leads.values())
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    const lead = leading.get(node)
    if (gone.has(node)) return []
    if (lead === undefined) return [node]
    const numbers = Array.from(
      { length: KERNEL_OF_LEAD - 1 },
      (_, at) => node.inputs[at + 1] ?? null,
    )
    return [{ ...node, inputs: [lead.inputs[0] ?? null, ...numbers, lead.inputs[1] ?? null] }]
  })
  return { graph: { ...graph, nodes }, leads }
}
