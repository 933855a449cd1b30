import { gradientReach } from './gradient-reach'
import type { ModelGraph } from './graph'
import { liveNodes } from './live-nodes'
import type { GraphNode, OpName } from './operators'
import type { ValueName } from './values'

/** Which inputs of an operator are kernels, biases, scales and offsets. */
const places: { readonly [Op in OpName]?: (place: number) => boolean } = {
  conv: (place) => place > 0,
  depthwiseConv: (place) => place > 0,
  transposedConv: (place) => place === 1 || place === 2,
  matMul: () => true,
  einsum: () => true,
  // Mean and variance follow the batches by themselves.
  batchNormalization: (place) => place === 1 || place === 2,
  layerNormalization: (place) => place > 0,
  prelu: (place) => place === 1,
  gather: (place) => place === 0,
  recurrent: (place) => place > 0,
}

/** The same numbers in another order, some of them, or several times: a kernel may come to its operator through them. */
const moves: ReadonlySet<OpName> = new Set<OpName>([
  ...(['identity', 'reshape', 'squeeze', 'unsqueeze', 'transpose', 'expand', 'tile'] as const),
  'slice',
])

/** Also gates that a file has in another order, and two biases that are always added. */
function moved({ attributes, inputs, op }: GraphNode, { constants }: ModelGraph): boolean {
  if (op === 'gather') return constants.has(inputs[1] ?? '')
  return moves.has(op) || (op === 'reduce' && attributes.function === 'Sum')
}

/**
 * Weights that gradients may change and come to: those of operators that are learnt, and what is added to what comes out
 * of them, multiplied with it or put beside it. What an input is prepared with, before anything is learnt, stays; so do statistics, and
 * weights of which others are computed.
 */
export function learntWeights(graph: ModelGraph): ReadonlySet<ValueName> {
  const { values } = gradientReach(graph)
  return new Set([...learnableWeights(graph)].filter((name) => values.has(name)))
}

/** The operator behind which all that could be learnt lies out of reach of gradients; null: something is learnt. */
export function endOfGradients(graph: ModelGraph): GraphNode | null {
  if (learntWeights(graph).size > 0 || learnableWeights(graph).size === 0) return null
  return gradientReach(graph).ends[0] ?? null
}

function learnableWeights(graph: ModelGraph): ReadonlySet<ValueName> {
  const { parameters } = graph
  const nodes = liveNodes(graph)
  const learnt = new Set<ValueName>()
  /** What is a weight, or one in another order. */
  const weights = new Map<ValueName, ValueName>([...parameters.keys()].map((name) => [name, name]))
  /** What depends on inputs by way of something that is learnt. */
  const behind = new Set<ValueName>()
  for (const node of nodes) {
    const own = weights.get(node.inputs[0] ?? '')
    if (own !== undefined && moved(node, graph)) {
      for (const name of node.outputs) weights.set(name, own)
      continue
    }
    const found = learntBy(node, weights, behind)
    for (const name of found) learnt.add(name)
    if (found.length > 0 || node.inputs.some((name) => behind.has(name ?? '')))
      for (const name of node.outputs) behind.add(name)
  }
  return new Set([...learnt].filter((name) => parameters.get(name)?.dtype === 'float32'))
}

function learntBy(
  node: GraphNode,
  weights: ReadonlyMap<ValueName, ValueName>,
  behind: ReadonlySet<ValueName>,
): readonly ValueName[] {
  const isBehind = node.inputs.some((name) => behind.has(name ?? ''))
  const isLearnt = places[node.op] ?? (joins(node) && isBehind ? () => true : () => false)
  // An operator on weights alone makes another weight of them.
  if (node.inputs.every((name) => name === null || weights.has(name))) return []
  return node.inputs.flatMap((name, place) => {
    const own = weights.get(name ?? '')
    return own !== undefined && isLearnt(place) ? [own] : []
  })
}

/** Adds, multiplies or puts beside: a class in front of its patches. */
function joins(node: GraphNode): boolean {
  if (node.op === 'concat') return true
  if (node.op !== 'combine') return false
  const { function: name } = node.attributes
  return name === 'Add' || name === 'Sub' || name === 'Mul' || name === 'Div'
}
