import type { Padding } from '../../../../graph/operators'
import { evenly, sameMargin } from '../../../../graph/sides/window-moves'
import type { Margin } from '../../../../graph/sides/window-moves'
import type { Side, Sides } from '../../../../graph/sides/side'
import { product } from '../../../../graph/sides/side'
import { fixed, NotWritable } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import { text, wholes } from './written-attributes'
import type { WrittenAttribute } from './written-attributes'

/** What a padding comes to along one axis; null: that hangs on a side that is not fixed. */
function marginOf(
  padding: Exclude<Padding, object>,
  side: Side | undefined,
  reach: number,
  stride: number,
): Margin | null {
  // Whatever the side is, as many places are given.
  if (stride === 1) return evenly(reach - 1, padding)
  return typeof side === 'number' ? sameMargin(padding, side, reach, stride) : null
}

/** How a window begins and ends: places at both ends of each axis, or a word of ONNX where sides are not fixed. */
export type Surrounding = readonly Margin[] | 'SAME_UPPER' | 'SAME_LOWER'

/**
 * What a padding comes to.
 * @param reaches of the window, along each axis
 * @throws NotWritable where that hangs on a side that is not fixed, in a way that ONNX has no word for
 */
export function surroundingOf(
  padding: Padding,
  sides: Sides,
  reaches: readonly number[],
  strides: readonly number[],
): Surrounding {
  if (typeof padding === 'object')
    return sides.map((_, at) => [padding.begin[at] ?? 0, padding.end[at] ?? 0])
  const margins = sides.map((side, at) =>
    marginOf(padding, side, reaches[at] ?? 1, strides[at] ?? 1),
  )
  const known = margins.filter((margin) => margin !== null)
  if (known.length === margins.length) return known
  const jumps = reaches.some((reach, at) => reach < (strides[at] ?? 1))
  if (padding === 'sameCentred' && jumps) throw new NotWritable('openSides')
  return padding === 'sameLower' ? 'SAME_LOWER' : 'SAME_UPPER'
}

export function surroundingAttributes(
  surrounding: Surrounding,
): Readonly<Record<string, WrittenAttribute>> {
  if (typeof surrounding === 'string') return { auto_pad: text(surrounding) }
  if (surrounding.every(([before, behind]) => before === 0 && behind === 0)) return {}
  return { pads: wholes(padsOf(surrounding)) }
}

/** All begins, then all ends. */
export function padsOf(margins: readonly Margin[]): number[] {
  return [...margins.map(([before]) => before), ...margins.map(([, behind]) => behind)]
}

/** How often a window fits along an axis. */
export function countOf(
  side: Side | undefined,
  reach: number,
  stride: number,
  surrounding: Margin | string,
): Side {
  if (stride === 1 && (typeof surrounding === 'string' || sum(surrounding) + 1 === reach))
    return side ?? null
  if (typeof side !== 'number') return null
  if (typeof surrounding === 'string') return Math.ceil(side / stride)
  return Math.floor((side + sum(surrounding) - reach) / stride) + 1
}

function sum([before, behind]: Margin): number {
  return before + behind
}

/** Margins on each axis of a value; those below nothing take places away. */
export function padded(net: OnnxWriter, x: Wire, margins: readonly Margin[], value = 0): Wire {
  const kept = margins.reduce((left, [before, behind], axis) => {
    const [first, last] = [Math.max(0, -before), Math.max(0, -behind)]
    if (first === 0 && last === 0) return left
    return net.cut(left, axis, first, fixed(left.sides[axis]) - first - last)
  }, x)
  const both = margins.map(([before, behind]): Margin => [Math.max(0, before), Math.max(0, behind)])
  if (both.every(([before, behind]) => before + behind === 0)) return kept
  const sides = kept.sides.map((side, axis): Side => {
    const more = sum(both[axis] ?? [0, 0])
    if (more === 0) return side
    return typeof side === 'number' ? side + more : null
  })
  const own = net.cast(kept, kept.dtype === 'bool' ? 'int32' : kept.dtype)
  const inputs = [own, net.wholes(padsOf(both)), net.number(value, own.dtype)]
  return net.cast(net.node('Pad', inputs, {}, { sides, dtype: own.dtype }), x.dtype)
}

/** Around the spatial axes of [n, channels, ...places]. */
export function surrounded(net: OnnxWriter, x: Wire, margins: readonly Margin[], value = 0): Wire {
  return padded(net, x, [[0, 0], [0, 0], ...margins], value)
}

/** Works on [n, channels, ...places]: batch axes become one. @param count of spatial axes */
export function onPlaces(
  net: OnnxWriter,
  x: Wire,
  count: number,
  work: (pictures: Wire) => Wire,
): Wire {
  const lead = x.sides.length - count - 1
  if (lead < 0) throw new NotWritable('unknown')
  if (lead === 1) return work(x)
  const batch = x.sides.slice(0, lead)
  const result = work(net.reshape(x, [product(batch), ...x.sides.slice(lead)]))
  return net.reshape(result, [...batch, ...result.sides.slice(1)])
}
