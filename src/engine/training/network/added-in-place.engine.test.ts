import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { withBothKernelModules } from '../../../../testing/engine/both-kernel-modules'
import { heldMemory } from '../../../../testing/engine/kernel-comparison'
import { handOn, holdAlone, isHeldAlone } from '../../wasm-kernels/spent-gradients'
import { differentiate } from './differentiate'

withBothKernelModules(() => {
  it('a gradient that the way back alone has is added to in its place, and no other', () => {
    const before = heldMemory()
    const b = tf.tensor1d([1, 2, 3, 4, 5])
    const alone = tf.tensor1d([10, 20, 30, 40, 50])
    holdAlone(alone)
    const sum = tf.add(alone, b)
    expect(sum.dataId).toBe(alone.dataId)
    alone.dispose()
    expect([...sum.dataSync()]).toEqual([11, 22, 33, 44, 55])
    // The sum is somebody's who asked for it.
    const next = tf.add(sum, b)
    expect(next.dataId).not.toBe(sum.dataId)

    const shared = tf.tensor1d([1, 1, 1, 1, 1])
    const name = shared.clone()
    holdAlone(shared)
    const apart = tf.add(shared, b)
    name.dispose()
    handOn(shared)
    const given = tf.add(shared, b)
    expect([...shared.dataSync()]).toEqual([1, 1, 1, 1, 1])
    expect([...apart.dataSync()]).toEqual([...given.dataSync()])
    tf.dispose([b, sum, next, shared, apart, given])
    expect(heldMemory()).toEqual(before)
  })

  it('and gradients that go several ways are what they were', () => {
    const w = tf.variable(tf.tensor1d([1, -2, 3, 0.5, -1]))
    const before = heldMemory()
    const { gradients, loss, outputs } = differentiate(() => {
      // Read five times: its gradients are added up, as those of the ReLU are.
      const once = tf.relu(w)
      const twice = tf.add(tf.add(tf.mul(once, once), tf.mul(once, w)), tf.mul(tf.square(w), 2))
      return { outputs: twice, loss: tf.sum(tf.add(twice, once)).asScalar() }
    }, [w])
    const [gradient] = gradients.values()
    // 2 r + 2 r + 4 w + 1 where w is positive, 4 w elsewhere.
    expect([...(gradient?.dataSync() ?? [])]).toEqual([9, -8, 25, 5, -4])
    expect(gradient !== undefined && isHeldAlone(gradient)).toBe(false)
    tf.dispose([loss, outputs, ...gradients.values()])
    expect(heldMemory()).toEqual(before)
    w.dispose()
  })
})
