import type { ChannelLayout, TensorSpec } from '../../../../../core/tensor-spec'
import { elementCount } from '../../../../../core/tensor-spec'
import type { ModelGraph } from '../../../../../graph/graph'
import { infer } from '../../../../../graph/infer'
import type { GraphNode, NodeOf } from '../../../../../graph/operators'
import { readersOf } from '../../../../../graph/readers-of'
import { axisOf } from '../../../../../graph/sides/sides'
import { windowPlaces } from '../../../../../graph/sides/window-places'
import type { ValueName } from '../../../../../graph/values'

/** A product with a weight that nobody but a normalization behind it reads. */
export interface NormalizedProduct {
  readonly product: GraphNode
  readonly normalization: NodeOf<'batchNormalization'>
  readonly kernel: ValueName
  /** How weights of the kernel belong to channels of what is given. */
  readonly channels: ChannelLayout
  readonly bias: ValueName | null
  /** What adds the bias, where the product does not: graphs of TensorFlow, and `MatMul` of ONNX. */
  readonly sum: NodeOf<'combine'> | null
  readonly scale: ValueName | null
  readonly offset: ValueName | null
  readonly mean: ValueName
  readonly variance: ValueName
}

/** All of them whose weights have one reader each. */
export function normalizedProducts(graph: ModelGraph): readonly NormalizedProduct[] {
  const readers = readersOf(graph.nodes)
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node])))
  const { sides } = infer(graph)
  const isOwn = (value: ValueName | null): boolean =>
    value === null ||
    (graph.parameters.get(value)?.dtype === 'float32' && readers.get(value)?.length === 1)
  return graph.nodes.flatMap((node): NormalizedProduct[] => {
    if (node.op !== 'batchNormalization') return []
    const [x = null, scale = null, offset = null, mean = null, variance = null] = node.inputs
    const maker = x === null ? undefined : makers.get(x)
    if (x === null || maker === undefined || mean === null || variance === null) return []
    const rank = sides.get(x)?.length ?? 0
    const added = biasAdded(maker, (value) => {
      const shape = graph.parameters.get(value)?.shape
      return shape !== undefined && isAlong(shape, axisOf(node.attributes.axis, rank), rank)
    })
    const before = added === null ? x : added.x
    const product = makers.get(before)
    if (product === undefined) return []
    const [, kernel = null, own = null] = product.inputs
    const spec = kernel === null ? undefined : graph.parameters.get(kernel)
    if (kernel === null || spec === undefined || product.outputs.length > 1) return []
    if (own !== null && added !== null) return []
    const channels = channelsOf(product, spec, rank, node.attributes.axis)
    const bias = added?.bias ?? own
    const weights = [kernel, bias, scale, offset, mean, variance]
    const isAlone = [x, before].every(
      (value) => readers.get(value)?.length === 1 && !graph.outputs.includes(value),
    )
    if (channels === null || !isAlone || !weights.every(isOwn)) return []
    if (
      added !== null &&
      elementCount(graph.parameters.get(added.bias)?.shape ?? []) !== channels.count
    )
      return []
    const numbers = { bias, scale, offset, mean, variance }
    const sum = added?.sum ?? null
    return [{ product, normalization: node, kernel, channels, sum, ...numbers }]
  })
}

/** A sum of what a node gives and a weight; null: it is no such sum. */
function biasAdded(sum: GraphNode, isBias: (value: ValueName) => boolean) {
  if (sum.op !== 'combine' || sum.attributes.function !== 'Add' || sum.inputs.length !== 2)
    return null
  const [one = null, other = null] = sum.inputs
  if (one === null || other === null) return null
  if (isBias(other)) return { sum, x: one, bias: other }
  return isBias(one) ? { sum, x: other, bias: one } : null
}

/** Whether a weight that is added is one number for each place along an axis. */
function isAlong(shape: readonly number[], axis: number | null, rank: number): boolean {
  const before = rank - shape.length
  return before >= 0 && shape.every((side, at) => side === 1 || before + at === axis)
}

/** @returns null where the normalization goes along another axis, or channels are no neighbours */
function channelsOf(
  product: GraphNode,
  { shape }: TensorSpec,
  rank: number,
  axis: number,
): ChannelLayout | null {
  const place = axisOf(axis, rank)
  const along = (first: number, last = first): ChannelLayout => ({
    count: elementCount(shape.slice(first, last + 1)),
    inner: elementCount(shape.slice(last + 1)),
  })
  switch (product.op) {
    case 'matMul':
      return shape.length === 2 && place === rank - 1 && rank > 1
        ? along(product.attributes.transposeB ? 0 : 1)
        : null
    case 'conv':
    case 'transposedConv': {
      const { groups, kernel, layout } = product.attributes
      const own = windowPlaces(rank, kernel.spatial.length, layout)?.channel
      const isWhole = product.op === 'conv' || groups === 1
      return own === place && isWhole ? along(kernel.output) : null
    }
    case 'depthwiseConv': {
      const { kernel, layout } = product.attributes
      const { channel, multiplier, spatial } = kernel
      if (windowPlaces(rank, spatial.length, layout)?.channel !== place) return null
      if (multiplier === null || shape[multiplier] === 1) return along(channel)
      return multiplier === channel + 1 ? along(channel, multiplier) : null
    }
    default:
      return null
  }
}
