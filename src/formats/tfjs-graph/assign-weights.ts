import type { ChannelLayout, LayerKind, TensorSpec } from '../../core/tensor-spec'
import type { OpenedLayer } from '../format'
import type { ManifestEntry } from '../tfjs-files/parse-manifest'
import { meaningTurned, otherMeaning, turned, wholeOf } from '../meaning/weight-meaning'
import type { Meaning } from '../meaning/weight-meaning'
import { einsumChannels } from './einsum-channels'
import type { FileNode } from './file-node'
import { NoMeaning, NodeAttributes } from './lowering/node-attributes'

/** Hands its input on unchanged, at most in another type or shape. */
const passing: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'Reshape', 'StopGradient', 'Snapshot', 'EnsureShape'],
  ...['FakeQuantWithMinMaxVars'],
  // The way into a loop: a recurrent layer of Keras multiplies with its kernels inside one.
  ...['Enter', 'Merge', 'Switch'],
])

/** Only carries a value on to the next turn of a loop, or out of it. */
const carrying: ReadonlySet<string> = new Set(['NextIteration', 'Exit'])

/** Not shown as layers: they hold or hand on. */
const silent: ReadonlySet<string> = new Set([
  ...['Const', 'Placeholder', 'PlaceholderWithDefault', 'NoOp', 'Identity', 'IdentityN'],
])

interface Use {
  readonly node: FileNode
  /** Which of the node's inputs the weight is. */
  readonly place: number
  /** For each axis that the node reads that of the weight; null: they are the same, or nobody knows. */
  readonly axes: readonly number[] | null
}

/** What is known of a weight beforehand. */
type Named = Pick<ManifestEntry, 'name' | 'shape'> & Pick<TensorSpec, 'dtype'>

export interface AssignedWeights<Entry> {
  readonly layers: readonly OpenedLayer[]
  readonly specs: ReadonlyMap<Entry, TensorSpec>
}

/**
 * Says what each weight of a graph is for, by the operator that reads it; one that several read goes
 * by the first. A layer is an operator with its weights.
 * @param values of constants, by name: how a kernel is turned before it is read
 */
export function assignWeights<Entry extends Named>(
  nodes: readonly FileNode[],
  entries: readonly Entry[],
  values: ReadonlyMap<string, readonly number[]>,
): AssignedWeights<Entry> {
  const readers = new Map<string, Use[]>()
  for (const node of nodes)
    node.inputs.forEach(({ node: input }, place) => {
      const use = { node, place, axes: null }
      const known = readers.get(input)
      if (known === undefined) readers.set(input, [use])
      else known.push(use)
    })
  const specs = new Map<Entry, TensorSpec>()
  const weightsOf = new Map<string, { names: string[]; kind: LayerKind }>()
  for (const entry of entries) {
    const use = firstUse(entry.name, readers, values)
    const meaning = meaningTurned(entry.shape, use?.axes ?? null, (shape) =>
      meaningAs(entry.dtype, shape, use),
    )
    const layerName = use?.node.name ?? entry.name
    specs.set(entry, {
      name: entry.name,
      shape: entry.shape,
      dtype: entry.dtype,
      role: meaning.role,
      layerName,
      layerKind: meaning.kind,
      channel: meaning.channel,
    })
    const own = weightsOf.get(layerName) ?? { names: [], kind: 'other' as LayerKind }
    own.names.push(entry.name)
    if (meaning.kind !== 'other') own.kind = meaning.kind
    weightsOf.set(layerName, own)
  }
  const shown = nodes.filter(({ name, op }) => weightsOf.has(name) || !silent.has(op))
  return {
    specs,
    layers: shown.map(({ name, op, inputs, attributes }) => ({
      name,
      className: op,
      kind: weightsOf.get(name)?.kind ?? 'other',
      weightNames: weightsOf.get(name)?.names ?? [],
      config: attributes,
      inputs: inputs.map(({ node }) => node),
      calls: 1,
    })),
  }
}

function firstUse(
  weight: string,
  readers: ReadonlyMap<string, readonly Use[]>,
  values: ReadonlyMap<string, readonly number[]>,
): Use | null {
  // A graph with loops can hand a value on for ever.
  const seen = new Set<string>()
  let axes: readonly number[] | null = null
  for (let name = weight; !seen.has(name);) {
    seen.add(name)
    const use = readers.get(name)?.find(({ node }) => !carrying.has(node.op))
    if (use === undefined) return null
    const { node, place } = use
    const turn = node.op === 'Transpose' ? values.get(node.inputs[1]?.node ?? '') : undefined
    // A kernel of groups is split before each of them is read.
    const isPassed = passing.has(node.op) || turn !== undefined
    if (!(isPassed && place === 0) && !(node.op === 'Split' && place === 1)) return { ...use, axes }
    if (turn !== undefined) axes = turned(axes, turn)
    ;({ name } = node)
  }
  return null
}

function meaningAs(
  dtype: ManifestEntry['dtype'],
  shape: readonly number[],
  use: Use | null,
): Meaning {
  const whole = wholeOf(shape)
  const other = otherMeaning(shape)
  if (dtype !== 'float32' || use === null) return other
  const { op, attributes } = use.node
  const last = shape.at(-1) ?? 1
  const secondLast = shape.at(-2) ?? 1
  switch (op) {
    case 'Conv1D':
    case 'Conv2D':
    case 'Conv3D':
    case '_FusedConv2D':
      if (use.place === 1)
        return { role: 'kernel', kind: 'convolution', channel: { count: last, inner: 1 } }
      return argument(shape, 'convolution', whole)
    case 'DepthwiseConv2d':
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2dNative':
      if (use.place === 1)
        return {
          role: 'depthwiseKernel',
          kind: 'depthwise',
          channel: { count: secondLast * last, inner: 1 },
        }
      return argument(shape, 'depthwise', whole)
    case 'Conv2DBackpropInput':
      return use.place === 1
        ? { role: 'kernel', kind: 'convolution', channel: { count: secondLast, inner: last } }
        : other
    case 'MatMul':
    case '_FusedMatMul':
    case 'BatchMatMul':
    case 'BatchMatMulV2':
      if (use.place <= 1 && shape.length >= 2) return matrix(shape, use.place, attributes)
      return argument(shape, 'dense', whole)
    case 'Einsum': {
      const channel = einsumChannels(equationOf(attributes), use.place, shape)
      return channel === null ? other : { role: 'kernel', kind: 'dense', channel }
    }
    case 'Gather':
    case 'GatherV2':
      return use.place === 0 && shape.length === 2
        ? {
            role: 'embedding',
            kind: 'embedding',
            channel: { count: shape[0] ?? 1, inner: last },
          }
        : other
    case 'FusedBatchNorm':
    case 'FusedBatchNormV2':
    case 'FusedBatchNormV3':
      return { role: 'normalization', kind: 'normalization', channel: whole }
    case 'BiasAdd':
    case 'Add':
    case 'AddV2':
    case 'Sub':
      return isVector(shape) ? { role: 'bias', kind: 'other', channel: whole } : other
    case 'Mul':
    case 'RealDiv':
      return isVector(shape) ? { role: 'normalization', kind: 'other', channel: whole } : other
    default:
      return other
  }
}

function equationOf(attributes: FileNode['attributes']): string {
  try {
    return new NodeAttributes(attributes).text('equation')
  } catch (error) {
    if (error instanceof NoMeaning) return ''
    throw error
  }
}

/** What a fused operator adds after its product. */
function argument(shape: readonly number[], kind: LayerKind, channel: ChannelLayout): Meaning {
  return { role: isVector(shape) ? 'bias' : 'other', kind, channel }
}

/** A column for each output, or a row where the product reads the matrix transposed. */
function matrix(
  shape: readonly number[],
  place: number,
  attributes: FileNode['attributes'],
): Meaning {
  const flag =
    place === 1
      ? (attributes['transpose_b'] ?? attributes['adj_y'])
      : (attributes['transpose_a'] ?? attributes['adj_x'])
  const transposed = typeof flag === 'object' && flag !== null && 'b' in flag && flag['b'] === true
  const last = shape.at(-1) ?? 1
  const secondLast = shape.at(-2) ?? 1
  const rows = (place === 1) === transposed
  return {
    role: 'kernel',
    kind: 'dense',
    channel: rows ? { count: secondLast, inner: last } : { count: last, inner: 1 },
  }
}

/** One number for each channel, whatever sides of one stand before it. */
function isVector(shape: readonly number[]): boolean {
  return shape.length > 0 && shape.slice(0, -1).every((side) => side === 1)
}
