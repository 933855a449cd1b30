import type { GraphNode, NodeOf, OpName } from '../../graph/operators'
import { behind, handsOn } from './behind'
import { NoStep, sizeOf } from './ground'
import type { Ground } from './ground'
import { combined } from './combined'
import { biasOf, outputOf, scaled, stillOf, valueOf } from './made'
import type { Made } from './made'
import { bent, unary } from './functions'
import { moved } from './moved'
import { spread } from './spread'
import type { Places, Step, Windowed } from './step'
import { windowedOf } from './windowed'

type Maker<Op extends OpName> = (node: NodeOf<Op>, ground: Ground) => Made

const one: Places = { height: 1, width: 1 }
const onePlace: Windowed = {
  ...{ image: one, out: one, window: one, strides: one, dilations: one },
  ...{ top: 0, left: 0 },
}

interface Filters {
  readonly window: readonly number[]
  /** Of all groups, as `filters` are. */
  readonly channels: number
  readonly filters: number
  readonly groups: number
}

function convolution(
  node: NodeOf<'conv'> | NodeOf<'depthwiseConv'>,
  { window, ...sizes }: Filters,
  ground: Ground,
): Made {
  const { attributes, layer } = node
  const x = valueOf(node, 0, ground)
  const given = ground.sidesOf(outputOf(node), layer)
  const sides = { read: ground.sidesOf(x, layer), given, window }
  const { images, windows } = windowedOf(attributes, sides, layer)
  const after = behind(outputOf(node), ground, { channels: sizes.filters, adds: true })
  const { folded, limits, out, rest } = after
  const [kernel, bias] = [stillOf(node, 1, ground), biasOf(node, ground)]
  const step: Step = {
    ...{ kind: 'product', x: ground.rootOf(x), out, images, windows, ...sizes },
    ...{ kernel, bias, isTurned: false, folded, limits },
    rest: rest === null ? null : ground.rootOf(rest),
  }
  return { ...after, steps: [step] }
}

const conv: Maker<'conv'> = (node, ground) => {
  const { groups } = node.attributes
  const shape = ground.stillShape(stillOf(node, 1, ground), node.layer)
  const [ofGroup = 1, filters = 1] = shape.slice(-2)
  const own = { window: shape.slice(0, -2), channels: groups * ofGroup, filters, groups }
  return convolution(node, own, ground)
}

const depthwiseConv: Maker<'depthwiseConv'> = (node, ground) => {
  const { attributes, layer } = node
  const x = valueOf(node, 0, ground)
  const kernel = stillOf(node, 1, ground)
  const shape = ground.stillShape(kernel, layer)
  const window = shape.slice(0, attributes.kernel.spatial.length)
  const [channels = 1, multiplier = 1] = shape.slice(window.length)
  if (multiplier !== 1) {
    // Neighbours in the output are so in the kernel: groups of one channel.
    const own = { window, channels, filters: channels * multiplier, groups: channels }
    return convolution(node, own, ground)
  }
  const given = ground.sidesOf(outputOf(node), layer)
  const sides = { read: ground.sidesOf(x, layer), given, window }
  const { images, windows } = windowedOf(attributes, sides, layer)
  const after = behind(outputOf(node), ground, { channels, adds: false })
  const { folded, limits, out } = after
  const bias = biasOf(node, ground)
  const own = { kind: 'depthwise', x: ground.rootOf(x), out, images, windows, channels } as const
  return { ...after, steps: [{ ...own, kernel, bias, folded, limits }] }
}

const matMul: Maker<'matMul'> = (node, ground) => {
  const { attributes, layer } = node
  if (attributes.transposeA) throw new NoStep(layer, 'a turned left matrix')
  const x = valueOf(node, 0, ground)
  const kernel = stillOf(node, 1, ground)
  const shape = ground.stillShape(kernel, layer)
  const read = ground.sidesOf(x, layer)
  if (shape.length !== 2 || read.length < 1) throw new NoStep(layer, 'several right matrices')
  const isTurned = attributes.transposeB
  const [channels = 1, filters = 1] = isTurned ? shape.toReversed() : shape
  const after = behind(outputOf(node), ground, { channels: filters, adds: true })
  const { folded, limits, out, rest } = after
  const bias = biasOf(node, ground)
  if (bias !== null && sizeOf(ground.stillShape(bias, layer)) !== filters)
    throw new NoStep(layer, 'a bias that is none of each column')
  const step: Step = {
    ...{ kind: 'product', x: ground.rootOf(x), out, images: sizeOf(read.slice(0, -1)) },
    ...{ windows: onePlace, channels, filters, groups: 1 },
    ...{ kernel, bias, isTurned, folded, limits },
    rest: rest === null ? null : ground.rootOf(rest),
  }
  return { ...after, steps: [step] }
}

const batchNormalization: Maker<'batchNormalization'> = (node, ground) => {
  const x = valueOf(node, 0, ground)
  return scaled(node, x, ground)
}

const pool: Maker<'pool'> = (node, ground) => {
  const { attributes, layer } = node
  const x = valueOf(node, 0, ground)
  const out = outputOf(node)
  const read = ground.sidesOf(x, layer)
  const sides = { read, given: ground.sidesOf(out, layer), window: attributes.window }
  const { images, windows } = windowedOf(attributes, sides, layer)
  if (attributes.dilations.some((step) => step !== 1)) throw new NoStep(layer, 'dilations')
  const isMean = attributes.function === 'Average'
  const { padding } = attributes
  const pads = typeof padding === 'object' ? [...padding.begin, ...padding.end] : null
  if (isMean && attributes.countsPadding && pads?.every((places) => places === 0) !== true)
    throw new NoStep(layer, 'a mean in which places outside count')
  const [least, most] = [Math.min(...attributes.window), Math.max(...(pads ?? [0]))]
  if (most >= least) throw new NoStep(layer, 'windows without a place')
  const channels = read.at(-1) ?? 1
  const step: Step = { kind: 'pool', x: ground.rootOf(x), out, images, windows, channels, isMean }
  return { steps: [step], out, done: [] }
}

const reduce: Maker<'reduce'> = (node, ground) => {
  const { attributes, layer } = node
  const x = valueOf(node, 0, ground)
  const out = outputOf(node)
  const sides = ground.sidesOf(x, layer)
  const rank = sides.length + 1
  const axes = (attributes.axes ?? []).map((axis) => (axis < 0 ? axis + rank : axis))
  const spatial = sides.slice(0, -1).map((_, at) => at + 1)
  const isSpatial = axes.length === spatial.length && spatial.every((axis) => axes.includes(axis))
  const isMean = attributes.function === 'Mean'
  if (!isSpatial || spatial.length === 0 || (!isMean && attributes.function !== 'Max'))
    throw new NoStep(layer, `${attributes.function} over such axes`)
  const image = { height: 1, width: sizeOf(sides.slice(0, -1)) }
  const windows = { ...onePlace, image, window: image }
  const channels = sides.at(-1) ?? 1
  const own = { kind: 'pool', x: ground.rootOf(x), out, images: 1 } as const
  return { steps: [{ ...own, windows, channels, isMean }], out, done: [] }
}

const softmax: Maker<'softmax'> = (node, ground) => {
  const { attributes, layer } = node
  const x = valueOf(node, 0, ground)
  const out = outputOf(node)
  const sides = ground.sidesOf(x, layer)
  const isLast = attributes.axis === -1 || attributes.axis === sides.length
  if (attributes.log || !isLast) throw new NoStep(layer, 'a softmax along another axis')
  const [rows, columns] = [sizeOf(sides.slice(0, -1)), sides.at(-1) ?? 1]
  return { steps: [{ kind: 'softmax', x: ground.rootOf(x), out, rows, columns }], out, done: [] }
}

const makers: { readonly [Op in OpName]?: Maker<Op> } = {
  conv,
  depthwiseConv,
  matMul,
  batchNormalization,
  transposedConv: spread,
  pool,
  reduce,
  unary,
  prelu: bent,
  softmax,
}

/** @throws NoStep where nothing here computes it */
export function stepsOf(node: GraphNode, ground: Ground): Made {
  if (handsOn(node)) {
    ground.view(outputOf(node), valueOf(node, 0, ground))
    return { steps: [], out: outputOf(node), done: [] }
  }
  const maker = makers[node.op] as Maker<OpName> | undefined
  const made = maker?.(node, ground) ?? combined(node, ground) ?? moved(node, ground)
  if (made === null) throw new NoStep(node.layer, node.op)
  return made
}
