import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { installTrainingKernels } from '../../../testing/engine/install-training-kernels'
import { expectSameAsCpu, randomValues } from '../../../testing/engine/kernel-comparison'
import { readKernelModule, startWasmBackend } from '../host/wasm-in-node'

beforeAll(startWasmBackend)

const registered = () =>
  new Map(tf.getKernelsForBackend('wasm').map((k) => [k.kernelName, k.kernelFunc]))

describe('training kernels', () => {
  it('uninstalls without a trace', async () => {
    const before = registered()
    const relu = tf.getGradient('Relu')
    const kernels = await installTrainingKernels(readKernelModule())
    expect(kernels.reason).toBeUndefined()
    expect(kernels.plain).toEqual([])
    expect(kernels.kernels).toContain('Conv2DBackpropFilter')
    expect(registered().get('MaxPoolGrad')).not.toBe(before.get('MaxPoolGrad'))
    kernels.uninstall()
    expect(registered()).toEqual(before)
    expect(tf.getGradient('Relu')).toBe(relu)
  })

  it('refuses another backend by name', async () => {
    await tf.setBackend('cpu')
    await expect(installTrainingKernels(readKernelModule())).rejects.toThrow("not for 'cpu'")
    await tf.setBackend('wasm')
  })

  it('leaves the gradients of other backends as they were', async () => {
    const kernels = await installTrainingKernels(readKernelModule())
    await tf.setBackend('cpu')
    const gradient = tf.grad((x) => tf.relu(x))(tf.tensor1d([-1, 0, 2]))
    expect([...gradient.dataSync()]).toEqual([0, 0, 1])
    await tf.setBackend('wasm')
    kernels.uninstall()
  })

  it('names what it does not cover', async () => {
    const kernels = await installTrainingKernels(readKernelModule())
    const call = () =>
      tf
        .engine()
        .runKernel(
          'Conv2DBackpropFilter',
          { x: tf.zeros([1, 1, 4, 4]), dy: tf.zeros([1, 1, 4, 4]) },
          { filterShape: [1, 1, 1, 1], strides: 1, pad: 'same', dataFormat: 'NCHW' },
        )
    expect(call).toThrow('covers dataFormat NHWC, not NCHW')
    kernels.uninstall()
  })
})

describe('without the SIMD module', () => {
  it('says why, and computes the same gradients in plain loops', async () => {
    const kernels = await installTrainingKernels(new Uint8Array([0, 1, 2, 3]))
    expect(kernels.host).toBeUndefined()
    expect(kernels.reason).toMatch(/does not start/)
    expect(kernels.plain).toContain('MaxPoolGrad')

    const image = randomValues([2, 7, 6, 3], 1)
    const convolution = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 'same')
    const depthwise = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid')
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same')
    const inputs = [image, randomValues([3, 3, 3, 5], 2), randomValues([3, 2, 3, 2], 3)]
    await expectSameAsCpu(inputs, ([x, filter, perChannel]) => {
      if (!x || !filter || !perChannel) return []
      const chosen = tf.tensor1d([1, 1, 0], 'int32')
      return [
        ...tf.grads(convolution)([x, filter]),
        ...tf.grads(depthwise)([x, perChannel]),
        tf.grad(pool)(x),
        tf.grad((a) => tf.sum(tf.square(tf.gather(a, chosen))))(x),
      ]
    })
    kernels.uninstall()
  })
})
