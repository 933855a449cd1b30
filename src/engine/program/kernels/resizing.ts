import * as tf from '@tensorflow/tfjs'
import type { OpAttributes } from '../../../graph/operators'
import { given, numbersOf } from './kernel'
import type { Call, Kernel } from './kernel'

type Attributes = OpAttributes['resize']

function askedSides(call: Call<'resize'>): number[] {
  const { to } = call.node.attributes
  if (to === null) return numbersOf(call, 1)
  if ('sides' in to) return [...to.sides]
  const x = given(call, 0)
  const first = x.rank - 1 - to.factors.length
  return to.factors.map((factor, at) => factor * (x.shape[first + at] ?? 1))
}

/** Where each new place lies among the old ones. */
function sourcesOf(side: number, to: number, coordinates: Attributes['coordinates']): number[] {
  const scale = coordinates === 'alignCorners' && to > 1 ? (side - 1) / (to - 1) : side / to
  return Array.from({ length: to }, (_, at) =>
    coordinates === 'halfPixel' ? (at + 0.5) * scale - 0.5 : at * scale,
  )
}

/** Along one axis, for sequences and rooms: the kernels of tfjs are of pictures. */
function along(x: tf.Tensor, axis: number, to: number, { mode, coordinates }: Attributes) {
  const side = x.shape[axis] ?? 1
  const sources = sourcesOf(side, to, coordinates)
  const inside = (place: number): number => Math.min(side - 1, Math.max(0, place))
  const taken = (places: readonly number[]): tf.Tensor =>
    tf.gather(x, tf.tensor1d([...places], 'int32'), axis)
  if (mode === 'nearest') {
    // The place before, or the nearer one, the later of two.
    const nearest = coordinates === 'asymmetric' ? Math.floor : (at: number) => Math.floor(at + 0.5)
    return taken(sources.map((at) => inside(nearest(at))))
  }
  const shares = sources.map((at) => inside(at) - Math.floor(inside(at)))
  const weights = tf.tensor(
    shares,
    x.shape.map((_, at) => (at === axis ? to : 1)),
  )
  const [before, behind] = [
    taken(sources.map((at) => Math.floor(inside(at)))),
    taken(sources.map((at) => Math.ceil(inside(at)))),
  ]
  return tf.add(before, tf.mul(tf.sub(behind, before), weights))
}

export const resize: Kernel<'resize'> = (call) => {
  const { attributes } = call.node
  const x = given(call, 0)
  const sides = askedSides(call)
  const [height, width] = sides
  // Its gradient in TensorFlow.js forgets that places are counted from the middle of a pixel.
  const isForgotten = call.pass.training && attributes.coordinates === 'halfPixel'
  const isPicture = x.rank === 4 && sides.length === 2 && !isForgotten
  if (isPicture && height !== undefined && width !== undefined) {
    const { mode, coordinates } = attributes
    const resized = mode === 'linear' ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor
    return resized(
      x as tf.Tensor4D,
      [height, width],
      coordinates === 'alignCorners',
      coordinates === 'halfPixel',
    )
  }
  const first = x.rank - 1 - sides.length
  return sides.reduce((value, side, at) => along(value, first + at, side, attributes), x)
}

/** Rows of `block` channels each become rows below each other: in the shapes of tfjs, which have gradients. */
export const depthToSpace: Kernel<'depthToSpace'> = (call) => {
  const { block } = call.node.attributes
  const x = given(call, 0)
  const [height = 1, width = 1, channels = 1] = x.shape.slice(-3)
  const batch = x.shape.slice(0, -3)
  const left = channels / (block * block)
  const rows = tf.reshape(x, [-1, width, block, block * left])
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [
    ...batch,
    height * block,
    width * block,
    left,
  ])
}

/** Neighbours along one axis; tfjs counts as many on both sides, along the last of four. */
export const localResponseNormalization: Kernel<'localResponseNormalization'> = (call) => {
  const { axis, size, alpha, beta, bias } = call.node.attributes
  const x = given(call, 0)
  const place = axis < 0 ? axis + x.rank : axis
  const perm = x.shape.map((_, at) => at)
  perm.splice(place, 1)
  perm.push(place)
  const isLast = place === x.rank - 1
  const turned = isLast ? x : tf.transpose(x, perm)
  const channels = turned.shape.at(-1) ?? 1
  const rows = tf.reshape<tf.Rank.R4>(turned, [-1, 1, 1, channels])
  const result =
    size % 2 === 1
      ? tf.localResponseNormalization(rows, (size - 1) / 2, bias, alpha / size, beta)
      : unevenly(rows, size, bias, alpha / size, beta)
  const shaped = tf.reshape(result, turned.shape)
  if (isLast) return shaped
  return tf.transpose(
    shaped,
    perm.map((_, at) => perm.indexOf(at)),
  )
}

/** One neighbour more behind than before. */
function unevenly(x: tf.Tensor4D, size: number, bias: number, alpha: number, beta: number) {
  const channels = x.shape[3]
  const before = Math.floor((size - 1) / 2)
  const squares = tf.pad(tf.square(x), [
    [0, 0],
    [0, 0],
    [0, 0],
    [before, size - 1 - before],
  ])
  const sums = Array.from({ length: size }, (_, at) =>
    tf.slice(squares, [0, 0, 0, at], [-1, -1, -1, channels]),
  ).reduce<tf.Tensor>((sum, part) => tf.add(sum, part), tf.scalar(0))
  return tf.div(x, tf.pow(tf.add(tf.mul(sums, alpha), bias), beta))
}
