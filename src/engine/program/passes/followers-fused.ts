import type { ModelGraph } from '../../../graph/graph'
import type { GraphNode, Unary } from '../../../graph/operators'
import { readersOf } from '../../../graph/readers-of'
import type { Follower } from '../kernels/kernel'

export interface Fused {
  readonly graph: ModelGraph
  /** By the id of the node that does it as well. */
  readonly followers: ReadonlyMap<string, Follower>
}

const leads: ReadonlySet<GraphNode['op']> = new Set<GraphNode['op']>([
  'conv',
  'depthwiseConv',
  'matMul',
])

function followerOf(unary: Unary): Follower | null {
  switch (unary.function) {
    case 'Relu':
      return { name: 'relu' }
    case 'Sigmoid':
      return { name: 'sigmoid' }
    case 'Elu':
      return unary.alpha === 1 ? { name: 'elu' } : null
    case 'LeakyRelu':
      return { name: 'leakyrelu', alpha: unary.alpha }
    case 'Clip':
      return unary.least === 0 && unary.most === 6 ? { name: 'relu6' } : null
    default:
      return null
  }
}

/** A function that alone reads what a convolution or a product gives is done with it, in one kernel of tfjs. */
export function followersFused(graph: ModelGraph): Fused {
  const readers = readersOf(graph.nodes)
  const outputs = new Set(graph.outputs)
  const followers = new Map<string, Follower>()
  const gone = new Set<GraphNode>()
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    if (gone.has(node)) return []
    const [made = ''] = node.outputs
    const [reader, ...others] = readers.get(made) ?? []
    if (!leads.has(node.op) || reader?.op !== 'unary' || others.length > 0) return [node]
    const follower = outputs.has(made) ? null : followerOf(reader.attributes)
    if (follower === null) return [node]
    followers.set(node.id, follower)
    gone.add(reader)
    return [{ ...node, outputs: reader.outputs }]
  })
  return { graph: { ...graph, nodes }, followers }
}
