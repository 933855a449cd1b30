import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { withBothKernelModules } from '../../../../testing/engine/both-kernel-modules'
import { heldMemory, randomValues } from '../../../../testing/engine/kernel-comparison'
import { batchNormTraining } from '../../wasm-kernels/batch-norm'
import { isCoveredNormalized } from '../../wasm-kernels/normalized-convolution'
import type { BatchStatistics } from '../pass'
import type { InPlane } from './convolutions'
import { convolvedAndNormalized } from './normalized-convolution'

interface Case {
  /** [batch, height, width, channels] */
  readonly x: [number, number, number, number]
  readonly filter: [number, number, number, number]
  readonly stride: number
  readonly pad: 'same' | 'valid'
  readonly activation: 'linear' | 'relu' | 'relu6'
}

const product = { stride: 1, pad: 'valid' } as const
const each = { stride: 1, pad: 'same' } as const

// Most of them in several pieces, with a last one that is smaller; rows of an image that are no whole groups; channels that
// fill no vector; long and short rows; products whose right side stays in the first cache, and others.
const cases: readonly Case[] = [
  { ...product, x: [3, 40, 40, 16], filter: [1, 1, 16, 96], activation: 'relu6' },
  { ...product, x: [3, 51, 51, 48], filter: [1, 1, 48, 24], activation: 'linear' },
  { ...product, x: [7, 9, 9, 100], filter: [1, 1, 100, 300], activation: 'relu' },
  { ...product, x: [2, 5, 5, 70], filter: [1, 1, 70, 13], activation: 'relu' },
  { ...each, x: [3, 40, 40, 32], filter: [3, 3, 32, 1], activation: 'relu6' },
  { ...each, x: [14, 7, 7, 300], filter: [3, 3, 300, 1], activation: 'relu' },
  { ...each, x: [5, 41, 41, 22], filter: [3, 3, 22, 1], stride: 2, activation: 'linear' },
  { ...each, x: [9, 30, 30, 36], filter: [5, 5, 36, 1], pad: 'valid', activation: 'relu' },
]

function tensorOf(shape: number[], seed: number): tf.Tensor {
  return tf.tensor(randomValues(shape, seed).values, shape)
}

/** y, mean and variance, and gradients of x, filter, scale and offset, by a hash of their bytes. */
function foundBy(
  { x, filter }: Case,
  run: (
    of: readonly [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D, tf.Tensor1D],
    moved: (statistics: BatchStatistics) => void,
  ) => tf.Tensor,
): string[] {
  return tf.tidy(() => {
    const channels = filter[3] === 1 ? filter[2] : filter[3]
    const shapes = [[...x], [...filter], [channels], [channels]]
    const of = shapes.map((shape, at) => tensorOf(shape, at + 1)) as [
      tf.Tensor4D,
      tf.Tensor4D,
      tf.Tensor1D,
      tf.Tensor1D,
    ]
    const found: tf.Tensor[] = []
    const make = (...given: tf.Tensor[]): tf.Tensor =>
      run(given as unknown as typeof of, ({ mean, variance }) => {
        found.push(tf.keep(mean.clone()), tf.keep(variance.clone()))
      })
    const y = make(...of)
    const dy = tensorOf(y.shape, 9)
    const values = [y, ...found, ...tf.grads(make)(of, dy)].map((tensor) =>
      createHash('sha256').update(tensor.dataSync<'float32'>().slice()).digest('hex'),
    )
    tf.dispose(found)
    return values
  })
}

withBothKernelModules(() => {
  describe('a convolution and its normalisation, piece by piece', () => {
    it.each(cases)('give the bits of one after the other: %o', (given) => {
      const { filter, stride, pad, activation } = given
      const isDepthwise = filter[3] === 1
      const strides: [number, number] = [stride, stride]
      const convolution: InPlane['convolution'] = {
        ...{ strides, pad, dilations: [1, 1], dataFormat: 'NHWC' },
      }
      expect(isCoveredNormalized(given.x, filter, convolution, isDepthwise)).toBe(true)
      const before = heldMemory()
      const together = foundBy(given, ([x, filter, scale, offset], moved) =>
        convolvedAndNormalized(
          { x, filter, scale, offset, epsilon: 1e-3, activation, isDepthwise, convolution },
          moved,
        ),
      )
      const apart = foundBy(given, ([x, filter, gamma, beta], moved) => {
        const sum = isDepthwise
          ? tf.depthwiseConv2d(x, filter, strides, pad)
          : tf.conv2d(x, filter, strides, pad)
        const of = { x: sum, gamma, beta, epsilon: 1e-3, activation }
        const { y, mean, variance } = batchNormTraining(of)
        moved({ mean, variance })
        return y
      })
      expect(together.length).toBe(7)
      expect(together).toEqual(apart)
      expect(heldMemory()).toEqual(before)
    })

    it('are left apart where a kernel is no product and of no single channel each, or is dilated', () => {
      const plain = { strides: 1, pad: 'same' } as const
      expect(isCoveredNormalized([1, 9, 9, 4], [3, 3, 4, 8], plain, false)).toBe(false)
      expect(isCoveredNormalized([1, 9, 9, 4], [3, 3, 4, 2], plain, true)).toBe(false)
      const dilated = { ...plain, dilations: 2 }
      expect(isCoveredNormalized([1, 9, 9, 4], [3, 3, 4, 1], dilated, true)).toBe(false)
      // Few channels that tiles do not fill: its filter's gradient is no product.
      expect(isCoveredNormalized([1, 9, 9, 3], [1, 1, 3, 5], plain, false)).toBe(false)
    })
  })
})
