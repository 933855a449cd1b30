import type { Side } from '../../../graph/sides/side'
import { times } from '../../../graph/sides/side'
import { isFusedBias } from './graph-writer'
import type { GraphWriter, Wire } from './graph-writer'
import { inRows, isStock, movesOf, reachOf } from '../../../graph/sides/window-moves'
import { countOf, marginsOf, onPictures, padded, surrounded } from './window-padding'
import type { Margin, Moves } from '../../../graph/sides/window-moves'
import { atMost, fixed } from '../../graph-writing/not-writable'
import { type, whole, wholeList, word, wordList } from './written-attributes'
import type { WrittenAttribute } from './written-attributes'
import { input } from './writing'
import type { Write, Writing } from './writing'

/** More parts of channels, each an operator of its own, make no useful file. */
const MOST_PARTS = 256

/** Zeros between the places of an axis, each so far from the next. */
export function spreadOut(net: GraphWriter, x: Wire, axis: number, step: number): Wire {
  const side = x.sides[axis] ?? null
  if (step === 1 || side === 1) return x
  const places = fixed(side)
  const { sides } = x
  const apart = net.reshape(x, [...sides.slice(0, axis + 1), 1, ...sides.slice(axis + 1)])
  const margins = apart.sides.map((_, at): Margin => [0, at === axis + 1 ? step - 1 : 0])
  const filled = padded(net, apart, margins, 0)
  const full = net.reshape(
    filled,
    sides.map((old, at) => (at === axis ? places * step : old)),
  )
  return net.cut(full, axis, 0, reachOf(places, step))
}

/** A kernel with zeros between its places: the same as dilations, for where TensorFlow.js has none. */
export function dilated(net: GraphWriter, kernel: Wire, dilations: readonly number[]): Wire {
  return dilations.reduce((wide, step, axis) => spreadOut(net, wide, axis, step), kernel)
}

/** A kernel [...places, in, out], or [...places, channels, filters of each], and how it moves. */
interface Filters {
  readonly net: GraphWriter
  readonly kernel: Wire
  readonly moves: Moves
  readonly bias: Wire | null
}

/** TensorFlow.js dilates nothing that also strides. */
function withDilations(filters: Filters): Filters {
  const { strides, dilations } = filters.moves
  if (dilations.every((step) => step === 1) || strides.every((step) => step === 1)) return filters
  return {
    ...filters,
    kernel: dilated(filters.net, filters.kernel, dilations),
    moves: { ...filters.moves, dilations: dilations.map(() => 1) },
  }
}

/**
 * What TensorFlow pads by itself, or how much has to be said. Where a stride is beyond its window there is nothing to pad:
 * in space TensorFlow.js then takes off places in front, and XNNPACK loses its way.
 */
function paddingFor(x: Wire, { kernel, moves }: Filters): 'same' | readonly Margin[] {
  const sides = x.sides.slice(1, -1)
  const reaches = reachesOf(kernel, moves)
  const jumps = reaches.some((reach, at) => reach < (moves.strides[at] ?? 1))
  const isOpen = sides.some((side) => typeof side !== 'number')
  if (isStock(moves.padding) && (!jumps || isOpen)) return 'same'
  return marginsOf(moves.padding, sides, reaches, moves.strides)
}

function reachesOf(kernel: Wire, { dilations }: Moves): number[] {
  return dilations.map((step, at) => reachOf(fixed(kernel.sides[at]), step))
}

function ofAllAxes(list: readonly number[]): WrittenAttribute {
  return wholeList([1, ...list, 1])
}

/** Spatial sides of what a window gives. */
function movedSides(
  x: Wire,
  { kernel, moves }: Filters,
  padding: 'same' | readonly Margin[],
): Side[] {
  const reaches = reachesOf(kernel, moves)
  return x.sides.slice(1, -1).map((side, at) => {
    const stride = moves.strides[at] ?? 1
    if (padding !== 'same') {
      const [before, behind] = padding[at] ?? [0, 0]
      const isEven = stride === 1 && before + behind + 1 === reaches[at]
      return isEven ? side : countOf(side, reaches[at] ?? 1, stride, [before, behind])
    }
    if (stride === 1) return side
    return typeof side === 'number' ? Math.ceil(side / stride) : null
  })
}

function inPlane(x: Wire, filters: Filters, isDepthwise: boolean): Wire {
  const { net, kernel, moves, bias } = filters
  const padding = paddingFor(x, filters)
  const [read = null, made = null] = kernel.sides.slice(-2)
  const sides = [
    x.sides[0] ?? null,
    ...movedSides(x, filters, padding),
    isDepthwise ? times(read, made) : made,
  ]
  const attributes = {
    T: type('float32'),
    strides: ofAllAxes(moves.strides),
    dilations: ofAllAxes(moves.dilations),
    data_format: word('NHWC'),
    ...paddingAttributes(padding),
  }
  const given = { sides, dtype: 'float32' as const }
  if (bias === null || !isFusedBias(bias)) {
    const op = isDepthwise ? 'DepthwiseConv2dNative' : 'Conv2D'
    const result = net.node(op, [x, kernel], attributes, given)
    return bias === null ? result : net.one('AddV2', [result, bias])
  }
  return net.node(
    isDepthwise ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D',
    [x, kernel, bias],
    { ...attributes, fused_ops: wordList(['BiasAdd']), num_args: whole(1) },
    given,
  )
}

export function paddingAttributes(
  padding: 'same' | readonly Margin[],
): Readonly<Record<string, WrittenAttribute>> {
  if (padding === 'same') return { padding: word('SAME'), explicit_paddings: wholeList([]) }
  if (padding.every(([before, behind]) => before === 0 && behind === 0))
    return { padding: word('VALID'), explicit_paddings: wholeList([]) }
  return {
    padding: word('EXPLICIT'),
    explicit_paddings: wholeList([0, 0, ...padding.flat(), 0, 0]),
  }
}

function inSpace(x: Wire, filters: Filters): Wire {
  const { net, kernel, moves, bias } = filters
  const padding = paddingFor(x, filters)
  const room = padding === 'same' ? x : surrounded(net, x, padding)
  const made = movedSides(x, filters, padding)
  const result = net.node(
    'Conv3D',
    [room, kernel],
    {
      T: type('float32'),
      strides: ofAllAxes(moves.strides),
      dilations: ofAllAxes(moves.dilations),
      data_format: word('NDHWC'),
      padding: word(padding === 'same' ? 'SAME' : 'VALID'),
    },
    { sides: [x.sides[0] ?? null, ...made, kernel.sides.at(-1) ?? null], dtype: 'float32' },
  )
  return bias === null ? result : net.one('AddV2', [result, bias])
}

/** Equal parts along an axis. */
export function splitEvenly(net: GraphWriter, x: Wire, count: number, axis: number): Wire[] {
  const side = fixed(x.sides[axis]) / atMost(count, MOST_PARTS)
  const sides = x.sides.map((own, at) => (at === axis ? side : own))
  const attributes = { T: type(x.dtype), num_split: whole(count) }
  const parts = Array.from({ length: count }, () => ({ sides, dtype: x.dtype }))
  return net.parts('Split', [net.number(axis, 'int32'), x], attributes, parts)
}

function eachGroup(x: Wire, filters: Filters, kernels: readonly Wire[]): Wire {
  const { bias, net } = filters
  const groups = kernels.length
  const last = x.sides.length - 1
  const biases = bias === null ? null : splitEvenly(net, bias, groups, 0)
  const parts = splitEvenly(net, x, groups, last).map((part, at) =>
    convolved(part, {
      ...filters,
      kernel: kernels[at] ?? filters.kernel,
      bias: biases?.[at] ?? null,
    }),
  )
  return net.concat(parts, last)
}

/** @param x [n, ...places, channels] */
function convolved(x: Wire, filters: Filters): Wire {
  const padding = x.sides.length === 4 ? paddingFor(x, filters) : 'same'
  const isLess = padding !== 'same' && padding.flat().some((places) => places < 0)
  if (isLess) return inPlane(surrounded(filters.net, x, padding), nothingPadded(filters), false)
  return x.sides.length === 4 ? inPlane(x, filters, false) : inSpace(x, filters)
}

/** Of pictures with channels last. */
export function convolution(filters: Filters, x: Wire): Wire {
  return convolved(x, filters)
}

function nothingPadded(filters: Filters): Filters {
  return { ...filters, moves: { ...filters.moves, padding: { begin: [0, 0], end: [0, 0] } } }
}

/** TensorFlow.js has no filters in space that read one channel each. */
function eachChannel(x: Wire, filters: Filters): Wire {
  const { kernel, net } = filters
  const channels = fixed(kernel.sides.at(-2))
  return eachGroup(x, filters, splitEvenly(net, kernel, channels, kernel.sides.length - 2))
}

function filtersOf(writing: Writing<'conv' | 'depthwiseConv'>, kernel: Wire): Filters {
  const { net, node, inputs } = writing
  const moves = movesOf(node.attributes)
  return withDilations({ net, kernel, moves, bias: inputs[2] ?? null })
}

export const conv: Write<'conv'> = (writing) => {
  const { net, node } = writing
  const { kernel: axes, groups } = node.attributes
  const places = axes.spatial.length
  const read = input(writing, 1)
  const sides = inRows(read.sides.slice(0, places), 1).concat(read.sides.slice(places))
  const kernel = net.reshape(read, sides)
  return onPictures(net, input(writing, 0), places, (pictures) => {
    if (groups === 1) return convolved(pictures, filtersOf(writing, kernel))
    const [own, made] = kernel.sides.slice(-2)
    if (own === 1 && pictures.sides.length === 4) {
      const each = [...kernel.sides.slice(0, 2), groups, fixed(made) / groups]
      return inPlane(pictures, filtersOf(writing, net.reshape(kernel, each)), true)
    }
    const filters = filtersOf(writing, kernel)
    const last = filters.kernel.sides.length - 1
    return eachGroup(pictures, filters, splitEvenly(net, filters.kernel, groups, last))
  })
}

export const depthwiseConv: Write<'depthwiseConv'> = (writing) => {
  const { net, node } = writing
  const { kernel: axes } = node.attributes
  const places = axes.spatial.length
  const read = input(writing, 1)
  const filters = axes.multiplier === null ? [1] : []
  const rows = inRows(read.sides.slice(0, places), 1)
  const kernel = net.reshape(read, [...rows, ...read.sides.slice(places), ...filters])
  return onPictures(net, input(writing, 0), places, (pictures) => {
    const own = filtersOf(writing, kernel)
    return pictures.sides.length === 4 ? inPlane(pictures, own, true) : eachChannel(pictures, own)
  })
}
