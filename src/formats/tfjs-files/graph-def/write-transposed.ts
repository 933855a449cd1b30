import type { OpAttributes } from '../../../graph/operators'
import type { Side } from '../../../graph/sides/side'
import type { GraphWriter, Wire } from './graph-writer'
import { evenly, inRows, movesOf, reachOf } from '../../../graph/sides/window-moves'
import { onPictures, padded } from './window-padding'
import type { Margin, Moves } from '../../../graph/sides/window-moves'
import { fixed } from '../../graph-writing/not-writable'
import { dilated, paddingAttributes, splitEvenly, spreadOut } from './write-convolutions'
import { type, wholeList, word } from './written-attributes'
import { givenSides, input } from './writing'
import type { Write, Writing } from './writing'

type Attributes = OpAttributes['transposedConv']

/** Spatial sides of what is given, and how many places of what the window reaches fall off at both ends. */
interface Spread {
  readonly sides: readonly number[]
  readonly margins: readonly Margin[]
}

function spreadOf(
  writing: Writing<'transposedConv'>,
  x: readonly Side[],
  windows: readonly number[],
  moves: Moves,
): Spread {
  const { attributes } = writing.node
  const reaches = windows.map((window, at) => reachOf(window, moves.dilations[at] ?? 1))
  const asked = askedSides(writing, attributes)
  const further = inRows(attributes.outputPadding, 0)
  const each = x.map((own, at): { side: number; margin: Margin } => {
    const side = fixed(own)
    const [stride = 1, reach = 1] = [moves.strides[at], reaches[at]]
    const full = (side - 1) * stride + reach
    const { padding } = moves
    if (typeof padding === 'string') {
      const made = asked?.[at] ?? side * stride
      return { side: made, margin: evenly(full - made, padding) }
    }
    const margin: Margin = [padding.begin[at] ?? 0, padding.end[at] ?? 0]
    return { side: asked?.[at] ?? full - margin[0] - margin[1] + (further[at] ?? 0), margin }
  })
  return { sides: each.map(({ side }) => side), margins: each.map(({ margin }) => margin) }
}

/** Where an input says them they have to be known beforehand. */
function askedSides(
  writing: Writing<'transposedConv'>,
  { kernel, output }: Attributes,
): readonly number[] | null {
  if (output !== null) return inRows(output, 1)
  if ((writing.inputs[3] ?? null) === null) return null
  const places = kernel.spatial.length
  return inRows(
    givenSides(writing)
      .slice(-places - 1, -1)
      .map(fixed),
    1,
  )
}

/** @param kernel [height, width, out, in] */
function inPlane(
  net: GraphWriter,
  x: Wire,
  kernel: Wire,
  moves: Moves,
  { sides, margins }: Spread,
): Wire {
  const given = [x.sides[0] ?? null, ...sides, fixed(kernel.sides[2])]
  return net.node(
    'Conv2DBackpropInput',
    [net.sizes(given), kernel, x],
    {
      T: type('float32'),
      strides: wholeList([1, ...moves.strides, 1]),
      dilations: wholeList([1, 1, 1, 1]),
      data_format: word('NHWC'),
      ...paddingAttributes(moves.padding === 'sameUpper' ? 'same' : margins),
    },
    { sides: given, dtype: 'float32' },
  )
}

/**
 * Zeros between the places, then a convolution with the kernel turned round: the kernel of WebAssembly computes something
 * else.
 */
function inSpace(
  net: GraphWriter,
  x: Wire,
  kernel: Wire,
  moves: Moves,
  { sides, margins }: Spread,
): Wire {
  const apart = moves.strides.reduce(
    (value, stride, at) => spreadOut(net, value, at + 1, stride),
    x,
  )
  const around = margins.map(([before], at): Margin => {
    const reach = fixed(kernel.sides[at])
    const first = reach - 1 - before
    return [first, (sides[at] ?? 0) + reach - 1 - first - fixed(apart.sides[at + 1])]
  })
  // A margin that takes more than the window reaches takes places away.
  const kept = around.reduce((value, [before, behind], at) => {
    const first = Math.max(0, -before)
    const side = fixed(value.sides[at + 1])
    return net.cut(value, at + 1, first, side - first - Math.max(0, -behind))
  }, apart)
  const room = padded(net, kept, [[0, 0], ...around, [0, 0]], 0)
  const given = { sides: kernel.sides, dtype: kernel.dtype }
  const types = { T: type('float32'), Tidx: type('int32') }
  const back = net.node('ReverseV2', [kernel, net.wholes([0, 1, 2])], types, given)
  return net.node(
    'Conv3D',
    [room, net.transpose(back, [0, 1, 2, 4, 3])],
    {
      T: type('float32'),
      strides: wholeList([1, 1, 1, 1, 1]),
      dilations: wholeList([1, 1, 1, 1, 1]),
      data_format: word('NDHWC'),
      padding: word('VALID'),
    },
    { sides: [x.sides[0] ?? null, ...sides, fixed(kernel.sides[3])], dtype: 'float32' },
  )
}

export const transposedConv: Write<'transposedConv'> = (writing) => {
  const { net, node, inputs } = writing
  const { groups, kernel: axes } = node.attributes
  const places = axes.spatial.length
  const moves = movesOf(node.attributes)
  const read = input(writing, 1)
  const rowed = net.reshape(read, [
    ...inRows(read.sides.slice(0, places), 1),
    ...read.sides.slice(places),
  ])
  const windows = rowed.sides.slice(0, -2).map(fixed)
  const kernel = dilated(net, rowed, moves.dilations)
  return onPictures(net, input(writing, 0), places, (x) => {
    const spread = spreadOf(writing, x.sides.slice(1, -1), windows, moves)
    const through = (part: Wire, own: Wire): Wire =>
      (x.sides.length === 4 ? inPlane : inSpace)(net, part, own, moves, spread)
    const last = x.sides.length - 1
    const kernels = groups === 1 ? [kernel] : splitEvenly(net, kernel, groups, last)
    const parts = groups === 1 ? [x] : splitEvenly(net, x, groups, last)
    const made = parts.map((part, at) => through(part, kernels[at] ?? kernel))
    const result = net.concat(made, last)
    const bias = inputs[2] ?? null
    return bias === null ? result : net.one('AddV2', [result, bias])
  })
}
