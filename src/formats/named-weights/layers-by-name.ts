import { elementCount } from '../../core/tensor-spec'
import type { ChannelLayout, LayerKind, TensorRole, TensorSpec } from '../../core/tensor-spec'
import type { OpenedLayer } from '../format'
import { isFloat } from './element-types'
import { channelsAlong, outputAxisOf } from './kernel-axis'
import type { OutputAxis } from './kernel-axis'
import type { NamedTensor } from './named-tensor'
import type { OutputAxes } from './output-axes'

export interface NamedLayers {
  readonly layers: readonly OpenedLayer[]
  /** One for each tensor, in their order. */
  readonly specs: readonly TensorSpec[]
}

/** Tensors whose names begin alike. */
interface Group {
  readonly name: string
  readonly members: Member[]
}

interface Member {
  readonly index: number
  readonly tensor: NamedTensor
  /** What of its name is not that of its layer. */
  readonly last: string
}

/** What a tensor is for. */
interface Use {
  readonly role: TensorRole
  readonly channel: ChannelLayout
}

/**
 * Assigns weights to layers by their names, as PyTorch, Keras and Flax give them, and tells from names and shapes what
 * each is for. Where that says nothing the role is `other`, which no step touches.
 * @param axes what a person has put right
 */
export function layersByName(
  tensors: readonly NamedTensor[],
  axes: OutputAxes = new Map(),
): NamedLayers {
  const specs = new Array<TensorSpec>(tensors.length)
  const layers: OpenedLayer[] = []
  let before: number | null = null
  for (const group of grouped(tensors)) {
    const uses = group.members.map((member) => useOf(member, group, before))
    const kind = kindOf(group, uses)
    for (const [at, { index, tensor }] of group.members.entries()) {
      const { role, channel } = corrected(uses[at] ?? untouched(tensor), tensor, axes)
      const { name, shape } = tensor
      const dtype = isNumber(tensor) ? 'float32' : 'bytes'
      specs[index] = { name, shape, dtype, role, layerName: group.name, layerKind: kind, channel }
      if (role === 'kernel') before = channel.count
    }
    layers.push({
      name: group.name,
      className: classOf(group, kind, uses),
      kind,
      weightNames: group.members.map(({ tensor }) => tensor.name),
      ...{ config: {}, inputs: [], calls: null },
    })
  }
  return { layers, specs }
}

function grouped(tensors: readonly NamedTensor[]): Iterable<Group> {
  const groups = new Map<string, Group>()
  for (const [index, tensor] of tensors.entries()) {
    const plain = tensor.name.replace(/:\d+$/, '')
    const at = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf('/'))
    const name = at > 0 ? plain.slice(0, at) : plain
    const member = { index, tensor, last: plain.slice(at + 1) }
    const group = groups.get(name)
    if (group === undefined) groups.set(name, { name, members: [member] })
    else group.members.push(member)
  }
  return groups.values()
}

function isNumber(tensor: NamedTensor): boolean {
  return tensor.kind === 'coded' || isFloat(tensor.type)
}

function untouched({ shape }: NamedTensor): Use {
  return { role: 'other', channel: { count: 1, inner: elementCount(shape) } }
}

/** As a person has said it, of what has outputs at all. */
function corrected(use: Use, { name, shape }: NamedTensor, axes: OutputAxes): Use {
  const axis = axes.get(name)
  const side = axis === undefined ? undefined : shape[axis]
  if (axis === undefined || side === undefined || !outputRoles.has(use.role)) return use
  return { ...use, channel: { count: side, inner: elementCount(shape.slice(axis + 1)) } }
}

const outputRoles: ReadonlySet<TensorRole> = new Set([
  ...(['kernel', 'depthwiseKernel', 'recurrentKernel', 'embedding'] as const),
])

/** @param before outputs of the kernel that comes before; null where none does */
function useOf(member: Member, group: Group, before: number | null): Use {
  const { last, tensor } = member
  const { shape } = tensor
  const rest = untouched(tensor)
  if (!isNumber(tensor) || elementCount(shape) === 0) return rest
  if (isNormalization(group) && shape.length === 1) return { ...rest, role: 'normalization' }
  if (/bias$|^bias_[ih]h(?:_|$)/.test(last)) return { ...rest, role: 'bias' }
  if (shape.length < 2) return rest
  if (/^embeddings?$/.test(last) || isEmbedding(member, group))
    return { role: 'embedding', channel: channelsAlong('first', shape) }
  if (/depthwise_kernel$/.test(last))
    return {
      role: 'depthwiseKernel',
      channel: { count: elementCount(shape.slice(-2)), inner: 1 },
    }
  if (!/(?:weight|kernel)$|^weight_[ih]h(?:_|$)/.test(last) || shape.length > 5) return rest
  const axis = axisOf(member, group)
  const channel = channelsAlong(axis, shape)
  if (/^weight_hh(?:_|$)|recurrent_kernel$/.test(last)) return { role: 'recurrentKernel', channel }
  return isDepthwise(member, group, axis, before)
    ? { role: 'depthwiseKernel', channel }
    : { role: 'kernel', channel }
}

function isNormalization({ members }: Group): boolean {
  return members.some(
    ({ last, tensor }) =>
      /^(?:running|moving)_/.test(last) ||
      (/^(?:weight|gamma|scale)$/.test(last) && tensor.shape.length === 1),
  )
}

function isEmbedding({ last, tensor }: Member, group: Group): boolean {
  return (
    last === 'weight' &&
    tensor.shape.length === 2 &&
    /emb|^wte$|^wpe$/i.test(lastPart(group)) &&
    biasOf(group, last) === null
  )
}

function axisOf({ last, tensor }: Member, group: Group): OutputAxis {
  const { shape } = tensor
  return outputAxisOf({ layer: lastPart(group), name: last, shape, bias: biasOf(group, last) })
}

/** One input for each output: as its name says, or with as many outputs as what comes before it, or some for each. */
function isDepthwise(
  { tensor }: Member,
  group: Group,
  axis: OutputAxis,
  before: number | null,
): boolean {
  const [outputs = 1, inputs] = tensor.shape
  if (axis !== 'first' || tensor.shape.length < 3 || inputs !== 1 || outputs === 1) return false
  return (
    /depthwise|dw(?:$|[^a-z])/i.test(group.name) ||
    (before !== null && before > 1 && outputs % before === 0)
  )
}

function biasOf({ members }: Group, kernel: string): number | null {
  const name = kernel.replace(/(?:weight|kernel)/, 'bias')
  const bias = members.find(({ last, tensor }) => last === name && tensor.shape.length === 1)
  return bias?.tensor.shape[0] ?? null
}

function lastPart({ name }: Group): string {
  return /[^./]*$/.exec(name)?.[0] ?? name
}

/** Of the layer: that of its first weight which is for something. */
function kindOf({ members }: Group, uses: readonly Use[]): LayerKind {
  if (members.some(({ last }) => /^weight_[ih]h(?:_|$)|recurrent_kernel$/.test(last)))
    return 'recurrent'
  const roles = uses.map(({ role }) => role)
  if (roles.includes('depthwiseKernel')) return 'depthwise'
  if (roles.includes('embedding')) return 'embedding'
  if (roles.includes('normalization')) return 'normalization'
  const kernel = members[roles.indexOf('kernel')]
  if (kernel === undefined) return 'other'
  return kernel.tensor.shape.length === 2 ? 'dense' : 'convolution'
}

const GATES: Readonly<Partial<Record<number, string>>> = { 1: 'RNN', 3: 'GRU', 4: 'LSTM' }

/** What such weights belong to as PyTorch calls it; '?' where nobody knows. */
function classOf({ members }: Group, kind: LayerKind, uses: readonly Use[]): string {
  switch (kind) {
    case 'recurrent': {
      const hidden = members.find(({ last }) => /^weight_hh(?:_|$)/.test(last))?.tensor.shape
      return GATES[(hidden?.[0] ?? 0) / (hidden?.[1] ?? 1)] ?? 'RNN'
    }
    case 'normalization':
      return members.some(({ last }) => /^(?:running|moving)_/.test(last)) ? 'BatchNorm' : 'Norm'
    case 'embedding':
      return 'Embedding'
    case 'dense':
      return members.some(({ last }) => last === 'in_proj_weight') ? 'MultiheadAttention' : 'Linear'
    case 'convolution':
    case 'depthwise': {
      const at = uses.findIndex(({ role }) => role === 'kernel' || role === 'depthwiseKernel')
      const { shape } = members[at]?.tensor ?? { shape: [] }
      const isTransposed =
        uses[at]?.channel.count !== shape[0] && shape.at(-1) !== uses[at]?.channel.count
      return `Conv${isTransposed ? 'Transpose' : ''}${shape.length - 2}d`
    }
    default:
      return '?'
  }
}
