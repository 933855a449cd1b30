import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { savedByName } from './saved-by-name'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Gradients of a product and a square, with the names of all kernels that were run. */
async function gradientsOf(w: tf.Variable, v: tf.Variable): Promise<readonly unknown[]> {
  const found: Float32Array[] = []
  const { kernelNames } = await tf.profile(() => {
    const { value, grads } = tf.variableGrads(() => {
      const loss = tf.sum(tf.mul(tf.square(w), v))
      return loss.asScalar()
    }, [w, v])
    for (const { name } of [w, v]) found.push(new Float32Array(grads[name]?.dataSync() ?? []))
    tf.dispose(grads)
    return value
  })
  return [found, kernelNames]
}

it('what the tape saves is the same memory, and nothing of it is left', async () => {
  const [w, v] = [tf.variable(tf.tensor1d([1, -2, 3])), tf.variable(tf.tensor1d([2, 0.5, -1]))]
  const before = tf.memory()
  const [stock, kernels] = await gradientsOf(w, v)
  const undo = savedByName()
  const [named, fewer] = await gradientsOf(w, v)
  undo()
  expect(named).toEqual(stock)
  expect(named).toEqual([new Float32Array([4, -2, -6]), new Float32Array([1, 4, 9])])
  expect(kernels).toContain('Identity')
  expect(fewer).not.toContain('Identity')
  const [again, asBefore] = await gradientsOf(w, v)
  expect([again, asBefore]).toEqual([stock, kernels])
  // Profiling hands back the losses.
  expect(tf.memory().numDataBuffers - before.numDataBuffers).toBe(3)
  tf.dispose([w, v])
})
