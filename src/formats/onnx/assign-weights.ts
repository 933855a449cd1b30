import { elementCount } from '../../core/tensor-spec'
import type { ChannelLayout, LayerKind } from '../../core/tensor-spec'
import { meaningTurned, otherMeaning, turned, wholeOf } from '../meaning/weight-meaning'
import type { Meaning } from '../meaning/weight-meaning'
import type { OnnxNode } from './onnx-model'
import { plainUse } from './plain-use'

export interface Use {
  readonly node: OnnxNode
  /** Which of the node's inputs the weight is. */
  readonly place: number
  /** The sides that it was given on the way, without its axes in another order. */
  readonly shape: readonly number[]
  /** For each axis that the node reads that of these sides; null: they are the same. */
  readonly axes: readonly number[] | null
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

type Reader = Pick<Use, 'node' | 'place'>

/** Nodes that read values, by the names of these. */
export type Readers = ReadonlyMap<string, readonly Reader[]>

export function readersOf(nodes: readonly OnnxNode[]): Readers {
  const readers = new Map<string, Reader[]>()
  for (const node of nodes)
    node.inputs.forEach((input, place) => {
      const known = readers.get(input)
      if (known === undefined) readers.set(input, [{ node, place }])
      else known.push({ node, place })
    })
  return readers
}

/**
 * The first that computes with a weight, past what only hands it on; null: nobody does.
 * @param lists whole numbers of the file, by name: the sides that a weight is given
 */
export function firstUse(
  weight: string,
  sides: readonly number[],
  readers: Readers,
  lists: ReadonlyMap<string, readonly number[]> = new Map(),
): Use | null {
  const seen = new Set<string>()
  let shape = sides
  let axes: readonly number[] | null = null
  for (let name = weight; !seen.has(name);) {
    seen.add(name)
    const [use] = readers.get(name) ?? []
    if (use === undefined) return null
    const { node, place } = use
    const turn = node.op === 'Transpose' ? turnOf(node, axes ?? shape) : null
    if (place !== 0 || (!passing.has(node.op) && turn === null)) return { ...use, shape, axes }
    if (turn !== null) axes = turned(axes, turn)
    if (node.op === 'Reshape' && axes === null)
      shape = reshaped(shape, lists.get(node.inputs[1] ?? '')) ?? shape
    name = node.outputs[0] ?? ''
  }
  return null
}

function turnOf({ attributes }: OnnxNode, { length }: readonly number[]): readonly number[] | null {
  const perm = attributes.get('perm')
  if (perm === undefined) return Array.from({ length }, (_, at) => length - 1 - at)
  return perm.kind === 'wholes' && perm.value.length === length ? perm.value : null
}

/** null: not known, or not as many. */
function reshaped(
  shape: readonly number[],
  to: readonly number[] | undefined,
): readonly number[] | null {
  const sides = to?.map((side, at) => (side === 0 ? (shape[at] ?? 0) : side))
  const others = elementCount(sides?.filter((side) => side !== -1) ?? [])
  const filled = sides?.map((side) => (side === -1 ? elementCount(shape) / others : side))
  const isSame = filled !== undefined && elementCount(filled) === elementCount(shape)
  return isSame && filled.every((side) => Number.isInteger(side) && side > 0) ? filled : null
}

/** Says what a weight of floats is for, by the operator that reads it; one that several read goes by the first. */
export function meaningOf(sides: readonly number[], use: Use | null): Meaning {
  if (use === null) return otherMeaning(sides)
  return meaningTurned(use.shape, use.axes, (shape) => meaningAs(shape, use))
}

function meaningAs(shape: readonly number[], use: Use): Meaning {
  const { node, place } = plainUse(use)
  const whole = wholeOf(shape)
  const other = otherMeaning(shape)
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
      const isTransposed = flag?.kind === 'whole' && flag.value !== 0
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
