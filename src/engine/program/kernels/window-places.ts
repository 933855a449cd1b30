import * as tf from '@tensorflow/tfjs'
import type { Padding } from '../../../graph/operators'
import { sameMargin } from '../../../graph/sides/window-moves'
import type { Margin } from '../../../graph/sides/window-moves'
import { cut, padded } from './places'

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
    return sameMargin(padding, side, reach, stride)
  })
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
  return padded(kept, [[0, 0], ...pairs, [0, 0]], value)
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
