import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { withBothKernelModules } from '../../../testing/engine/both-kernel-modules'
import {
  expectSameAsCpu,
  heldMemory,
  randomValues,
} from '../../../testing/engine/kernel-comparison'
import { passedBetween } from './clip-gradient'
import { spend } from './spent-gradients'

withBothKernelModules(() => {
  describe('matrix products', () => {
    const sizes = [
      { rows: 3, inner: 5, columns: 7 },
      { rows: 8, inner: 300, columns: 12 },
      { rows: 1, inner: 4, columns: 1 },
      { rows: 6, inner: 1, columns: 10 },
      // More rows than a block, and a sum that is made in blocks.
      { rows: 131, inner: 20, columns: 9 },
      // More than one block of rows, rows longer than a line of the cache.
      { rows: 270, inner: 37, columns: 44 },
      { rows: 5, inner: 600, columns: 17 },
      // Narrow: sides that tiles of six and of four fill, in all their mixtures, and stretches that end early.
      { rows: 4, inner: 50, columns: 8 },
      { rows: 10, inner: 700, columns: 16 },
      { rows: 14, inner: 300, columns: 24 },
      { rows: 20, inner: 90, columns: 8 },
      { rows: 64, inner: 333, columns: 40 },
      // Six rows do not fill them, and those of the last tile of a matrix that is not narrow are few.
      { rows: 67, inner: 24, columns: 32 },
      { rows: 134, inner: 120, columns: 80 },
    ]
    it.each(sizes)('$rows x $inner x $columns, all transpositions', async (size) => {
      const { rows, inner, columns } = size
      const inputs = [
        randomValues([rows, inner], 1),
        randomValues([inner, rows], 2),
        randomValues([inner, columns], 3),
        randomValues([columns, inner], 4),
      ]
      await expectSameAsCpu(inputs, ([a, aTurned, b, bTurned]) => {
        if (!a || !aTurned || !b || !bTurned) return []
        return [
          tf.matMul(a, b),
          tf.matMul(aTurned, b, true, false),
          tf.matMul(a, bTurned, false, true),
          tf.matMul(aTurned, bTurned, true, true),
        ]
      })
    })

    it('leaves batches of matrices to the stock kernel', async () => {
      const inputs = [randomValues([2, 3, 4], 5), randomValues([2, 5, 4], 6)]
      await expectSameAsCpu(inputs, ([a, b]) => (a && b ? [tf.matMul(a, b, false, true)] : []))
    })

    it('adds bias and activation in the fused kernel', async () => {
      const inputs = [randomValues([3, 6], 7), randomValues([6, 5], 8), randomValues([5], 9)]
      for (const activation of ['linear', 'relu', 'relu6', 'sigmoid'] as const) {
        await expectSameAsCpu(inputs, ([a, b, bias]) => {
          if (!a || !b || !bias) return []
          return [
            tf.fused.matMul({ a, b, bias, activation }),
            tf.fused.matMul({ a, b, activation }),
          ]
        })
      }
    })
  })
})

withBothKernelModules(() => {
  describe('one-pass kernels', () => {
    it('add a bias to the last axis, two of one shape, and anything else as before', async () => {
      const inputs = [randomValues([2, 3, 6], 1), randomValues([6], 2), randomValues([3, 1], 3)]
      await expectSameAsCpu(inputs, ([a, bias, column]) =>
        a && bias && column
          ? [tf.add(a, bias), tf.add(bias, a), tf.add(a, column), tf.add(a, a), tf.add(bias, bias)]
          : [],
      )
    })

    it('sum along every choice of axes', async () => {
      await expectSameAsCpu([randomValues([600, 3, 21], 4)], ([x]) =>
        x ? [tf.sum(x, [0, 1]), tf.sum(x, [0, 1], true), tf.sum(x, 2), tf.sum(x)] : [],
      )
    })

    it('average along every choice of axes', async () => {
      await expectSameAsCpu([randomValues([3, 40, 2, 7], 4)], ([x]) =>
        x
          ? [
              tf.mean(x, [1, 2]),
              tf.mean(x, [2, 1], true),
              tf.mean(x, [0, 1, 2]),
              tf.mean(x, [0, 2]),
              tf.mean(x, 3),
              tf.mean(x),
            ]
          : [],
      )
    })

    it('tile along axes of size one, and along others as before', async () => {
      await expectSameAsCpu([randomValues([2, 1, 1, 5], 5)], ([x]) =>
        x ? [tf.tile(x, [1, 3, 2, 1]), tf.tile(x, [2, 1, 1, 2]), tf.tile(x, [1, 1, 1, 1])] : [],
      )
    })

    it('differentiate what is kept between two ends', async () => {
      await expectSameAsCpu(
        [randomValues([3, 4, 4, 7], 8), randomValues([3, 4, 4, 7], 9)],
        ([x, dy]) =>
          x && dy ? [passedBetween(dy, tf.clipByValue(x, -0.5, 0.7), [-0.5, 0.7])] : [],
      )
    })

    it('differentiate ReLU, means and look-ups', async () => {
      await expectSameAsCpu([randomValues([3, 4, 4, 7], 6)], ([x]) => {
        if (!x) return []
        const pooled = (images: tf.Tensor) => tf.mean(tf.square(images), [1, 2])
        const chosen = tf.tensor1d([2, 0, 2], 'int32')
        return [
          tf.grad((a) => tf.relu(a))(x, x),
          tf.grad((a) => tf.sum(pooled(a)))(x),
          tf.grad((a) => tf.sum(tf.square(tf.gather(a, chosen))))(x),
        ]
      })
    })

    it('write a gradient in the place of one that is spent, unless that has another name', () => {
      const before = heldMemory()
      const y = tf.tensor1d([-1, 0.5, 2, 1, 0, 3])
      const [alone, named] = [tf.tensor1d([1, 2, 3, 4, 5, 6]), tf.tensor1d([1, 2, 3, 4, 5, 6])]
      const name = named.clone()
      const kept = passedBetween(named, y, [0, 2.5])
      for (const gradient of [alone, named]) spend(gradient)
      const [over, beside] = [alone, named].map((dy) => passedBetween(dy, y, [0, 2.5]))
      expect(over?.dataId).toBe(alone.dataId)
      for (const other of [kept, beside]) expect(other?.dataId).not.toBe(named.dataId)
      for (const dx of [kept, over, beside])
        expect([...(dx?.dataSync() ?? [])]).toEqual([0, 2, 3, 4, 0, 0])
      expect([...name.dataSync()]).toEqual([1, 2, 3, 4, 5, 6])
      tf.dispose([y, alone, named, name, kept, over ?? [], beside ?? []])
      expect(heldMemory()).toEqual(before)
    })

    it('clone without copying, and the clone outlives the original', () => {
      const original = tf.tensor1d([1, 2, 3])
      const clone = original.clone()
      original.dispose()
      expect([...clone.dataSync()]).toEqual([1, 2, 3])
      clone.dispose()
    })
  })
})
