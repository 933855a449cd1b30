import * as tf from '@tensorflow/tfjs'
import { given } from './kernel'
import type { Kernel } from './kernel'
import { everyNth } from './places'
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
import { marginsOf, onPictures, surrounded } from './window-places'

/** A window on its way over pictures. */
interface Window {
  readonly function: 'Max' | 'Average'
  readonly sides: readonly number[]
  readonly moves: Moves
  readonly countsPadding: boolean
  readonly ceil: boolean
}

/** Kernels of tfjs, which move over what is there and know no dilations. */
function stock(x: tf.Tensor, { function: name, sides, moves }: Window, pad: 'same' | 'valid') {
  if (x.rank === 5) {
    const [size, by] = [sides, moves.strides] as [number, number, number][]
    if (size === undefined || by === undefined) throw new RangeError('three places')
    return name === 'Max'
      ? mostInSpace(x, size, by, pad)
      : tf.avgPool3d(x as tf.Tensor5D, size, by, pad)
  }
  const [size, by] = [sides, moves.strides] as Pair[]
  if (size === undefined || by === undefined) throw new RangeError('two places')
  return name === 'Max' ? most(x, size, by, pad) : tf.avgPool(x as tf.Tensor4D, size, by, pad)
}

type Pair = [number, number]
type Triple = [number, number, number]

function most(x: tf.Tensor, size: Pair, by: Pair, pad: 'same' | 'valid'): tf.Tensor {
  if (size.some((places) => places !== 1)) return tf.maxPool(x as tf.Tensor4D, size, by, pad)
  // XNNPACK takes no window of one place.
  return by.reduce((value, stride, at) => {
    const side = value.shape[at + 1] ?? 1
    return everyNth(value, at + 1, 0, stride, Math.ceil(side / stride))
  }, x)
}

/** The most of each picture, then of neighbouring pictures: of rooms the kernel of WebAssembly gives something else. */
function mostInSpace(x: tf.Tensor, size: Triple, by: Triple, pad: 'same' | 'valid'): tf.Tensor {
  const [n = 1, depth = 1, height = 1, width = 1, channels = 1] = x.shape
  const pictures = tf.reshape(x, [n * depth, height, width, channels])
  const flat = most(pictures, [size[1], size[2]], [by[1], by[2]], pad)
  const [, rows = 1, columns = 1] = flat.shape
  const deep = tf.reshape(flat, [n, depth, rows * columns, channels])
  const result = most(deep, [size[0], 1], [by[0], 1], pad)
  return tf.reshape(result, [n, result.shape[1] ?? 1, rows, columns, channels])
}

/** Place by place of the window, for what no kernel of tfjs does. */
function placeByPlace(x: tf.Tensor, window: Window, fits: readonly Fit[]): tf.Tensor {
  const { strides, dilations } = window.moves
  const parts = placesOf(window.sides).map((offset) =>
    offset.reduce(
      (value, place, at) =>
        everyNth(
          value,
          at + 1,
          place * (dilations[at] ?? 1),
          strides[at] ?? 1,
          fits[at]?.count ?? 1,
        ),
      x,
    ),
  )
  const [first, ...others] = parts
  if (first === undefined) throw new RangeError('a window has places')
  if (window.function === 'Max') return others.reduce((a, b) => tf.maximum(a, b), first)
  return tf.div(
    others.reduce((a, b) => tf.add(a, b), first),
    parts.length,
  )
}

function pooled(x: tf.Tensor, window: Window, isTrained: boolean): tf.Tensor {
  const { moves, ceil, countsPadding, function: name } = window
  const spatial = x.shape.slice(1, -1)
  const along = alongs(window.sides, window.moves)
  const isDilated = along.some(({ side, dilation }) => dilation !== 1 && side !== 1)
  // In one place there is nothing to compare, and the kernel of WebAssembly takes no such window.
  const isOne = along.every(({ side }) => side === 1)
  // In space tfjs takes off places in front where a stride is beyond its window.
  const jumps = along.some(({ side, stride }) => side < stride)
  // Its gradient of a mean counts places that are none.
  const isWrong = jumps || (isTrained && name === 'Average')
  const isPlain = isStock(moves.padding) && !countsPadding && !isDilated && !isOne && !isWrong
  if (isPlain) return stock(x, window, 'same')
  const reaches = along.map(({ side, dilation }) => reachOf(side, dilation))
  const margins = marginsOf(moves.padding, spatial, reaches, moves.strides)
  const fits = spatial.map((side, at) =>
    fitOf(
      side,
      reaches[at] ?? 1,
      moves.strides[at] ?? 1,
      margins[at] ?? [0, 0],
      ceil && typeof moves.padding === 'object',
    ),
  )
  if (fits.some(({ count }) => count < 1))
    throw new RangeError('a window is larger than all there is')
  const around = margins.map(([before, behind], at): Margin => [
    before,
    behind + (fits[at]?.beyond ?? 0),
  ])
  const filled = surrounded(x, around, name === 'Max' ? LEAST : 0)
  const result =
    isDilated || isOne ? placeByPlace(filled, window, fits) : stock(filled, window, 'valid')
  if (name === 'Max' || around.every(([before, behind]) => before === 0 && behind === 0))
    return result
  return tf.mul(result, shares(x, window, fits, margins))
}

/** A mean over all places of a window becomes one over those that count. */
function shares(x: tf.Tensor, window: Window, fits: readonly Fit[], margins: readonly Margin[]) {
  const all = window.sides.reduce((product, side) => product * side, 1)
  const each = alongs(window.sides, window.moves).map((along, at) =>
    countsAlong(
      x.shape[at + 1] ?? 1,
      along,
      fits[at] ?? { count: 1, beyond: 0 },
      margins[at] ?? [0, 0],
      window.countsPadding,
    ),
  )
  return tf.tensor(sharesOf(all, each), [1, ...each.map(({ length }) => length), 1])
}

export const pool: Kernel<'pool'> = (call) => {
  const { attributes } = call.node
  const window: Window = {
    ...attributes,
    sides: inRows(attributes.window, 1),
    moves: movesOf(attributes),
  }
  return onPictures(given(call, 0), attributes.window.length, (x) =>
    pooled(x, window, call.pass.training),
  )
}
