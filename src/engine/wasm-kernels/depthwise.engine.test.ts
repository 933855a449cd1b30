import * as tf from '@tensorflow/tfjs'
import { describe, it } from 'vitest'
import { withBothKernelModules } from '../../../testing/engine/both-kernel-modules'
import { expectSameAsCpu, randomValues } from '../../../testing/engine/kernel-comparison'

interface Case {
  readonly image: [number, number, number, number]
  readonly filter: [number, number, number, number]
  readonly strides: number
  readonly pad: 'same' | 'valid'
}

const cases: Case[] = [
  { image: [2, 6, 7, 8], filter: [3, 3, 8, 1], strides: 1, pad: 'same' },
  { image: [2, 6, 7, 5], filter: [3, 3, 5, 1], strides: 1, pad: 'valid' },
  { image: [2, 7, 8, 6], filter: [3, 3, 6, 1], strides: 2, pad: 'same' },
  { image: [1, 8, 8, 4], filter: [5, 4, 4, 1], strides: 2, pad: 'valid' },
  { image: [2, 9, 6, 3], filter: [2, 7, 3, 1], strides: 1, pad: 'same' },
  { image: [1, 5, 5, 4], filter: [1, 1, 4, 1], strides: 3, pad: 'valid' },
  // Smaller than the filter.
  { image: [2, 2, 2, 4], filter: [3, 3, 4, 1], strides: 2, pad: 'same' },
  { image: [2, 3, 1, 5], filter: [3, 3, 5, 1], strides: 1, pad: 'same' },
  { image: [1, 3, 3, 4], filter: [3, 3, 4, 1], strides: 1, pad: 'valid' },
  // Pixels longer than a line of the cache, images longer than what is read ahead at once.
  { image: [2, 23, 22, 41], filter: [3, 3, 41, 1], strides: 1, pad: 'same' },
  { image: [2, 23, 22, 41], filter: [3, 3, 41, 1], strides: 2, pad: 'same' },
  { image: [1, 20, 9, 20], filter: [3, 3, 20, 1], strides: 3, pad: 'same' },
  // So many channels that each pixel is gone through by itself; three more than fill whole vectors.
  { image: [2, 7, 8, 52], filter: [3, 3, 52, 1], strides: 2, pad: 'same' },
  { image: [1, 11, 10, 51], filter: [3, 3, 51, 1], strides: 3, pad: 'valid' },
  { image: [1, 6, 7, 48], filter: [2, 4, 48, 1], strides: 2, pad: 'same' },
  { image: [1, 7, 6, 56], filter: [1, 1, 56, 1], strides: 2, pad: 'same' },
  // A channel multiplier is not covered by the SIMD kernels.
  { image: [2, 5, 6, 3], filter: [3, 3, 3, 2], strides: 1, pad: 'same' },
]

const describeCase = ({ image, filter, strides, pad }: Case) =>
  `${image.join('x')} by ${filter.join('x')}, stride ${strides}, ${pad}`

withBothKernelModules(() => {
  describe('DepthwiseConv2dNative and its gradients', () => {
    it.each(cases.map((c) => [describeCase(c), c] as const))('%s', async (_name, c) => {
      const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.strides, c.pad)
      const outShape = tf.tidy(() => convolve(tf.zeros(c.image), tf.zeros(c.filter)).shape)
      const inputs = [
        randomValues(c.image, 1),
        randomValues(c.filter, 2),
        randomValues(outShape, 3),
      ]
      await expectSameAsCpu(inputs, ([x, filter, dy]) => {
        if (!x || !filter || !dy) return []
        return [convolve(x, filter), ...tf.grads(convolve)([x, filter], dy)]
      })
    })
  })
})
