import { describe, expect, it, vi } from 'vitest'
import { checkTensorBytes, watchContext, watchDevice } from './gpu-watch'
import type { WatchedDevice } from './gpu-watch'

function fakeDevice() {
  let lose: (info: { reason: string; message: string }) => void = () => undefined
  const listeners: Parameters<WatchedDevice['addEventListener']>[1][] = []
  const device: WatchedDevice = {
    lost: new Promise((resolve) => {
      lose = resolve
    }),
    addEventListener: (_, listener) => listeners.push(listener),
    pushErrorScope: vi.fn(),
    popErrorScope: () => Promise.resolve(null),
  }
  return {
    device,
    lose,
    fail: (message: string) => {
      for (const listener of listeners) listener({ error: { message } })
    },
  }
}

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the watch over a WebGPU device', () => {
  it('lets work pass while nothing happened', async () => {
    const watch = watchDevice(fakeDevice().device, breathe)
    watch.check()
    await watch.settle()
  })

  it('ends work after an uncaptured error', () => {
    const { device, fail } = fakeDevice()
    const watch = watchDevice(device, breathe)
    fail('Buffer size (536870912) exceeds the limit')
    expect(() => {
      watch.check()
    }).toThrow(
      expect.objectContaining({
        code: 'engine/gpu-error',
        params: { backend: 'webgpu', reason: 'Buffer size (536870912) exceeds the limit' },
      }),
    )
    const heard: string[] = []
    watch.onFault(({ code }) => heard.push(code))
    expect(heard).toEqual(['engine/gpu-error'])
  })

  it('tells listeners once, and not those that left', () => {
    const { device, fail } = fakeDevice()
    const watch = watchDevice(device, breathe)
    const heard: string[] = []
    watch.onFault(({ params }) => heard.push(String(params['reason'])))
    watch.onFault(() => heard.push('gone'))()
    fail('first')
    fail('second')
    expect(heard).toEqual(['first'])
  })

  it('waits for an error that is still on its way', async () => {
    const { device, fail } = fakeDevice()
    const watch = watchDevice(device, breathe)
    watch.check()
    setImmediate(() => {
      fail('shader')
    })
    await expect(watch.settle()).rejects.toMatchObject({ code: 'engine/gpu-error' })
  })

  it('ends work after a lost device, and stays at the first fault', async () => {
    const { device, lose, fail } = fakeDevice()
    const watch = watchDevice(device, breathe)
    lose({ reason: 'destroyed', message: '' })
    await breathe()
    fail('everything after that')
    expect(() => {
      watch.check()
    }).toThrow(
      expect.objectContaining({
        code: 'engine/device-lost',
        params: { backend: 'webgpu', reason: 'destroyed' },
      }),
    )
  })

  it('counts a lost device even where the error scope rejects', async () => {
    const { device, lose } = fakeDevice()
    const watch = watchDevice(
      { ...device, popErrorScope: () => Promise.reject(new Error('device is lost')) },
      breathe,
    )
    lose({ reason: 'unknown', message: 'GPU process crashed' })
    await expect(watch.settle()).rejects.toMatchObject({ code: 'engine/device-lost' })
  })
})

describe('the watch over a WebGL context', () => {
  it('notices a loss by event and by asking', async () => {
    let listener: () => void = () => undefined
    let lost = false
    const context = {
      canvas: {
        addEventListener: (_: string, added: () => void) => {
          listener = added
        },
      },
      isContextLost: () => lost,
    }
    const byEvent = watchContext(context)
    await byEvent.settle()
    listener()
    expect(() => {
      byEvent.check()
    }).toThrow(expect.objectContaining({ code: 'engine/device-lost' }))
    const byAsking = watchContext(context)
    lost = true
    await expect(byAsking.settle()).rejects.toMatchObject({ code: 'engine/device-lost' })
  })
})

describe('the size check', () => {
  it('names the tensor that the device would turn into zeros', () => {
    checkTensorBytes('webgpu', 128, 'dense/kernel', 128)
    checkTensorBytes('wasm', null, 'dense/kernel', 1e12)
    expect(() => {
      checkTensorBytes('webgpu', 128, 'dense/kernel', 129)
    }).toThrow(
      expect.objectContaining({
        code: 'engine/tensor-too-large',
        params: { backend: 'webgpu', tensor: 'dense/kernel', bytes: 129, limit: 128 },
      }),
    )
  })
})
