import { elementCount } from '../../core/tensor-spec'
import type { ChannelLayout, LayerKind, TensorRole } from '../../core/tensor-spec'
import type { OnnxNode } from './onnx-model'
import { plainUse } from './plain-use'

/** What a weight is for, and the node that reads it. */
export interface Meaning {
  readonly role: TensorRole
  readonly kind: LayerKind
  readonly channel: ChannelLayout
}

export interface Use {
  readonly node: OnnxNode
  /** Which of the node's inputs the weight is. */
  readonly place: number
  /** A matrix that was turned on the way. */
  readonly turned: boolean
}

/** Hands its first input on, at most in another type or shape. */
const passing: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'QuantizeLinear',
  'DequantizeLinear',
])

/** Nodes that read values, by the names of these. */
export function readersOf(nodes: readonly OnnxNode[]): ReadonlyMap<string, readonly Use[]> {
  const readers = new Map<string, Use[]>()
  for (const node of nodes)
    node.inputs.forEach((input, place) => {
      const use = { node, place, turned: false }
      const known = readers.get(input)
      if (known === undefined) readers.set(input, [use])
      else known.push(use)
    })
  return readers
}

/** The first that computes with a weight, past what only hands it on; null: nobody does. */
export function firstUse(weight: string, readers: ReadonlyMap<string, readonly Use[]>): Use | null {
  const seen = new Set<string>()
  let turned = false
  for (let name = weight; !seen.has(name);) {
    seen.add(name)
    const [use] = readers.get(name) ?? []
    if (use === undefined) return null
    const { node, place } = use
    const isTurn = node.op === 'Transpose' && isSwap(node)
    if (place !== 0 || (!passing.has(node.op) && !isTurn)) return { ...use, turned }
    if (isTurn) turned = !turned
    name = node.outputs[0] ?? ''
  }
  return null
}

/** Exchanges both sides of a matrix. */
function isSwap({ attributes }: OnnxNode): boolean {
  const perm = attributes.get('perm')
  return perm === undefined || (perm.kind === 'wholes' && perm.value.join() === '1,0')
}

/** Says what a weight of floats is for, by the operator that reads it; one that several read goes by the first. */
export function meaningOf(shape: readonly number[], use: Use | null): Meaning {
  const whole = { count: 1, inner: Math.max(1, elementCount(shape)) }
  const other: Meaning = { role: 'other', kind: 'other', channel: whole }
  if (use === null) return other
  const { node, place, turned } = plainUse(use)
  const rows = { count: shape[0] ?? 1, inner: elementCount(shape.slice(1)) }
  switch (node.op) {
    case 'Conv': {
      const kind = isDepthwise(node, shape) ? 'depthwise' : 'convolution'
      if (place === 1 && shape.length > 2)
        return {
          role: kind === 'depthwise' ? 'depthwiseKernel' : 'kernel',
          ...{ kind, channel: rows },
        }
      return argument(shape, 'convolution', whole)
    }
    case 'ConvTranspose':
      if (place === 1 && shape.length > 2)
        return {
          ...{ role: 'kernel', kind: 'convolution' },
          channel: { count: shape[1] ?? 1, inner: elementCount(shape.slice(2)) },
        }
      return argument(shape, 'convolution', whole)
    case 'Gemm':
    case 'MatMul': {
      if (place > 1 || shape.length < 2) return argument(shape, 'dense', whole)
      const flag = node.attributes.get(place === 1 ? 'transB' : 'transA')
      const isTransposed = (flag?.kind === 'whole' && flag.value !== 0) !== turned
      const isRows = (place === 1) === isTransposed
      const [last, before] = [shape.at(-1) ?? 1, shape.at(-2) ?? 1]
      return {
        ...{ role: 'kernel', kind: 'dense' },
        channel: isRows ? { count: before, inner: last } : { count: last, inner: 1 },
      }
    }
    case 'Gather':
      return place === 0 && shape.length === 2
        ? { role: 'embedding', kind: 'embedding', channel: rows }
        : other
    case 'BatchNormalization':
    case 'LayerNormalization':
    case 'InstanceNormalization':
    case 'GroupNormalization':
      return { role: 'normalization', kind: 'normalization', channel: whole }
    case 'Add':
    case 'Sub':
      return isVector(shape) ? { role: 'bias', kind: 'other', channel: whole } : other
    case 'Mul':
    case 'Div':
      return isVector(shape) ? { role: 'normalization', kind: 'other', channel: whole } : other
    case 'LSTM':
    case 'GRU':
    case 'RNN':
      return place === 1 || place === 2
        ? {
            role: place === 1 ? 'kernel' : 'recurrentKernel',
            kind: 'recurrent',
            channel: { count: shape[1] ?? 1, inner: shape[2] ?? 1 },
          }
        : argument(shape, 'recurrent', whole)
    default:
      return other
  }
}

function isDepthwise({ attributes }: OnnxNode, shape: readonly number[]): boolean {
  const group = attributes.get('group')
  return group?.kind === 'whole' && group.value > 1 && group.value === shape[0] && shape[1] === 1
}

function argument(shape: readonly number[], kind: LayerKind, channel: ChannelLayout): Meaning {
  return { role: isVector(shape) ? 'bias' : 'other', kind, channel }
}

/** One number for each channel, whatever sides of one stand around it. */
function isVector(shape: readonly number[]): boolean {
  const long = shape.filter((side) => side !== 1).length
  return shape.length > 0 && long <= 1
}
