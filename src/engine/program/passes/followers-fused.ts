import type { ModelGraph } from '../../../graph/graph'
import type { GraphNode, Unary } from '../../../graph/operators'
import { readersOf } from '../../../graph/readers-of'
import type { ValueName } from '../../../graph/values'
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

/** Those of which a ReLU or ReLU6 is done with them on the tape, by kernels of ours or in one operation; of a sum a ReLU. */
const learningLeads: ReadonlySet<GraphNode['op']> = new Set<GraphNode['op']>([
  ...leads,
  'batchNormalization',
  'combine',
])

function isLead(node: GraphNode, isLearning: boolean): boolean {
  if (!isLearning) return leads.has(node.op)
  if (node.op === 'combine' && (node.attributes.function !== 'Add' || node.inputs.length !== 2))
    return false
  return learningLeads.has(node.op)
}

function isLearntWith({ op }: GraphNode, { name }: Follower): boolean {
  return name === 'relu' || (name === 'relu6' && op !== 'combine')
}

export interface FusedWhen {
  /** On the tape: what it has gradients of is fused alone, and more of that. */
  readonly isLearning: boolean
  /** Values that somebody looks at. */
  readonly seen: ReadonlySet<ValueName>
}

/**
 * A function that alone reads what a convolution or a product gives is done with it, in one kernel. When it learns, so is
 * a ReLU behind a batch normalisation or a sum of two, or a ReLU6 behind a batch normalisation.
 */
export function followersFused(
  graph: ModelGraph,
  { isLearning, seen }: FusedWhen = { isLearning: false, seen: new Set() },
): Fused {
  const readers = readersOf(graph.nodes)
  const outputs = new Set(graph.outputs)
  const followers = new Map<string, Follower>()
  const gone = new Set<GraphNode>()
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    if (gone.has(node)) return []
    const [made = ''] = node.outputs
    const [reader, ...others] = readers.get(made) ?? []
    if (!isLead(node, isLearning) || reader?.op !== 'unary' || others.length > 0) return [node]
    const follower = outputs.has(made) || seen.has(made) ? null : followerOf(reader.attributes)
    if (follower === null || (isLearning && !isLearntWith(node, follower))) return [node]
    followers.set(node.id, follower)
    gone.add(reader)
    return [{ ...node, outputs: reader.outputs }]
  })
  return { graph: { ...graph, nodes }, followers }
}
