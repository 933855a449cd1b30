import type { ModelGraph } from '../graph'
import type { GraphNode, NodeOf } from '../operators'
import type { ValueName } from '../values'
import { freshNames } from '../fresh-names'

/** The same node, once its kernel is turned. */
interface Ordered {
  readonly perm: readonly number[]
  readonly node: GraphNode
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at)
}

function conv(node: NodeOf<'conv'>): Ordered {
  const { spatial, input, output } = node.attributes.kernel
  const places = spatial.length
  const kernel = { spatial: upTo(places), input: places, output: places + 1 }
  return {
    perm: [...spatial, input, output],
    node: { ...node, attributes: { ...node.attributes, kernel } },
  }
}

/** The kernel of tfjs is that of the convolution that this is the transpose of. */
function transposedConv(node: NodeOf<'transposedConv'>): Ordered {
  const { spatial, input, output } = node.attributes.kernel
  const places = spatial.length
  const kernel = { spatial: upTo(places), output: places, input: places + 1 }
  return {
    perm: [...spatial, output, input],
    node: { ...node, attributes: { ...node.attributes, kernel } },
  }
}

function depthwise(node: NodeOf<'depthwiseConv'>): Ordered {
  const { spatial, channel, multiplier } = node.attributes.kernel
  const places = spatial.length
  const own = multiplier === null ? null : places + 1
  const kernel = { spatial: upTo(places), channel: places, multiplier: own }
  return {
    perm: [...spatial, channel, ...(multiplier === null ? [] : [multiplier])],
    node: { ...node, attributes: { ...node.attributes, kernel } },
  }
}

function orderedOf(node: GraphNode): Ordered | null {
  switch (node.op) {
    case 'conv':
      return conv(node)
    case 'depthwiseConv':
      return depthwise(node)
    case 'transposedConv':
      return transposedConv(node)
    default:
      return null
  }
}

/**
 * Kernels in the order of tfjs, [...places, in, out], by a node that turns each which is not: what depends on weights
 * alone is computed when they are set, and not with every batch.
 */
export function kernelsInOrder(graph: ModelGraph): ModelGraph {
  const fresh = freshNames(graph)
  const turned = new Map<string, ValueName>()
  const nodes = graph.nodes.flatMap((node): GraphNode[] => {
    const ordered = orderedOf(node)
    const [x = null, kernel = null, ...others] = node.inputs
    if (ordered === null || kernel === null) return [node]
    const { perm } = ordered
    if (perm.every((axis, at) => axis === at)) return [node]
    const key = JSON.stringify([kernel, perm])
    const known = turned.get(key)
    const name = known ?? fresh(kernel)
    turned.set(key, name)
    const reads: GraphNode = { ...ordered.node, inputs: [x, name, ...others] }
    if (known !== undefined) return [reads]
    const { layer } = node
    return [
      { id: name, layer, op: 'transpose', attributes: { perm }, inputs: [kernel], outputs: [name] },
      reads,
    ]
  })
  return turned.size === 0 ? graph : { ...graph, nodes }
}
