import * as tf from '@tensorflow/tfjs'
import type { Padding, SamePadding, Sliding } from '../../../graph/operators'
import { cut } from './places'

/** Places before and behind those of one axis. */
export type Margin = readonly [before: number, behind: number]

/** How a window moves over two or three places of pictures with channels last. */
export type Moves = Pick<Sliding, 'strides' | 'dilations' | 'padding'>

/** Places from the first to behind the last that a window reads. */
export function reachOf(window: number, dilation: number): number {
  return (window - 1) * dilation + 1
}

/** What a padding comes to. @param reaches of the window, along each axis */
export function marginsOf(
  padding: Padding,
  sides: readonly number[],
  reaches: readonly number[],
  strides: readonly number[],
): Margin[] {
  if (typeof padding === 'object')
    return sides.map((_, at) => [padding.begin[at] ?? 0, padding.end[at] ?? 0])
  return sides.map((side, at) => {
    const [reach = 1, stride = 1] = [reaches[at], strides[at]]
    return evenly((Math.ceil(side / stride) - 1) * stride + reach - side, padding)
  })
}

/** What tfjs calls the same, where no stride is beyond its window. */
export function isStock(padding: Padding): boolean {
  return padding === 'sameUpper' || padding === 'sameCentred'
}

/** Places on both sides, the odd one behind (upper) or before (lower). */
export function evenly(places: number, padding: SamePadding): Margin {
  const all = padding === 'sameCentred' ? places : Math.max(0, places)
  const less = Math.floor(all / 2)
  return padding === 'sameLower' ? [all - less, less] : [less, all - less]
}

/** Around the spatial axes of [n, ...places, channels]. Margins below nothing take places away. */
export function surrounded(x: tf.Tensor, margins: readonly Margin[], value = 0): tf.Tensor {
  const kept = margins.reduce((left, [before, behind], at) => {
    const first = Math.max(0, -before)
    return cut(left, at + 1, first, (left.shape[at + 1] ?? 0) - first - Math.max(0, -behind))
  }, x)
  if (margins.every(([before, behind]) => before <= 0 && behind <= 0)) return kept
  const pairs = margins.map(([before, behind]): [number, number] => [
    Math.max(0, before),
    Math.max(0, behind),
  ])
  return tf.pad(kept, [[0, 0], ...pairs, [0, 0]], value)
}

/**
 * Works on [n, ...places, channels] with two or three places: batch axes become one, and a sequence is a picture of one
 * row. Kernels of tfjs take nothing else.
 * @param places spatial axes of the value
 */
export function onPictures(
  x: tf.Tensor,
  places: number,
  work: (pictures: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const lead = x.rank - places - 1
  if (lead === 1 && places > 1) return work(x)
  const batch = x.shape.slice(0, lead)
  const row = places === 1 ? [1] : []
  const count = batch.reduce((product, side) => product * side, 1)
  const result = work(tf.reshape(x, [count, ...row, ...x.shape.slice(lead)]))
  return tf.reshape(result, [...batch, ...result.shape.slice(1 + row.length)])
}

/** One entry more for the row that a sequence lies in. */
export function inRows(list: readonly number[], filler: number): readonly number[] {
  return list.length === 1 ? [filler, ...list] : list
}

/** The same moves over pictures. */
export function movesOf({ strides, dilations, padding }: Sliding): Moves {
  return {
    strides: inRows(strides, 1),
    dilations: inRows(dilations, 1),
    padding:
      typeof padding === 'object'
        ? { begin: inRows(padding.begin, 0), end: inRows(padding.end, 0) }
        : padding,
  }
}
