import { describe, expect, it } from 'vitest'
import { StudioError } from './errors'
import { memoryFaultOf } from './memory-fault'

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name })

describe('a failure of memory is told by its kind', () => {
  it.each([
    // Chromium and Node, Firefox, Safari
    'memory access out of bounds',
    'unreachable',
    'index out of bounds',
    'unreachable executed',
    'Out of bounds memory access (evaluating the kernel)',
    'Unreachable code should not be executed (evaluating the kernel)',
    'Aborted(OOM). Build with -sASSERTIONS for more info.',
    'abort(Cannot enlarge memory arrays to size 4294967296 bytes)',
  ])('RuntimeError of WebAssembly: %s', (message) => {
    expect(memoryFaultOf(new WebAssembly.RuntimeError(message))).toBe('overrun')
  })

  it.each(['Aborted(OOM)', 'abort("Cannot enlarge memory arrays"). Build with -s ASSERTIONS=1'])(
    'an abort of Emscripten that is a plain error: %s',
    (message) => {
      expect(memoryFaultOf(new Error(message))).toBe('overrun')
    },
  )

  it.each([
    ['RangeError', 'Array buffer allocation failed'],
    ['RangeError', 'Invalid typed array length: 4294967297'],
    ['RangeError', 'Invalid array buffer length'],
    ['RangeError', 'Invalid array length'],
    ['RangeError', 'Invalid string length'],
    ['RangeError', 'WebAssembly.Memory.grow(): Maximum memory size exceeded'],
    ['RangeError', 'WebAssembly.Memory(): could not allocate memory'],
    ['RangeError', 'invalid array length'],
    ['InternalError', 'allocation size overflow'],
    ['InternalError', 'out of memory'],
    ['RangeError', 'failed to grow memory'],
    ['RangeError', 'Out of memory'],
    ['RangeError', 'length too large'],
    ['RangeError', 'Array size is not a small enough positive integer.'],
    ['RangeError', 'Length out of range of buffer'],
  ])('%s of a script engine: %s', (name, message) => {
    expect(memoryFaultOf(named(name, message))).toBe('tooLarge')
  })

  it.each([
    ['GPUOutOfMemoryError', ''],
    ['OperationError', 'Not enough memory left.'],
    [
      'GPUValidationError',
      'Buffer size (4294967296) exceeds the max buffer size limit (268435456).',
    ],
    [
      'GPUValidationError',
      'Binding size (268435456) of [Buffer] is larger than the maximum binding size (134217728).',
    ],
    [
      'Error',
      'Requested texture size [20000x20000] greater than WebGL maximum on this browser / GPU',
    ],
    ['Error', 'Unable to create WebGLTexture.'],
    ['Error', 'WebGL Error: OUT_OF_MEMORY'],
  ])('%s of a graphics device: %s', (name, message) => {
    expect(memoryFaultOf(named(name, message))).toBe('tooLarge')
  })

  it('our own errors, and a device that has dropped work already', () => {
    const gpu = (reason: string) =>
      new StudioError('engine/gpu-error', { backend: 'webgpu', reason })
    expect(memoryFaultOf(new StudioError('engine/out-of-memory', { needed: '' }))).toBe('tooLarge')
    expect(memoryFaultOf(gpu('Out of memory'))).toBe('overrun')
    expect(memoryFaultOf(gpu('a shader does not compile'))).toBeNull()
  })

  it.each([
    new WebAssembly.RuntimeError('divide by zero'),
    new RangeError('a pass without outputs'),
    new RangeError('Maximum call stack size exceeded'),
    new Error("Kernel 'Cumsum' not registered for backend 'wasm'"),
    named('AbortError', 'This operation was aborted'),
    new StudioError('engine/cancelled', {}),
    'out of memory',
    null,
  ])('nothing else: %s', (error) => {
    expect(memoryFaultOf(error)).toBeNull()
  })
})
