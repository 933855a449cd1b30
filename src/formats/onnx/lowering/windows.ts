import type { Padding, Sliding } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { wrapping } from './element-types'
import type { Lower, OnnxLowering } from './onnx-lowering'

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
  // A kernel that the file only turns is read as it lies.
  const { name: weight, axes } = node.turnedWeight(1)
  const inputs = [node.input(0), weight, node.optional(2)]
  const [output = 0, input = 1, ...spatial] = axes
  // One filter for each channel; several for each are groups of a convolution.
  if (groups > 1 && groups === filters && perGroup === 1)
    node.give(
      'depthwiseConv',
      { ...sliding, kernel: { spatial, channel: output, multiplier: input } },
      inputs,
    )
  else node.give('conv', { ...sliding, kernel: { spatial, input, output }, groups }, inputs)
}

/**
 * What is cut off, where a file says the sides that come out, or that they are so many times those that go in; the odd
 * place at the end unless the file says the beginning.
 */
function spreadPadding(
  node: OnnxLowering,
  { padding, strides, dilations }: Sliding,
  outputPadding: readonly number[],
): Padding {
  const asked = node.hasAttribute('output_shape') ? node.wholes('output_shape') : null
  if (asked === null && typeof padding !== 'string') return padding
  const { shape } = kernelOf(node)
  const all = strides.map((stride, at) => {
    const side = node.side(0, 2 + at)
    const wanted = asked?.at(at - strides.length)
    if (wanted !== undefined && side === null) throw new NoMeaning('output_shape', String(asked))
    const more = wanted === undefined ? stride : wanted - stride * ((side ?? 0) - 1)
    return (outputPadding[at] ?? 0) + ((shape[2 + at] ?? 1) - 1) * (dilations[at] ?? 1) + 1 - more
  })
  if (all.some((cut) => cut < 0)) throw new NoMeaning('output_shape', String(asked ?? ''))
  const [less, more] = [Math.floor, Math.ceil].map((round) => all.map((cut) => round(cut / 2)))
  const isLower = padding !== 'sameUpper'
  const [begin = [], end = []] = isLower ? [more, less] : [less, more]
  return { begin, end }
}

function transposed(node: OnnxLowering): void {
  const { sides } = kernelOf(node)
  const sliding = slidingOf(node, sides)
  const outputPadding = node.wholes('output_padding', new Array<number>(sides).fill(0))
  if (outputPadding.length !== sides || outputPadding.some((more) => more < 0))
    throw new NoMeaning('output_padding', String(outputPadding))
  const attributes = {
    ...{ ...sliding, padding: spreadPadding(node, sliding, outputPadding) },
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

/** The p-th root of a sum of p-th powers: of a mean over all places of a window, those outside as nothing. */
function lengths(node: OnnxLowering): void {
  const window = node.wholes('kernel_shape')
  const p = node.whole('p', 2)
  if (node.whole('ceil_mode', 0) !== 0) throw new NoMeaning('ceil_mode', '1')
  if (p < 1) throw new NoMeaning('p', String(p))
  const attributes = {
    ...slidingOf(node, window.length),
    ...{ function: 'Average' as const, window, countsPadding: true, ceil: false },
  }
  const power = (value: ValueName, exponent: number): ValueName =>
    node.step('combine', { function: 'Pow' }, [value, node.constant([exponent], [], 'float32')])
  const size = node.step('unary', { function: 'Abs' }, [node.input(0)])
  const mean = node.step('pool', attributes, [p === 1 ? size : power(size, p)])
  const all = window.reduce((product, side) => product * side, 1)
  const sum = node.step('unary', { function: 'Affine', scale: all, offset: 0 }, [mean])
  if (p === 1) node.give('identity', {}, [sum])
  else {
    const root = node.constant([1 / p], [], 'float32')
    node.give('combine', { function: 'Pow' }, [sum, root])
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

export const windows: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['Conv', convolution],
  ['ConvTranspose', transposed],
  ['MaxPool', pool('Max')],
  ['AveragePool', pool('Average')],
  ['GlobalAveragePool', overAll('Mean')],
  ['GlobalMaxPool', overAll('Max')],
  ['LpPool', lengths],
])
