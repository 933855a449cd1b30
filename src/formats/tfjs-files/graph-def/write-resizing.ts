import type { OpAttributes } from '../../../graph/operators'
import type { Side, Sides } from '../../../graph/sides/side'
import { product, times } from '../../../graph/sides/side'
import { atMost, fixed, places, positive, upTo } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { padded } from './window-padding'
import { taken } from './taken-places'
import { flag, real, type, whole, word } from './written-attributes'
import { givenSides, input } from './writing'
import type { Write, Writing } from './writing'

type Attributes = OpAttributes['resize']

function askedSides(writing: Writing<'resize'>): Sides {
  const { to } = writing.node.attributes
  const x = input(writing, 0)
  if (to === null) return givenSides(writing).slice(1, -1)
  if ('sides' in to) return to.sides
  const first = x.sides.length - 1 - to.factors.length
  return to.factors.map((factor, at) => times(factor, x.sides[first + at]))
}

/** Where each new place lies among the old ones. */
function sourcesOf(side: number, to: number, coordinates: Attributes['coordinates']): number[] {
  const scale = coordinates === 'alignCorners' && to > 1 ? (side - 1) / (to - 1) : side / to
  return Array.from({ length: places(to) }, (_, at) =>
    coordinates === 'halfPixel' ? (at + 0.5) * scale - 0.5 : at * scale,
  )
}

/** Along one axis, for sequences and rooms: operators of TensorFlow are of pictures. */
function along(
  net: GraphWriter,
  x: Wire,
  axis: number,
  to: Side,
  { mode, coordinates }: Attributes,
): Wire {
  const side = fixed(x.sides[axis])
  const sources = sourcesOf(side, fixed(to), coordinates)
  const inside = (place: number): number => Math.min(side - 1, Math.max(0, place))
  const placed = (list: readonly number[]): Wire => taken(net, x, net.wholes(list), axis)
  if (mode === 'nearest') {
    // The place before, or the nearer one, the later of two.
    const nearest = coordinates === 'asymmetric' ? Math.floor : (at: number) => Math.floor(at + 0.5)
    return placed(sources.map((at) => inside(nearest(at))))
  }
  const shares = sources.map((at) => inside(at) - Math.floor(inside(at)))
  const weights = net.reals(
    shares,
    x.sides.map((_, at) => (at === axis ? shares.length : 1)),
  )
  const [before, behind] = [Math.floor, Math.ceil].map((edge) =>
    placed(sources.map((at) => edge(inside(at)))),
  )
  if (before === undefined || behind === undefined) return x
  const apart = net.one('Sub', [behind, before])
  return net.one('AddV2', [before, net.one('Mul', [apart, weights])])
}

export const resize: Write<'resize'> = (writing) => {
  const { net, node } = writing
  const { attributes } = node
  const { coordinates, mode } = attributes
  const x = input(writing, 0)
  const sides = askedSides(writing)
  const first = x.sides.length - 1 - sides.length
  if (x.sides.length !== 4 || sides.length !== 2)
    return sides.reduce<Wire>(
      (value, side, at) => along(net, value, first + at, side, attributes),
      x,
    )
  return net.node(
    mode === 'linear' ? 'ResizeBilinear' : 'ResizeNearestNeighbor',
    [x, net.sizes(sides)],
    {
      T: type(x.dtype),
      align_corners: flag(coordinates === 'alignCorners'),
      half_pixel_centers: flag(coordinates === 'halfPixel'),
    },
    { sides: [x.sides[0] ?? null, ...sides, x.sides[3] ?? null], dtype: 'float32' },
  )
}

/** Rows of `block` channels each become rows below each other. */
export const depthToSpace: Write<'depthToSpace'> = (writing) => {
  const { net, node } = writing
  const { block } = node.attributes
  const x = input(writing, 0)
  const [height = null, width = null, channels] = x.sides.slice(-3)
  const batch = x.sides.slice(0, -3)
  const left = fixed(channels) / (block * block)
  const made = [...batch, times(height, block), times(width, block), left]
  if (x.sides.length === 4) {
    const attributes = { T: type(x.dtype), block_size: whole(block), data_format: word('NHWC') }
    return net.node('DepthToSpace', [x], attributes, { sides: made, dtype: x.dtype })
  }
  const rows = net.reshape(x, [product([...batch, height]), width, block, block * left])
  return net.reshape(net.transpose(rows, [0, 2, 1, 3]), made)
}

/** Neighbours along one axis; TensorFlow counts as many on both sides, along the last of four. */
export const localResponseNormalization: Write<'localResponseNormalization'> = (writing) => {
  const { net, node } = writing
  const { axis, size, alpha, beta, bias } = node.attributes
  const x = input(writing, 0)
  const place = positive(axis, x.sides.length)
  const perm = [...upTo(x.sides.length).filter((at) => at !== place), place]
  const turned = net.transpose(x, perm)
  const channels = fixed(turned.sides.at(-1))
  const rows = net.reshape(turned, [product(turned.sides.slice(0, -1)), 1, 1, channels])
  const result =
    size % 2 === 1
      ? net.node(
          'LRN',
          [rows],
          {
            ...{ T: type('float32'), depth_radius: whole((size - 1) / 2) },
            ...{ bias: real(bias), alpha: real(alpha / size), beta: real(beta) },
          },
          rows,
        )
      : unevenly(net, rows, size, { alpha: alpha / size, beta, bias })
  return net.transpose(
    net.reshape(result, turned.sides),
    perm.map((_, at) => perm.indexOf(at)),
  )
}

/** Each is an operator. */
const MOST_NEIGHBOURS = 1024

/** One neighbour more behind than before. */
function unevenly(
  net: GraphWriter,
  x: Wire,
  size: number,
  { alpha, beta, bias }: { readonly alpha: number; readonly beta: number; readonly bias: number },
): Wire {
  const channels = fixed(x.sides[3])
  atMost(size, MOST_NEIGHBOURS)
  const before = Math.floor((size - 1) / 2)
  const none = [0, 0] as const
  const margins = [none, none, none, [before, size - 1 - before] as const]
  const squares = padded(net, net.one('Square', [x]), margins, 0)
  const sum = upTo(size)
    .map((at) => net.cut(squares, 3, at, channels))
    .reduce((a, b) => net.one('AddV2', [a, b]))
  const weighed = net.one('AddV2', [net.one('Mul', [sum, net.number(alpha)]), net.number(bias)])
  return net.one('RealDiv', [x, net.one('Pow', [weighed, net.number(beta)])])
}
