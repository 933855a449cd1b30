import type { Side } from '../../../graph/sides/side'
import { product, times } from '../../../graph/sides/side'
import {
  LEAST,
  alongs,
  countsAlong,
  fitOf,
  placesOf,
  sharesOf,
} from '../../../graph/sides/window-fits'
import type { Fit } from '../../../graph/sides/window-fits'
import { inRows, isStock, movesOf, reachOf } from '../../../graph/sides/window-moves'
import type { Margin, Moves } from '../../../graph/sides/window-moves'
import { atMost, fixed, places } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { everyNth, marginsOf, onPictures, surrounded } from './window-padding'
import { type, wholeList, word } from './written-attributes'
import { input } from './writing'
import type { Write } from './writing'

/** Each of its places is an operator. */
const MOST_WINDOW = 1024

/** A window on its way over pictures. */
interface Window {
  readonly net: GraphWriter
  readonly function: 'Max' | 'Average'
  readonly sides: readonly number[]
  readonly moves: Moves
  readonly countsPadding: boolean
  readonly ceil: boolean
}

type Stock = 'SAME' | 'VALID'

/** Operators of TensorFlow, which move over what is there and know no dilations. */
function stock(x: Wire, { net, function: name, sides, moves }: Window, pad: Stock): Wire {
  const { strides } = moves
  if (x.sides.length === 4)
    return slid(net, x, name === 'Max' ? 'MaxPool' : 'AvgPool', sides, strides, pad)
  return name === 'Max'
    ? mostInSpace(net, x, sides, strides, pad)
    : slid(net, x, 'AvgPool3D', sides, strides, pad)
}

function slid(
  net: GraphWriter,
  x: Wire,
  op: string,
  sides: readonly number[],
  strides: readonly number[],
  pad: Stock,
): Wire {
  // XNNPACK takes no window of one place.
  if (op === 'MaxPool' && sides.every((places) => places === 1))
    return strides.reduce((value, step, at) => {
      if (step === 1) return value
      const count = Math.ceil(fixed(value.sides[at + 1]) / step)
      return everyNth(net, value, at + 1, { first: 0, step, count })
    }, x)
  const made = x.sides.slice(1, -1).map((side, at): Side => {
    const [reach = 1, stride = 1] = [sides[at], strides[at]]
    if (stride === 1 && (pad === 'SAME' || reach === 1)) return side
    if (typeof side !== 'number') return null
    return Math.ceil((pad === 'SAME' ? side : side - reach + 1) / stride)
  })
  return net.node(
    op,
    [x],
    {
      T: type(x.dtype),
      ksize: wholeList([1, ...sides, 1]),
      strides: wholeList([1, ...strides, 1]),
      padding: word(pad),
      data_format: word(sides.length === 3 ? 'NDHWC' : 'NHWC'),
    },
    { sides: [x.sides[0] ?? null, ...made, x.sides.at(-1) ?? null], dtype: x.dtype },
  )
}

/** The most of each picture, then of neighbouring pictures: of rooms the kernel of WebAssembly gives something else. */
function mostInSpace(
  net: GraphWriter,
  x: Wire,
  size: readonly number[],
  by: readonly number[],
  pad: Stock,
): Wire {
  const room = net.withNamedSides(x)
  const [n = null, depth = null, height = null, width = null, channels = null] = room.sides
  const pictures = net.reshape(room, [times(n, depth), height, width, channels])
  const flat = net.withNamedSides(slid(net, pictures, 'MaxPool', size.slice(1), by.slice(1), pad))
  const [, rows = null, columns = null] = flat.sides
  const deep = net.reshape(flat, [n, depth, times(rows, columns), channels])
  const result = net.withNamedSides(
    slid(net, deep, 'MaxPool', [size[0] ?? 1, 1], [by[0] ?? 1, 1], pad),
  )
  return net.reshape(result, [n, result.sides[1] ?? null, rows, columns, channels])
}

/** Place by place of the window, for what no operator of TensorFlow does. */
function placeByPlace(x: Wire, window: Window, fits: readonly Fit[]): Wire {
  const { net } = window
  atMost(Number(product(window.sides)), MOST_WINDOW)
  const { strides, dilations } = window.moves
  const parts = placesOf(window.sides).map((offset) =>
    offset.reduce(
      (value, place, at) =>
        everyNth(net, value, at + 1, {
          first: place * (dilations[at] ?? 1),
          step: strides[at] ?? 1,
          count: fits[at]?.count ?? 1,
        }),
      x,
    ),
  )
  const op = window.function === 'Max' ? 'Maximum' : 'AddV2'
  const all = parts.reduce((a, b) => net.one(op, [a, b]))
  return window.function === 'Max' ? all : net.one('RealDiv', [all, net.number(parts.length)])
}

function pooled(x: Wire, window: Window): Wire {
  const { net, moves, ceil, countsPadding, function: name } = window
  const spatial = x.sides.slice(1, -1)
  const along = alongs(window.sides, window.moves)
  const isDilated = along.some(({ side, dilation }) => dilation !== 1 && side !== 1)
  // In one place there is nothing to compare, and the kernel of WebAssembly takes no such window.
  const isOne = along.every(({ side }) => side === 1)
  // In space TensorFlow.js takes off places in front where a stride is beyond its window.
  const jumps = along.some(({ side, stride }) => side < stride)
  const isPlain = isStock(moves.padding) && !countsPadding && !isDilated && !isOne && !jumps
  if (isPlain) return stock(x, window, 'SAME')
  const isValid = typeof moves.padding === 'object' && isNothing(moves.padding) && !ceil
  if (isValid && !isDilated && !isOne) return stock(x, window, 'VALID')
  const reaches = along.map(({ side, dilation }) => reachOf(side, dilation))
  const margins = marginsOf(moves.padding, spatial, reaches, moves.strides)
  const fits = spatial.map((side, at) =>
    fitOf(
      fixed(side),
      reaches[at] ?? 1,
      moves.strides[at] ?? 1,
      margins[at] ?? [0, 0],
      ceil && typeof moves.padding === 'object',
    ),
  )
  const around = margins.map(([before, behind], at): Margin => [
    before,
    behind + (fits[at]?.beyond ?? 0),
  ])
  const filled = surrounded(net, x, around, name === 'Max' ? LEAST : 0)
  const result =
    isDilated || isOne ? placeByPlace(filled, window, fits) : stock(filled, window, 'VALID')
  if (name === 'Max' || around.every(([before, behind]) => before === 0 && behind === 0))
    return result
  return net.one('Mul', [result, shares(x, window, fits, margins)])
}

function isNothing({
  begin,
  end,
}: {
  readonly begin: readonly number[]
  readonly end: readonly number[]
}) {
  return [...begin, ...end].every((places) => places === 0)
}

/** A mean over all places of a window becomes one over those that count. */
function shares(x: Wire, window: Window, fits: readonly Fit[], margins: readonly Margin[]): Wire {
  const all = Number(product(window.sides))
  const each = alongs(window.sides, window.moves).map((along, at) => {
    const fit = fits[at] ?? { count: 1, beyond: 0 }
    places(fit.count * along.side)
    const side = fixed(x.sides[at + 1])
    return countsAlong(side, along, fit, margins[at] ?? [0, 0], window.countsPadding)
  })
  places(each.reduce((all, { length }) => all * length, 1))
  return window.net.reals(sharesOf(all, each), [1, ...each.map(({ length }) => length), 1])
}

export const pool: Write<'pool'> = (writing) => {
  const { net, node } = writing
  const { attributes } = node
  const { ceil, countsPadding, function: name } = attributes
  const window: Window = {
    ...{ net, function: name, ceil, countsPadding },
    sides: inRows(attributes.window, 1),
    moves: movesOf(attributes),
  }
  return onPictures(net, input(writing, 0), attributes.window.length, (x) => pooled(x, window))
}
