import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { withBothKernelModules } from '../../../testing/engine/both-kernel-modules'
import { expectSameAsCpu, randomValues } from '../../../testing/engine/kernel-comparison'

const poolings = [
  { image: [2, 6, 8, 5], window: 2, strides: 2, pad: 'valid' },
  { image: [2, 7, 7, 4], window: 2, strides: 2, pad: 'valid' },
  { image: [1, 7, 6, 6], window: 3, strides: 2, pad: 'same' },
  { image: [2, 6, 6, 3], window: 3, strides: 1, pad: 'valid' },
  { image: [1, 5, 5, 4], window: 2, strides: 2, pad: 'same' },
] as const

withBothKernelModules(() => {
  describe('gradient of max pooling', () => {
    it.each(poolings)('$image window $window stride $strides $pad', async (c) => {
      const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, c.window, c.strides, c.pad)
      const outShape = tf.tidy(() => pool(tf.zeros([...c.image])).shape)
      await expectSameAsCpu([randomValues([...c.image], 1), randomValues(outShape, 2)], ([x, dy]) =>
        x && dy ? [tf.grad(pool)(x, dy)] : [],
      )
    })

    it('reaches windows whose values are all negative or zero', async () => {
      const x = {
        shape: [1, 4, 4, 1],
        values: Float32Array.from({ length: 16 }, (_, i) => -(i % 5)),
      }
      const pool = (images: tf.Tensor) => tf.maxPool(images as tf.Tensor4D, 2, 2, 'valid')
      await expectSameAsCpu([x, randomValues([1, 2, 2, 1], 3)], ([images, dy]) =>
        images && dy ? [tf.grad(pool)(images, dy)] : [],
      )
    })

    it('gives a tie to the first input only', () => {
      const gradient = tf.tidy(() => {
        const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')
        return tf
          .grad(pool)(tf.zeros([1, 2, 2, 5]), tf.ones([1, 1, 1, 5]))
          .dataSync()
          .slice()
      })
      expect([...gradient]).toEqual([1, 1, 1, 1, 1, ...new Array<number>(15).fill(0)])
    })
  })
})

withBothKernelModules(() => {
  describe('gradient of average pooling', () => {
    it.each(poolings)('is the adjoint: $image window $window stride $strides $pad', (c) => {
      // <pool(x), dy> = <x, gradient(dy)> for every linear map; the cpu backend's own gradient
      // breaks this at padded borders and is therefore no reference.
      const [forward, backward] = tf.tidy(() => {
        const pool = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, c.window, c.strides, c.pad)
        const { shape, values } = randomValues([...c.image], 4)
        const x = tf.tensor(values, shape)
        const y = pool(x)
        const dy = tf.tensor(randomValues(y.shape, 5).values, y.shape)
        const dx = tf.grad(pool)(x, dy)
        return [
          tf.sum(tf.mul(y, dy)).dataSync()[0] ?? NaN,
          tf.sum(tf.mul(x, dx)).dataSync()[0] ?? NaN,
        ]
      })
      expect(Math.abs(forward - backward)).toBeLessThan(1e-4)
    })

    it('equals the cpu backend where nothing is padded', async () => {
      const pool = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'valid')
      await expectSameAsCpu(
        [randomValues([2, 7, 7, 6], 6), randomValues([2, 3, 3, 6], 7)],
        ([x, dy]) => (x && dy ? [tf.grad(pool)(x, dy)] : []),
      )
    })
  })
})
