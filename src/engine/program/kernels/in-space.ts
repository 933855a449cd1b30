import * as tf from '@tensorflow/tfjs'
import { aroundAxis } from './places'
import { spreadOut } from './spread-out'
import { surrounded } from './window-places'
import type { Margin } from '../../../graph/sides/window-moves'
import { withGradients } from './with-gradients'

/**
 * A convolution of three places without padding. Its gradients are composed: of tfjs those of what it reads are other
 * numbers on WebAssembly, and so are those of its kernel where it strides.
 * @param kernel [...places, in, out]
 */
export function convolvedInSpace(
  x: tf.Tensor,
  kernel: tf.Tensor,
  strides: readonly number[],
): tf.Tensor {
  const by = strides as [number, number, number]
  const { shape } = x
  const sides = shape.slice(1, -1)
  return withGradients({
    inputs: [x, kernel],
    value: () => tf.conv3d(x as tf.Tensor5D, kernel as tf.Tensor5D, by, 'valid'),
    keeps: (_, [ofX, ofKernel]) => [...(ofX === true ? [kernel] : []), ...(ofKernel ? [x] : [])],
    gradients: (dy, kept, [ofX]) => [
      () => spreadInSpace(dy, kept[0] ?? kernel, strides, { sides, margins: [] }),
      () => kernelGradient(dy, kept[ofX === true ? 1 : 0] ?? x, kernel.shape, strides),
    ],
  })
}

/** As where nothing strides: zeros between the places of what comes back. */
function kernelGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  shape: readonly number[],
  strides: readonly number[],
): tf.Tensor {
  const apart = strides.reduce((value, stride, at) => spreadOut(value, at + 1, stride), dy)
  // What lies behind the last window is read by none.
  const margins = apart.shape.slice(1, -1).map((places, at): Margin => {
    const side = x.shape[at + 1] ?? 1
    return [0, places + (shape[at] ?? 1) - 1 - side]
  })
  const given = { x: surrounded(x, margins), dy: apart }
  const attributes = { strides: 1, pad: 'valid', filterShape: [...shape] }
  return tf.engine().runKernel('Conv3DBackpropFilterV2', given, attributes)
}

/** Spatial sides of what is given, and how many places of what a window reaches fall off at both ends. */
export interface Spread {
  readonly sides: readonly number[]
  readonly margins: readonly Margin[]
}

/**
 * Zeros between the places, then a convolution with the kernel turned round: the kernel of WebAssembly computes something
 * else, and tfjs has no gradient of its own.
 * @param kernel [...places, out, in]
 */
export function spreadInSpace(
  x: tf.Tensor,
  kernel: tf.Tensor,
  strides: readonly number[],
  { sides, margins }: Spread,
): tf.Tensor {
  const apart = strides.reduce((value, stride, at) => spreadOut(value, at + 1, stride), x)
  // A margin that takes more than the window reaches takes places away.
  const around = sides.map((side, at): Margin => {
    const reach = kernel.shape[at] ?? 1
    const first = reach - 1 - (margins[at]?.[0] ?? 0)
    return [first, side + reach - 1 - first - (apart.shape[at + 1] ?? 0)]
  })
  const turned = tf.transpose([0, 1, 2].reduce(reversedAlong, kernel), [0, 1, 2, 4, 3])
  return convolvedInSpace(surrounded(apart, around), turned, [1, 1, 1])
}

/** WebGPU turns round no more than four axes. */
function reversedAlong(x: tf.Tensor, axis: number): tf.Tensor {
  const [before, behind] = aroundAxis(x.shape, axis)
  return tf.reshape(tf.reverse(tf.reshape(x, [before, -1, behind]), 1), x.shape)
}
