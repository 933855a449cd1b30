import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { startWasmBackend } from '../host/wasm-in-node'
import { memoryFaultOf } from '../../core/memory-fault'
import { allocatorOf, canHold, refuseNothing } from './wasm-allocator'
import type { WasmAllocator } from './wasm-allocator'

beforeAll(async () => {
  await startWasmBackend()
})

function allocator(): WasmAllocator {
  const found = allocatorOf(tf.backend())
  if (found === null) throw new Error('the backend has no allocator')
  return found
}

/** One that has so many bytes to give. */
function small(room: number): WasmAllocator & { readonly taken: () => number } {
  const sizes = new Map<number, number>()
  let taken = 0
  let next = 8
  return {
    HEAPU8: new Uint8Array(0),
    _malloc: (bytes) => {
      if (taken + bytes > room) return 0
      taken += bytes
      sizes.set(next, bytes)
      next += 8
      return next - 8
    },
    _free: (address) => {
      taken -= sizes.get(address) ?? 0
    },
    taken: () => taken,
  }
}

describe('the memory of the WASM backend', () => {
  it('is tried out in blocks and given back', () => {
    const room = small(1000)
    expect(canHold(room, 1000, 300)).toBe(true)
    expect(canHold(room, 1001, 300)).toBe(false)
    expect(room.taken()).toBe(0)
  })

  it('that is not given is an error of memory, not the address 0', () => {
    const room = small(1000)
    refuseNothing(room)
    const fault = (() => {
      try {
        return room._malloc(2000)
      } catch (error) {
        return error
      }
    })()
    expect(memoryFaultOf(fault)).toBe('tooLarge')
    expect(canHold(room, 2000, 300)).toBe(false)
    expect(room.taken()).toBe(0)
  })

  it('is that of the real backend, which cannot give more than 4 GB', () => {
    const own = allocator()
    refuseNothing(own)
    expect(canHold(own, 2 ** 20, 2 ** 18)).toBe(true)
    // Not touched, so that the machine has to give none of it.
    expect(canHold(own, 5 * 2 ** 30, 2 ** 29)).toBe(false)
    expect(() => own._malloc(2 ** 31)).toThrow(/no room/)
    // Nothing was harmed by the asking.
    const sum = tf.tidy(() => tf.ones([1000]).sum().dataSync()[0])
    expect(sum).toBe(1000)
  })
})

it('other backends have none', async () => {
  await tf.setBackend('cpu')
  expect(allocatorOf(tf.backend())).toBeNull()
  await tf.setBackend('wasm')
})
