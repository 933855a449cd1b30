import { product, times } from '../../../../graph/sides/side'
import type { Sides } from '../../../../graph/sides/side'
import { atMost, fixed, positive, upTo } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import { onPlaces, padded } from './window-margins'
import { combined, withNumber } from './write-combining'
import { channelsFirst } from './write-convolutions'
import { real, text, whole } from './written-attributes'
import { givenSides, input, realInput } from './writing'
import type { Write, Writing } from './writing'

const coordinatesOf = {
  asymmetric: 'asymmetric',
  halfPixel: 'half_pixel',
  alignCorners: 'align_corners',
} as const

/** Spatial sides of what is asked for; null: an input says them. */
function askedSides(writing: Writing<'resize'>, x: Wire): Sides | null {
  const { to } = writing.node.attributes
  if (to === null) return null
  if ('sides' in to) return to.sides
  const first = x.sides.length - to.factors.length
  return to.factors.map((factor, at) => times(factor, x.sides[first + at]))
}

export const resize: Write<'resize'> = (writing) => {
  const { net, node } = writing
  const { to, mode, coordinates } = node.attributes
  channelsFirst(node.attributes)
  const x = realInput(writing, 0)
  const asked = askedSides(writing, x)
  const count = asked?.length ?? x.sides.length - 2
  const sides = asked ?? givenSides(writing).slice(-count)
  const attributes = {
    mode: text(mode),
    coordinate_transformation_mode: text(coordinatesOf[coordinates]),
    // The place before, or the nearer one, the later of two.
    nearest_mode: text(coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil'),
  }
  return onPlaces(net, x, count, (pictures) => {
    const given = { sides: [...pictures.sides.slice(0, 2), ...sides], dtype: 'float32' as const }
    const isByFactors = to !== null && 'factors' in to
    const ask: readonly (Wire | null)[] = isByFactors
      ? [null, net.constant([1, 1, ...to.factors], [2 + count], 'float32')]
      : [null, null, sizesFor(writing, pictures, sides, asked === null)]
    return net.node('Resize', [pictures, ...ask], attributes, given)
  })
}

function sizesFor(writing: Writing<'resize'>, x: Wire, sides: Sides, isInput: boolean): Wire {
  const { net } = writing
  if (!isInput) return net.sizes([...x.sides.slice(0, 2), ...sides])
  const asked = net.cast(input(writing, 1), 'int64')
  return net.concat([net.sizes(x.sides.slice(0, 2)), asked], 0)
}

/** Rows of `block` channels each become rows below each other. */
export const depthToSpace: Write<'depthToSpace'> = (writing) => {
  const { net, node } = writing
  const { block } = node.attributes
  channelsFirst(node.attributes)
  return onPlaces(net, realInput(writing, 0), 2, (x) => {
    const [n = null, channels, height = null, width = null] = x.sides
    const left = fixed(channels) / (block * block)
    const sides = [n, left, times(height, block), times(width, block)]
    const attributes = { blocksize: whole(block), mode: text('DCR') }
    return net.node('DepthToSpace', [x], attributes, { sides, dtype: x.dtype })
  })
}

/** Neighbours along one axis; ONNX counts them along the second of four. */
export const localResponseNormalization: Write<'localResponseNormalization'> = (writing) => {
  const { net, node } = writing
  const { axis, size, alpha, beta, bias } = node.attributes
  const x = realInput(writing, 0)
  const { length } = x.sides
  const place = positive(axis, length)
  const attributes = {
    ...{ size: whole(size), alpha: real(alpha), beta: real(beta), bias: real(bias) },
  }
  // That of onnxruntime counts as many on both sides.
  const normal = (pictures: Wire): Wire =>
    size % 2 === 1
      ? net.node('LRN', [pictures], attributes, pictures)
      : unevenly(net, pictures, size, { alpha: alpha / size, beta, bias })
  if (place === 1 && length === 4) return normal(x)
  const others = upTo(length).filter((at) => at !== place)
  const perm = [...others.slice(0, 1), place, ...others.slice(1)]
  const turned = net.transpose(x, perm)
  const back = (value: Wire): Wire =>
    net.transpose(
      value,
      perm.map((_, at) => perm.indexOf(at)),
    )
  if (length === 4) return back(normal(turned))
  return back(net.reshape(normal(asPictures(net, turned)), turned.sides))
}

/** Each is an operator. */
const MOST_NEIGHBOURS = 1024

/** One neighbour more behind than before. */
function unevenly(
  net: OnnxWriter,
  x: Wire,
  size: number,
  { alpha, beta, bias }: { readonly alpha: number; readonly beta: number; readonly bias: number },
): Wire {
  const channels = fixed(x.sides[1])
  atMost(size, MOST_NEIGHBOURS)
  const before = Math.floor((size - 1) / 2)
  const none = [0, 0] as const
  const margins = [none, [before, size - 1 - before] as const, none, none]
  const squares = padded(net, combined(net, 'Mul', x, x), margins)
  const sum = upTo(size)
    .map((at) => net.cut(squares, 1, at, channels))
    .reduce((a, b) => combined(net, 'Add', a, b))
  const weighed = withNumber(net, 'Add', withNumber(net, 'Mul', sum, alpha), bias)
  return combined(net, 'Div', x, withNumber(net, 'Pow', weighed, beta))
}

/** @param x [n, channels, ...] */
function asPictures(net: OnnxWriter, x: Wire): Wire {
  return net.reshape(x, [...x.sides.slice(0, 2), product(x.sides.slice(2)), 1])
}
