/** What the WASM backend holds at its worst moment. */
import * as tf from '@tensorflow/tfjs'
import { allocatorOf } from '../../src/engine/backend/wasm-allocator'

export interface LiveBytes {
  /** The most since the last time that it was asked, above what was there then. */
  readonly mostSince: () => number
  readonly stop: () => void
}

/** Watches what tensors take and give back; what kernels take for themselves does not show. */
export function watchLiveBytes(): LiveBytes {
  const allocator = allocatorOf(tf.backend())
  if (allocator === null) throw new Error('not the WASM backend')
  // Emscripten puts the function itself in place at the first call.
  allocator._free(allocator._malloc(16))
  const { _malloc: malloc, _free: free } = allocator
  const sizes = new Map<number, number>()
  let live = 0
  let most = 0
  let before = 0
  allocator._malloc = (bytes) => {
    const at = malloc(bytes)
    sizes.set(at, bytes)
    live += bytes
    most = Math.max(most, live)
    return at
  }
  allocator._free = (at) => {
    live -= sizes.get(at | 0) ?? sizes.get(at) ?? 0
    sizes.delete(at | 0)
    sizes.delete(at)
    free(at)
  }
  return {
    mostSince: () => {
      const found = most - before
      before = live
      most = live
      return found
    },
    stop: () => {
      allocator._malloc = malloc
      allocator._free = free
    },
  }
}
