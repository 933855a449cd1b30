import * as tf from '@tensorflow/tfjs'
import { describe, it } from 'vitest'
import { withBothKernelModules } from '../../../testing/engine/both-kernel-modules'
import { expectSameAsCpu, randomValues } from '../../../testing/engine/kernel-comparison'

interface Case {
  readonly image: [number, number, number, number]
  readonly filter: [number, number, number, number]
  readonly strides: number | [number, number]
  readonly pad: 'same' | 'valid' | number
}

/** Odd sizes on purpose: tails of 4 and 8 channels, windows that do not reach the last row. */
const cases: Case[] = [
  { image: [2, 7, 6, 1], filter: [3, 3, 1, 5], strides: 1, pad: 'valid' },
  { image: [2, 7, 6, 3], filter: [3, 3, 3, 8], strides: 1, pad: 'same' },
  { image: [3, 8, 9, 4], filter: [5, 5, 4, 12], strides: 1, pad: 'valid' },
  { image: [2, 9, 8, 3], filter: [3, 2, 3, 7], strides: 2, pad: 'same' },
  { image: [2, 9, 8, 5], filter: [2, 3, 5, 16], strides: 2, pad: 'valid' },
  { image: [1, 10, 7, 2], filter: [3, 3, 2, 20], strides: [1, 3], pad: 'same' },
  { image: [3, 5, 5, 6], filter: [1, 1, 6, 9], strides: 1, pad: 'same' },
  { image: [2, 6, 6, 6], filter: [1, 1, 6, 8], strides: 2, pad: 'same' },
  { image: [2, 6, 5, 3], filter: [3, 3, 3, 4], strides: 1, pad: 2 },
  { image: [2, 3, 3, 2], filter: [1, 1, 2, 4], strides: 2, pad: 1 },
  { image: [1, 4, 4, 2], filter: [4, 4, 2, 3], strides: 4, pad: 'valid' },
]

const describeCase = ({ image, filter, strides, pad }: Case) =>
  `${image.join('x')} by ${filter.join('x')}, stride ${strides.toString()}, ${pad}`

withBothKernelModules(() => {
  describe('Conv2D and its gradients', () => {
    it.each(cases.map((c) => [describeCase(c), c] as const))('%s', async (_name, c) => {
      const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, c.strides, c.pad)
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

    it('adds bias and ReLU in the fused kernel', async () => {
      const inputs = [
        randomValues([2, 5, 5, 3], 4),
        randomValues([3, 3, 3, 6], 5),
        randomValues([6], 6),
      ]
      for (const activation of ['linear', 'relu', 'relu6'] as const) {
        await expectSameAsCpu(inputs, ([x, filter, bias]) => {
          const images = x as tf.Tensor4D
          const weights = filter as tf.Tensor4D
          const options = {
            x: images,
            filter: weights,
            strides: 1,
            pad: 'same' as const,
            activation,
          }
          return [tf.fused.conv2d({ ...options, ...(bias && { bias }) }), tf.fused.conv2d(options)]
        })
      }
    })

    it('leaves dilated convolutions to the stock kernel', async () => {
      const inputs = [randomValues([1, 7, 7, 2], 7), randomValues([3, 3, 2, 4], 8)]
      await expectSameAsCpu(inputs, ([x, filter]) => [
        tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', 2),
      ])
    })
  })
})
