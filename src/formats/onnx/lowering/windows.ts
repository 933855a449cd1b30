import type { Padding, Sliding } from '../../../graph/operators'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { wrapping } from './element-types'
import type { Lower, OnnxLowering } from './onnx-lowering'

/** Momentum of a normalization where a file does not say it. */
const MOMENTUM = 0.9

function ones(count: number): number[] {
  return new Array<number>(count).fill(1)
}

/** How a window of so many sides moves. */
function slidingOf(node: OnnxLowering, sides: number): Sliding {
  const strides = node.wholes('strides', ones(sides))
  const dilations = node.wholes('dilations', ones(sides))
  for (const list of [strides, dilations])
    if (list.length !== sides || list.some((step) => step < 1)) throw new NoMeaning('strides')
  return { strides, dilations, padding: paddingOf(node, sides), layout: 'channelsFirst' }
}

function paddingOf(node: OnnxLowering, sides: number): Padding {
  const mode = node.text('auto_pad', 'NOTSET')
  switch (mode) {
    case 'SAME_UPPER':
      return 'sameUpper'
    case 'SAME_LOWER':
      return 'sameLower'
    case 'VALID':
      return { begin: new Array(sides).fill(0), end: new Array(sides).fill(0) }
    case 'NOTSET': {
      const pads = node.wholes('pads', new Array<number>(2 * sides).fill(0))
      if (pads.length !== 2 * sides || pads.some((zeros) => zeros < 0)) throw new NoMeaning('pads')
      return { begin: pads.slice(0, sides), end: pads.slice(sides) }
    }
    default:
      throw new NoMeaning('auto_pad')
  }
}

/** Sides of a kernel, which a file always says. */
function kernelOf(node: OnnxLowering): {
  readonly shape: readonly number[]
  readonly sides: number
} {
  const shape = node.sides(1).map((side) => {
    if (typeof side !== 'number') throw new NoMeaning('kernel')
    return side
  })
  const sides = shape.length - 2
  if (sides < 1 || sides > 3) throw new NoMeaning('kernel')
  const said = node.wholes('kernel_shape', shape.slice(2))
  if (said.some((side, at) => side !== shape[2 + at])) throw new NoMeaning('kernel_shape')
  return { shape, sides }
}

function places(sides: number): number[] {
  return Array.from({ length: sides }, (_, at) => 2 + at)
}

function convolution(node: OnnxLowering): void {
  const { shape, sides } = kernelOf(node)
  const groups = node.whole('group', 1)
  const sliding = slidingOf(node, sides)
  const [filters = 0, perGroup = 0] = shape
  if (groups < 1 || filters % groups !== 0) throw new NoMeaning('group')
  const inputs = [node.input(0), node.input(1), node.optional(2)]
  const spatial = places(sides)
  // One filter for each channel; several for each are groups of a convolution.
  if (groups > 1 && groups === filters && perGroup === 1)
    node.give(
      'depthwiseConv',
      { ...sliding, kernel: { spatial, channel: 0, multiplier: 1 } },
      inputs,
    )
  else node.give('conv', { ...sliding, kernel: { spatial, input: 1, output: 0 }, groups }, inputs)
}

function transposed(node: OnnxLowering): void {
  const { sides } = kernelOf(node)
  const sliding = slidingOf(node, sides)
  if (node.hasAttribute('output_shape') || typeof sliding.padding === 'string')
    throw new NoMeaning('output_shape')
  const outputPadding = node.wholes('output_padding', new Array<number>(sides).fill(0))
  if (outputPadding.length !== sides || outputPadding.some((more) => more < 0))
    throw new NoMeaning('output_padding')
  const attributes = {
    ...sliding,
    kernel: { spatial: places(sides), input: 0, output: 1 },
    groups: node.whole('group', 1),
    outputPadding,
    output: null,
  }
  node.give('transposedConv', attributes, [node.input(0), node.input(1), node.optional(2)])
}

function pool(kind: 'Max' | 'Average'): Lower {
  return (node) => {
    node.gives(1)
    const window = node.wholes('kernel_shape')
    if (window.length < 1 || window.some((side) => side < 1)) throw new NoMeaning('kernel_shape')
    const countsPadding = kind === 'Average' && node.whole('count_include_pad', 0) === 1
    const ceil = node.whole('ceil_mode', 0) === 1
    // Which zeros beyond the end such a window counts differs.
    if (countsPadding && ceil) throw new NoMeaning('ceil_mode')
    const attributes = {
      ...slidingOf(node, window.length),
      ...{ function: kind, window, countsPadding, ceil },
    }
    if (!node.isWhole(0)) {
      node.give('pool', attributes, [node.input(0)])
      return
    }
    // Of few bits: no kernel compares whole numbers.
    if (wrapping(node.type(0) ?? 'I64') === null) throw new NoMeaning('type', node.type(0) ?? '')
    const real = node.step('cast', { to: 'float32' }, [node.input(0)])
    node.give('cast', { to: 'int32' }, [node.step('pool', attributes, [real])])
  }
}

/** Over all places of each channel. */
function overAll(kind: 'Max' | 'Mean'): Lower {
  return (node) => {
    const axes = places(node.rank(0) - 2)
    if (axes.length === 0) throw new NoMeaning('rank')
    node.give('reduce', { function: kind, axes, keepDims: true }, [node.input(0)])
  }
}

function normalization(node: OnnxLowering): void {
  node.gives(1)
  if (node.whole('training_mode', 0) !== 0 || node.whole('spatial', 1) !== 1)
    throw new NoMeaning('training_mode')
  const attributes = {
    axis: 1,
    epsilon: node.number('epsilon', 1e-5),
    momentum: node.number('momentum', MOMENTUM),
  }
  node.give('batchNormalization', attributes, node.every().slice(0, 5))
}

function layerNormalization(node: OnnxLowering): void {
  node.gives(1)
  const rank = node.rank(0)
  const first = node.axis(node.whole('axis', -1), rank)
  const axes = Array.from({ length: rank - first }, (_, at) => at - (rank - first))
  if (node.rank(1) !== axes.length) throw new NoMeaning('scale')
  const attributes = { axes, epsilon: node.number('epsilon', 1e-5) }
  node.give('layerNormalization', attributes, [node.input(0), node.input(1), node.optional(2)])
}

/** Each channel of each sample by itself, then scaled by channels. */
function instanceNormalization(node: OnnxLowering): void {
  const rank = node.rank(0)
  const channels = node.side(1, 0)
  if (rank < 3 || channels === null) throw new NoMeaning('rank')
  const axes = places(rank - 2)
  const epsilon = node.number('epsilon', 1e-5)
  const normal = node.step('layerNormalization', { axes, epsilon }, [node.input(0)])
  const to = [channels, ...ones(rank - 2)]
  const [scale, offset] = [1, 2].map((place) => node.step('reshape', { to }, [node.input(place)]))
  const scaled = node.step('combine', { function: 'Mul' }, [normal, scale ?? ''])
  node.give('combine', { function: 'Add' }, [scaled, offset ?? ''])
}

function localResponse(node: OnnxLowering): void {
  const size = node.whole('size')
  if (size < 1 || size % 2 === 0) throw new NoMeaning('size')
  const attributes = {
    ...{ axis: 1, size, alpha: node.number('alpha', 1e-4) },
    ...{ beta: node.number('beta', 0.75), bias: node.number('bias', 1) },
  }
  node.give('localResponseNormalization', attributes, [node.input(0)])
}

export const windows: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Conv', convolution],
  ['ConvTranspose', transposed],
  ['MaxPool', pool('Max')],
  ['AveragePool', pool('Average')],
  ['GlobalAveragePool', overAll('Mean')],
  ['GlobalMaxPool', overAll('Max')],
  ['BatchNormalization', normalization],
  ['LayerNormalization', layerNormalization],
  ['InstanceNormalization', instanceNormalization],
  ['LRN', localResponse],
])
