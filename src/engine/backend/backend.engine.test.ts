import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { nodeEnvironment } from '../host/node-environment'
import type { StartRequest } from '../../protocol/engine-messages'
import { chooseBackend } from './backend'
import { selfTest } from './self-test'

const automatic: StartRequest = { forced: null, exclude: [] }

function fakeAdapter(info: Partial<GPUAdapterInfo>) {
  const adapter = { info: { vendor: '', architecture: '', description: '', ...info } }
  return { requestAdapter: () => Promise.resolve(adapter as unknown as GPUAdapter) }
}

/** Makes one kernel of a backend wrong until the test ends. */
const repairs: (() => void)[] = []
function breakKernel(
  kernelName: string,
  backendName: string,
  wrong: (result: tf.TensorInfo) => void,
) {
  const original = tf.getKernel(kernelName, backendName)
  tf.unregisterKernel(kernelName, backendName)
  tf.registerKernel({
    ...original,
    kernelFunc: (parameters) => {
      const result = original.kernelFunc(parameters)
      for (const info of Array.isArray(result) ? result : [result]) wrong(info)
      return result
    },
  })
  repairs.push(() => {
    tf.unregisterKernel(kernelName, backendName)
    tf.registerKernel(original)
  })
}

function zeroLastValue(info: tf.TensorInfo): void {
  const backend = tf.backend() as unknown as {
    typedArrayFromHeap: (info: tf.TensorInfo) => Float32Array
  }
  const values = backend.typedArrayFromHeap(info)
  values[values.length - 1] = 0.123
}

beforeAll(() => tf.setBackend('cpu'))

afterEach(() => {
  for (const repair of repairs.splice(0)) repair()
})

describe('choosing a backend', () => {
  it('takes wasm where there is no GPU and says why', async () => {
    const before = tf.memory().numTensors
    const { info } = await chooseBackend(automatic, nodeEnvironment())
    expect(info).toMatchObject({ backend: 'wasm', adapter: 'SIMD', software: false })
    expect(info.skipped).toEqual([
      { backend: 'webgpu', reason: { code: 'engine/no-adapter', params: { backend: 'webgpu' } } },
      { backend: 'webgl', reason: { code: 'engine/no-adapter', params: { backend: 'webgl' } } },
    ])
    expect(info.gigaflops).toBeGreaterThan(0.1)
    expect(info.gigaflops).toBeLessThan(1e4)
    expect(tf.getBackend()).toBe('wasm')
    expect(tf.memory().numTensors).toBe(before)
  })

  it('never takes a software adapter by itself', async () => {
    const { info } = await chooseBackend(
      automatic,
      nodeEnvironment({
        gpu: fakeAdapter({ vendor: 'google', architecture: 'swiftshader' }),
        webglRenderer: () => 'ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (LLVM)))',
      }),
    )
    expect(info.backend).toBe('wasm')
    expect(info.skipped.map(({ reason }) => reason.code)).toEqual([
      'software-adapter',
      'software-adapter',
    ])
    expect(info.skipped[0]?.reason).toMatchObject({ adapter: 'google swiftshader' })
  })

  it('believes the flag of a fallback adapter, whatever its name', async () => {
    const gpu = fakeAdapter({ vendor: 'acme', architecture: 'x', isFallbackAdapter: true })
    const { info } = await chooseBackend(automatic, nodeEnvironment({ gpu }))
    expect(info.skipped[0]?.reason.code).toBe('software-adapter')
  })

  it('skips a backend that computes wrongly', async () => {
    await tf.setBackend('cpu')
    await chooseBackend({ forced: 'wasm', exclude: [] }, nodeEnvironment())
    breakKernel('BatchMatMul', 'wasm', zeroLastValue)
    const { info } = await chooseBackend(automatic, nodeEnvironment())
    expect(info.backend).toBe('cpu')
    expect(info.skipped[2]).toMatchObject({
      backend: 'wasm',
      reason: { code: 'engine/self-test-failed', params: { backend: 'wasm', kernel: 'matmul' } },
    })
  })

  it('refuses a forced backend that computes wrongly, without taking another', async () => {
    await chooseBackend({ forced: 'wasm', exclude: [] }, nodeEnvironment())
    breakKernel('MaxPool', 'wasm', zeroLastValue)
    await expect(
      chooseBackend({ forced: 'wasm', exclude: [] }, nodeEnvironment()),
    ).rejects.toMatchObject({ code: 'engine/self-test-failed', params: { kernel: 'maxPool' } })
  })

  it('leaves out what it is told to, and says so', async () => {
    const { info } = await chooseBackend(
      { forced: null, exclude: ['webgpu', 'webgl', 'wasm'] },
      nodeEnvironment(),
    )
    expect(info.backend).toBe('cpu')
    expect(info.skipped.map(({ reason }) => reason.code)).toEqual(
      Array<string>(3).fill('engine/backend-excluded'),
    )
  })

  it('gives up on a backend that never starts', async () => {
    const never = nodeEnvironment({ gpu: { requestAdapter: () => new Promise(() => undefined) } })
    const { info } = await chooseBackend(automatic, never, 200)
    expect(info.skipped[0]).toMatchObject({
      backend: 'webgpu',
      reason: { code: 'engine/start-timeout' },
    })
  })
})

describe('the self-test', () => {
  it.each(['wasm', 'cpu'] as const)('passes on %s and leaks nothing', async (backend) => {
    await chooseBackend({ forced: backend, exclude: [] }, nodeEnvironment())
    const before = tf.memory().numTensors
    await selfTest(backend)
    expect(tf.memory().numTensors).toBe(before)
  })

  it.each([
    ['_FusedMatMul', 'dense'],
    ['Conv2D', 'conv2d'],
    ['DepthwiseConv2dNative', 'depthwise'],
    ['AvgPool', 'avgPool'],
    ['Softmax', 'softmax'],
  ])('catches a broken %s', async (kernelName, test) => {
    await chooseBackend({ forced: 'wasm', exclude: [] }, nodeEnvironment())
    breakKernel(kernelName, 'wasm', zeroLastValue)
    await expect(selfTest('wasm')).rejects.toMatchObject({
      code: 'engine/self-test-failed',
      params: { kernel: test },
    })
  })
})
