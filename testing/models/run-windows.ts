import * as tf from '@tensorflow/tfjs'
import type { Layout, NodeOf, Padding } from '../../src/graph/operators'
import { given } from './run-inputs'
import type { Inputs, Kernel } from './run-inputs'

type Windowed = NodeOf<'conv' | 'depthwiseConv' | 'pool' | 'transposedConv'>

/**
 * Works on [n, depth, height, width, channels], whatever the layout, the number of batch axes and that of places.
 * @param places spatial axes of the value
 */
function onRooms(
  x: tf.Tensor,
  places: number,
  layout: Layout,
  work: (rooms: tf.Tensor5D) => tf.Tensor,
): tf.Tensor {
  const lead = x.rank - places - 1
  const batch = x.shape.slice(0, lead)
  const last = layout === 'channelsFirst' ? toLast(x, lead) : x
  const sides = last.shape.slice(lead)
  const still = Array.from({ length: 3 - places }, () => 1)
  const n = batch.reduce((product, side) => product * side, 1)
  const result = work(last.reshape([n, ...still, ...sides]))
  const back = result.reshape([...batch, ...result.shape.slice(1 + still.length)])
  return layout === 'channelsFirst' ? toFirst(back, lead) : back
}

function toLast(x: tf.Tensor, lead: number): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis)
  return x.transpose([...axes.filter((axis) => axis !== lead), lead])
}

function toFirst(x: tf.Tensor, lead: number): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis)
  return x.transpose([...axes.slice(0, lead), x.rank - 1, ...axes.slice(lead, -1)])
}

/** One entry for each of three places. */
function ofThree(list: readonly number[], filler: number): number[] {
  return [...Array.from({ length: 3 - list.length }, () => filler), ...list]
}

/** What a padding comes to for a side, a window and a stride. */
function margins(
  padding: Padding,
  sides: readonly number[],
  windows: readonly number[],
  strides: readonly number[],
): [number, number][] {
  if (typeof padding === 'object') {
    const [begin, end] = [ofThree(padding.begin, 0), ofThree(padding.end, 0)]
    return begin.map((before, at) => [before, end[at] ?? 0])
  }
  return sides.map((side, at) => {
    const [window = 1, stride = 1] = [windows[at], strides[at]]
    const missing = Math.max(0, (Math.ceil(side / stride) - 1) * stride + window - side)
    const less = Math.floor(missing / 2)
    return padding === 'sameUpper' ? [less, missing - less] : [missing - less, less]
  })
}

function padded(x: tf.Tensor, around: readonly [number, number][], value = 0): tf.Tensor5D {
  return tf.pad(x as tf.Tensor5D, [[0, 0], ...around, [0, 0]], value)
}

/** [depth, height, width, in, out] */
function inOrder(
  kernel: tf.Tensor,
  spatial: readonly number[],
  rest: readonly number[],
): tf.Tensor5D {
  const turned = kernel.transpose([...spatial, ...rest])
  const still = Array.from({ length: 3 - spatial.length }, () => 1)
  return turned.reshape([...still, ...turned.shape])
}

function biased(result: tf.Tensor, inputs: Inputs): tf.Tensor {
  const bias = inputs[2] ?? null
  return bias === null ? result : result.add(bias)
}

export const conv: Kernel<'conv'> = ({ attributes }, inputs) => {
  const { kernel: axes, padding, layout } = attributes
  const kernel = inOrder(given(inputs, 1), axes.spatial, [axes.input, axes.output])
  return onRooms(given(inputs, 0), axes.spatial.length, layout, (x) =>
    biased(slid(x, kernel, attributes, padding), inputs),
  )
}

function slid(
  x: tf.Tensor5D,
  kernel: tf.Tensor5D,
  given: Pick<Windowed['attributes'], 'strides' | 'dilations'>,
  padding: Padding,
): tf.Tensor {
  const [strides, dilations] = [ofThree(given.strides, 1), ofThree(given.dilations, 1)]
  const windows = kernel.shape.slice(0, 3).map((side, at) => (side - 1) * (dilations[at] ?? 1) + 1)
  const around = margins(padding, x.shape.slice(1, 4), windows, strides)
  const spread = inserted(kernel, dilations, 0)
  return tf.conv3d(
    padded(x, around),
    spread as tf.Tensor5D,
    strides as [number, number, number],
    'valid',
  )
}

/** Zeros between neighbours along three axes. @param first of these axes */
function inserted(x: tf.Tensor, by: readonly number[], first: number): tf.Tensor {
  return by.reduce((result, factor, at) => {
    const axis = first + at
    const side = result.shape[axis] ?? 1
    if (factor === 1 || side === 1) return result
    const wide = result.expandDims(axis + 1)
    const room = wide.shape.map((_, each): [number, number] => [
      0,
      each === axis + 1 ? factor - 1 : 0,
    ])
    const shape = result.shape.map((old, each) => (each === axis ? old * factor : old))
    const full = tf.pad(wide, room).reshape(shape)
    return tf.slice(
      full,
      shape.map(() => 0),
      shape.map((old, each) => (each === axis ? old - factor + 1 : old)),
    )
  }, x)
}

/** As a convolution whose kernel is zero wherever a filter belongs to another channel. */
export const depthwise: Kernel<'depthwiseConv'> = ({ attributes }, inputs) => {
  const { kernel: axes, padding, layout } = attributes
  const rest = [axes.channel, ...(axes.multiplier === null ? [] : [axes.multiplier])]
  const raw = inOrder(given(inputs, 1), axes.spatial, rest)
  const [channels = 1, multiplier = 1] = raw.shape.slice(3)
  const each = raw.reshape([...raw.shape.slice(0, 3), channels, 1, multiplier])
  const own = tf.eye(channels).reshape([1, 1, 1, channels, channels, 1])
  const kernel = each.mul(own).reshape([...raw.shape.slice(0, 3), channels, channels * multiplier])
  return onRooms(given(inputs, 0), axes.spatial.length, layout, (x) =>
    biased(slid(x, kernel as tf.Tensor5D, attributes, padding), inputs),
  )
}

/** What comes out of place i goes to places from i * stride on: zeros between, then a convolution turned round. */
export const transposedConv: Kernel<'transposedConv'> = ({ attributes }, inputs) => {
  const { kernel: axes, padding, layout, outputPadding } = attributes
  if (typeof padding !== 'object') throw new Error('a padding in numbers was expected')
  const kernel = inOrder(given(inputs, 1), axes.spatial, [axes.input, axes.output]).reverse([
    0, 1, 2,
  ])
  const more = ofThree(outputPadding, 0)
  const cut = margins(padding, [], [], [])
  return onRooms(given(inputs, 0), axes.spatial.length, layout, (x) => {
    const spread = inserted(x, ofThree(attributes.strides, 1), 1)
    const around = cut.map(([begin, end], at): [number, number] => {
      const reach = (kernel.shape[at] ?? 1) - 1
      return [reach - begin, reach - end + (more[at] ?? 0)]
    })
    // A padding that takes more than the window reaches takes places away.
    const kept = padded(
      spread,
      around.map(([begin, end]) => [Math.max(0, begin), Math.max(0, end)]),
    )
    return biased(tf.conv3d(kept, kernel, 1, 'valid'), inputs)
  })
}

export const pooled: Kernel<'pool'> = ({ attributes }, inputs) => {
  const { window, padding, layout, countsPadding, ceil } = attributes
  if (countsPadding || ceil) throw new Error('no pooling of that kind was expected')
  const [windows, strides] = [ofThree(window, 1), ofThree(attributes.strides, 1)]
  return onRooms(given(inputs, 0), window.length, layout, (x) => {
    const around = margins(padding, x.shape.slice(1, 4), windows, strides)
    const size = windows as [number, number, number]
    const by = strides as [number, number, number]
    if (attributes.function === 'Max')
      return tf.maxPool3d(padded(x, around, -1e30), size, by, 'valid')
    const sum = tf.avgPool3d(padded(x, around), size, by, 'valid')
    const share = tf.avgPool3d(padded(tf.onesLike(x), around), size, by, 'valid')
    return sum.div(share)
  })
}

export const resized: Kernel<'resize'> = (
  { attributes: { to, mode, coordinates, layout } },
  inputs,
) => {
  const plain = mode === 'nearest' && coordinates === 'asymmetric'
  if (to === null || !('factors' in to) || !plain) throw new Error('whole factors were expected')
  const factors = ofThree(to.factors, 1)
  return onRooms(given(inputs, 0), to.factors.length, layout, (x) =>
    factors.reduce<tf.Tensor>((result, factor, at) => {
      const wide = result.expandDims(at + 2)
      const repeats = wide.shape.map((_, axis) => (axis === at + 2 ? factor : 1))
      const shape = result.shape.map((side, axis) => (axis === at + 1 ? side * factor : side))
      return wide.tile(repeats).reshape(shape)
    }, x),
  )
}
