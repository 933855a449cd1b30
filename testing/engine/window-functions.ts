import * as tf from '@tensorflow/tfjs'
import type { OpAttributes } from '../../src/graph/operators'

export function withBias(x: tf.Tensor, bias: tf.Tensor | null): tf.Tensor {
  return bias === null ? x : tf.add(x, bias)
}

export function padOf({
  padding,
}:
  | OpAttributes['pool']
  | OpAttributes['conv']
  | OpAttributes['depthwiseConv']
  | OpAttributes['transposedConv']) {
  if (padding === 'sameUpper') return 'same'
  if (padding === 'sameLower') throw new Error('TensorFlow pads at the end')
  const [top = 0, left = 0] = padding.begin
  const [bottom = 0, right = 0] = padding.end
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ] as [[number, number], [number, number], [number, number], [number, number]]
}

type Window = OpAttributes['conv'] | OpAttributes['depthwiseConv']

/** Turned to channels last and back. */
export function windowed(
  at: Window,
  x: tf.Tensor,
  rank: number,
  run: (x: tf.Tensor, strides: readonly number[], dilations: readonly number[]) => tf.Tensor,
): tf.Tensor {
  if (at.layout === 'channelsLast') return run(x, at.strides, at.dilations)
  const spatial = Array.from({ length: rank }, (_, axis) => axis)
  const turned = tf.transpose(x, [0, ...spatial.map((axis) => axis + 2), 1])
  const result = run(turned, at.strides, at.dilations)
  return tf.transpose(result, [0, rank + 1, ...spatial.map((axis) => axis + 1)])
}

export function convolved(
  at: OpAttributes['conv'],
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | null,
): tf.Tensor {
  const rank = at.kernel.spatial.length
  return windowed(at, x, rank, (input, strides, dilations) => {
    const [a = 1, b = 1, c = 1] = strides
    const [d = 1, e = 1, f = 1] = dilations
    if (rank === 2)
      return withBias(
        tf.conv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, [a, b], padOf(at), 'NHWC', [d, e]),
        bias,
      )
    const pad = padOf(at) === 'same' ? 'same' : 'valid'
    return rank === 1
      ? tf.conv1d(input as tf.Tensor3D, kernel as tf.Tensor3D, a, pad, 'NWC', d)
      : tf.conv3d(input as tf.Tensor5D, kernel as tf.Tensor5D, [a, b, c], pad, 'NDHWC', [d, e, f])
  })
}

export function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** Place by place, as NumPy counts them. */
export function sliced(at: OpAttributes['slice'], x: tf.Tensor): tf.Tensor {
  const rank = x.rank
  const axes = at.axes.map((axis) => positive(axis, rank))
  const cut = axes.reduce((value, axis, index) => {
    const side = x.shape[axis] ?? 0
    const [start = 0, step = 1, end = null] = [at.starts[index], at.steps[index], at.ends[index]]
    const places: number[] = []
    const bound = (place: number): number =>
      Math.min(step > 0 ? side : side - 1, Math.max(step > 0 ? 0 : -1, place))
    const last = end === null ? (step > 0 ? side : -1) : bound(end < 0 ? end + side : end)
    for (
      let place = bound(start < 0 ? start + side : start);
      step > 0 ? place < last : place > last;
      place += step
    )
      places.push(place)
    return tf.gather(value, tf.tensor1d(places, 'int32'), axis)
  }, x)
  const gone = at.squeezed.map((axis) => positive(axis, rank))
  return tf.reshape(
    cut,
    cut.shape.filter((_, axis) => !gone.includes(axis)),
  )
}
