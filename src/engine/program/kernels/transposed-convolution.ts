import * as tf from '@tensorflow/tfjs'
import type { OpAttributes } from '../../../graph/operators'
import { finished } from './convolutions'
import { spreadInSpace } from './in-space'
import type { Spread } from './in-space'
import { given, numbersOf } from './kernel'
import type { Call, Kernel } from './kernel'
import { dilated } from './spread-out'
import { evenly, inRows, movesOf, reachOf } from '../../../graph/sides/window-moves'
import { onPictures } from './window-places'
import type { Margin, Moves } from '../../../graph/sides/window-moves'

type Attributes = OpAttributes['transposedConv']
type Sides4 = [number, number, number, number]

function spreadOf(
  call: Call<'transposedConv'>,
  x: readonly number[],
  windows: readonly number[],
  moves: Moves,
): Spread {
  const { attributes } = call.node
  const reaches = windows.map((window, at) => reachOf(window, moves.dilations[at] ?? 1))
  const asked = askedSides(call, attributes)
  const further = inRows(attributes.outputPadding, 0)
  const each = x.map((side, at): { side: number; margin: Margin } => {
    const [stride = 1, reach = 1] = [moves.strides[at], reaches[at]]
    const full = (side - 1) * stride + reach
    const { padding } = moves
    if (typeof padding === 'string') {
      const own = asked?.[at] ?? side * stride
      return { side: own, margin: evenly(full - own, padding) }
    }
    const margin: Margin = [padding.begin[at] ?? 0, padding.end[at] ?? 0]
    return { side: asked?.[at] ?? full - margin[0] - margin[1] + (further[at] ?? 0), margin }
  })
  return { sides: each.map(({ side }) => side), margins: each.map(({ margin }) => margin) }
}

function askedSides(
  call: Call<'transposedConv'>,
  { output, layout, kernel }: Attributes,
): readonly number[] | null {
  const places = kernel.spatial.length
  if (output !== null) return inRows(output, 1)
  if ((call.inputs[3] ?? null) === null) return null
  const all = numbersOf(call, 3)
  const spatial = layout === 'channelsFirst' ? all.slice(-places) : all.slice(-places - 1, -1)
  return inRows(spatial, 1)
}

/** @param kernel [height, width, out, in] */
function inPlane(x: tf.Tensor, kernel: tf.Tensor, moves: Moves, { sides, margins }: Spread) {
  const [rows = [0, 0], columns = [0, 0]] = margins
  const shape = [x.shape[0], ...sides, kernel.shape[2] ?? 0] as Sides4
  const padding: [number, number][] = [[0, 0], [...rows], [...columns], [0, 0]]
  const pad = moves.padding === 'sameUpper' ? 'same' : (padding as [[0, 0], Pair, Pair, [0, 0]])
  return tf.conv2dTranspose(
    x as tf.Tensor4D,
    kernel as tf.Tensor4D,
    shape,
    moves.strides as Pair,
    pad,
  )
}

type Pair = [number, number]

export const transposedConv: Kernel<'transposedConv'> = (call) => {
  const { attributes } = call.node
  const { groups } = attributes
  const places = attributes.kernel.spatial.length
  const moves = movesOf(attributes)
  const read = given(call, 1)
  const sides = inRows(read.shape.slice(0, places), 1)
  const rowed = tf.reshape(read, [...sides, ...read.shape.slice(places)])
  const kernel = dilated(rowed, moves.dilations)
  return onPictures(given(call, 0), places, (x) => {
    const spread = spreadOf(call, x.shape.slice(1, -1), sides, moves)
    if (spread.sides.some((side) => side < 1)) throw new RangeError('a padding takes all there is')
    const through = (part: tf.Tensor, own: tf.Tensor): tf.Tensor =>
      x.rank === 4
        ? inPlane(part, own, moves, spread)
        : spreadInSpace(part, own, moves.strides, spread)
    const filters = { bias: call.inputs[2] ?? null, follower: null }
    if (groups === 1) return finished(through(x, kernel), filters)
    const kernels = tf.split(kernel, groups, kernel.rank - 1)
    const parts = tf.split(x, groups, x.rank - 1).map((part, at) => {
      const own = kernels[at]
      return own === undefined ? part : through(part, own)
    })
    return finished(tf.concat(parts, x.rank - 1), filters)
  })
}
