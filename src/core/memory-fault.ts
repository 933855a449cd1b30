import { isStudioError } from './errors'
import type { StudioError } from './errors'

/**
 * What a failure says of memory. tooLarge: what was asked for was refused, and nothing else happened.
 * overrun: the memory that the backend computes in may be written over, or is gone; nothing computed there can be
 * trusted any more.
 */
export type MemoryFault = 'tooLarge' | 'overrun'

/**
 * WebAssembly.RuntimeError by the words of V8, SpiderMonkey and JavaScriptCore: a kernel that wrote through an address
 * that was not given to it, or gave up. Emscripten aborts are of this kind, or plain errors with the same words.
 */
const trap = /out[- ]of[- ]bounds|unreachable|out of memory|\boom\b/i
const abort = /\babort(?:ed)?\b|\babort\(|cannot enlarge memory|\boom\b|out of memory/i

/** RangeError (SpiderMonkey: InternalError) of arrays, strings and WebAssembly memory that do not become longer. */
const range =
  /alloc|memory|invalid (?:typed )?array (?:buffer )?length|array length must|array size is not|length (?:is )?(?:too large|out of range)|size is too large|invalid string length/i

/** What WebGPU and WebGL refuse before they do it. */
const limit =
  /out[_ ]of[_ ]memory|not enough memory|exceeds the max(?:imum)? (?:buffer|storage|binding|texture)|larger than the max(?:imum)? (?:buffer|storage|binding|texture)|max(?:imum)?(?:StorageBufferBindingSize|BufferSize)|requested texture size|unable to create webgl(?:texture|framebuffer|buffer)|too large for the implementation/i

/** How memory ran out; null: the failure is of another kind. */
export function memoryFaultOf(error: unknown): MemoryFault | null {
  if (isStudioError(error)) return ofOurs(error)
  if (!isNamed(error)) return null
  const { name, message } = error
  // By name: an error may come from another realm.
  if (name === 'RuntimeError') return trap.test(message) || abort.test(message) ? 'overrun' : null
  if (name === 'RangeError' || name === 'InternalError')
    return range.test(message) || limit.test(message) ? 'tooLarge' : null
  if (name === 'GPUOutOfMemoryError') return 'tooLarge'
  // A signal that is aborted has the same word for something else.
  if (name === 'AbortError') return null
  if (limit.test(message)) return 'tooLarge'
  return abort.test(message) ? 'overrun' : null
}

function ofOurs({ code, params }: StudioError): MemoryFault | null {
  switch (code) {
    case 'engine/out-of-memory':
    case 'open/needs-memory':
    case 'engine/tensor-too-large':
      return 'tooLarge'
    case 'train/worker-out-of-memory':
      return 'overrun'
    case 'engine/gpu-error':
      // The device has dropped work already.
      return limit.test(String(params['reason'])) ? 'overrun' : null
    default:
      return null
  }
}

function isNamed(error: unknown): error is { readonly name: string; readonly message: string } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    'message' in error &&
    typeof error.name === 'string' &&
    typeof error.message === 'string'
  )
}
