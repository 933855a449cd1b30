import type { Padding } from '../../../graph/operators'
import type { Side, Sides } from '../../../graph/sides/side'
import { product } from '../../../graph/sides/side'
import { sameMargin } from '../../../graph/sides/window-moves'
import type { Margin } from '../../../graph/sides/window-moves'
import { fixed, upTo } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { real, type } from './written-attributes'

/**
 * What a padding comes to.
 * @param reaches of the window, along each axis
 * @throws NotWritable where that hangs on a side that is not fixed
 */
export function marginsOf(
  padding: Padding,
  sides: Sides,
  reaches: readonly number[],
  strides: readonly number[],
): Margin[] {
  if (typeof padding === 'object')
    return sides.map((_, at) => [padding.begin[at] ?? 0, padding.end[at] ?? 0])
  return sides.map((each, at) => {
    const [reach = 1, stride = 1] = [reaches[at], strides[at]]
    // Whatever the side is, each place has its own.
    if (reach === 1 && stride === 1) return [0, 0]
    return sameMargin(padding, fixed(each), reach, stride)
  })
}

/** How often a window fits along an axis. */
export function countOf(
  side: Side | undefined,
  reach: number,
  stride: number,
  margin: Margin,
): Side {
  if (typeof side !== 'number') return null
  return Math.floor((side + margin[0] + margin[1] - reach) / stride) + 1
}

/** Around the spatial axes of [n, ...places, channels]. Margins below nothing take places away. */
export function surrounded(net: GraphWriter, x: Wire, margins: readonly Margin[], value = 0): Wire {
  const kept = margins.reduce((left, [before, behind], at) => {
    const first = Math.max(0, -before)
    const last = Math.max(0, -behind)
    if (first === 0 && last === 0) return left
    return net.cut(left, at + 1, first, fixed(left.sides[at + 1]) - first - last)
  }, x)
  return padded(net, kept, [[0, 0], ...margins, [0, 0]], value)
}

/** Margins on each axis; those below nothing are none. */
export function padded(net: GraphWriter, x: Wire, margins: readonly Margin[], value: number): Wire {
  const both = margins.map(([before, behind]): Margin => [Math.max(0, before), Math.max(0, behind)])
  if (both.every(([before, behind]) => before + behind === 0)) return x
  const sides = x.sides.map((side, axis): Side => {
    const [before = 0, behind = 0] = both[axis] ?? []
    if (before + behind === 0) return side
    return typeof side === 'number' ? side + before + behind : null
  })
  const pairs = net.wholes(both.flat(), [both.length, 2])
  const attributes = { T: type(x.dtype), Tpaddings: type('int32') }
  const given = { sides, dtype: x.dtype }
  return value === 0
    ? net.node('Pad', [x, pairs], { ...attributes, constant_value: real(0) }, given)
    : net.node('PadV2', [x, pairs, net.number(value, x.dtype)], attributes, given)
}

/**
 * Works on [n, ...places, channels] with two or three places: batch axes become one, and a sequence is a picture of one
 * row. Kernels of TensorFlow.js take nothing else.
 * @param places spatial axes of the value
 */
export function onPictures(
  net: GraphWriter,
  x: Wire,
  places: number,
  work: (pictures: Wire) => Wire,
): Wire {
  const lead = x.sides.length - places - 1
  if (lead === 1 && places > 1) return work(x)
  const batch = x.sides.slice(0, lead)
  const row = places === 1 ? [1] : []
  const result = work(net.reshape(x, [product(batch), ...row, ...x.sides.slice(lead)]))
  return net.reshape(result, [...batch, ...result.sides.slice(1 + row.length)])
}

/** Every `step`-th place of an axis. */
export function everyNth(
  net: GraphWriter,
  x: Wire,
  axis: number,
  span: { readonly first: number; readonly step: number; readonly count: number },
): Wire {
  const { count, first, step } = span
  if (step === 1 || count <= 1) return net.cut(x, axis, first, count)
  const { length } = x.sides
  const at = (value: number, other: number): Wire =>
    net.wholes(upTo(length).map((each) => (each === axis ? value : other)))
  const others = upTo(length).reduce((mask, each) => (each === axis ? mask : mask | (1 << each)), 0)
  const inputs = [x, at(first, 0), at(first + (count - 1) * step + 1, 0), at(step, 1)]
  const sides = x.sides.map((side, each) => (each === axis ? count : side))
  return net.strided(inputs, others, { sides, dtype: x.dtype })
}
