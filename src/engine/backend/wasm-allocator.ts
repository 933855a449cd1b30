import type * as tf from '@tensorflow/tfjs'
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm'

/** What Emscripten puts on its module object to give and take memory; not in the backend's types. */
export interface WasmAllocator {
  _malloc: (bytes: number) => number
  _free: (address: number) => void
  readonly HEAPU8: Uint8Array
}

/** null where the backend is another one, or another build of it. */
export function allocatorOf(backend: tf.KernelBackend): WasmAllocator | null {
  if (!(backend instanceof BackendWasm)) return null
  const module: object = backend.wasm
  return isAllocator(module) ? module : null
}

function isAllocator(module: object): module is WasmAllocator {
  return (
    '_malloc' in module &&
    typeof module._malloc === 'function' &&
    '_free' in module &&
    typeof module._free === 'function' &&
    'HEAPU8' in module &&
    module.HEAPU8 instanceof Uint8Array
  )
}

const LARGEST_BLOCK = 2 ** 31

const refusing = new WeakSet<WasmAllocator>()

/**
 * Lets memory that is not given be an error. The backend itself goes on with the address 0, so that kernels write over
 * what lies there, and everything that is computed later is wrong.
 */
export function refuseNothing(allocator: WasmAllocator): void {
  if (refusing.has(allocator)) return
  refusing.add(allocator)
  // Emscripten puts the function itself in place at the first call.
  allocator._free(allocator._malloc(16))
  const { _malloc: malloc } = allocator
  allocator._malloc = (bytes) => {
    // Of blocks this large it gives some that end outside of the memory.
    const address = bytes < LARGEST_BLOCK ? malloc(bytes) : 0
    if (address === 0 && bytes > 0)
      throw new RangeError(`WebAssembly memory: no room for ${bytes} bytes`)
    return address
  }
}

/**
 * Whether so much memory can be had, which is given back at once. It is asked for in blocks, as tensors are, so that
 * what lies free between others counts too.
 */
export function canHold(allocator: WasmAllocator, bytes: number, block: number): boolean {
  const taken: number[] = []
  try {
    for (let left = bytes; left > 0; left -= block) {
      const address = allocator._malloc(Math.min(block, left))
      if (address === 0) return false
      taken.push(address)
    }
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  } finally {
    for (const address of taken) allocator._free(address)
  }
}
