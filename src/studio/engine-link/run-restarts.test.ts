import { describe, expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import type { ErrorCode } from '../../core/errors'
import { nextTry, pieceOfMemoryFault } from './run-restarts'
import type { RunFault, RunTry } from './run-restarts'

const first: RunTry = { forced: 'webgpu', exclude: [], largestPiece: null }
const fault = (code: ErrorCode, change: Partial<RunFault> = {}): RunFault => ({
  atMs: 0,
  code,
  backend: 'webgpu',
  piece: null,
  ...change,
})

describe('what follows the end of a run’s worker', () => {
  it('a crash or a hang: another one', () => {
    for (const code of ['engine/crashed', 'engine/hung'] as const)
      expect(nextTry(first, [], fault(code))).toEqual({ ...first, why: 'restarted' })
  })

  it('three deaths in two minutes, or four in all: the end', () => {
    const crash = fault('engine/crashed')
    expect(nextTry(first, [crash, crash], crash)).toBeNull()
    const apart = [0, 1e6, 2e6].map((atMs) => fault('engine/crashed', { atMs }))
    expect(nextTry(first, apart.slice(0, 2), fault('engine/crashed', { atMs: 2e6 }))).not.toBeNull()
    expect(nextTry(first, apart, fault('engine/crashed', { atMs: 3e6 }))).toBeNull()
  })

  it('a graphics device: again once, then without, and without where there is none', () => {
    const lost = fault('engine/device-lost')
    const without = { forced: null, exclude: ['webgpu', 'webgl'], why: 'leftGpu' }
    expect(nextTry(first, [], lost)).toMatchObject({ forced: 'webgpu', why: 'restarted' })
    expect(nextTry(first, [lost], lost)).toMatchObject(without)
    for (const code of ['engine/no-backend', 'engine/start-timeout'] as const) {
      const none = fault(code)
      expect(nextTry(first, [], none)).toMatchObject(without)
      expect(nextTry({ ...first, forced: 'wasm' }, [], none)).toBeNull()
    }
  })

  it('memory: half of what was taken, as often as it can be halved, and no death', () => {
    const code = 'train/worker-out-of-memory'
    const faults = [32, 16, 8, 4, 2].map((piece) => fault(code, { piece }))
    const [last] = faults.slice(-1)
    if (last === undefined) throw new Error('none')
    expect(nextTry(first, faults.slice(0, -1), last)).toMatchObject({ largestPiece: 1 })
    expect(nextTry(first, faults, fault(code, { piece: 1 }))).toBeNull()
    const told = fault(code, { piece: 32 })
    expect(nextTry({ ...first, largestPiece: 4 }, [], told)).toMatchObject({ largestPiece: 2 })
    expect(nextTry(first, faults, fault('engine/crashed'))).toMatchObject({ why: 'restarted' })
  })

  it('what the run itself has failed with: the end', () => {
    expect(nextTry(first, [], fault('train/diverged'))).toBeNull()
    expect(nextTry(first, [], fault('engine/cancelled'))).toBeNull()
  })
})

describe('memory as the reason', () => {
  const crash = (reason: string) => new StudioError('engine/crashed', { reason })

  it.each([
    'Uncaught RuntimeError: memory access out of bounds',
    'Uncaught RangeError: Array buffer allocation failed',
    'RangeError: Array buffer allocation failed',
    'Uncaught RangeError: WebAssembly.Memory.grow(): Maximum memory size exceeded',
    'Uncaught RuntimeError: Aborted(OOM). Build with -sASSERTIONS for more info.',
  ])('is read in what the browser says: %s', (reason) => {
    expect(pieceOfMemoryFault(crash(reason), 24)).toBe(24)
  })

  it('is told by the engine with the piece that it took', () => {
    const told = new StudioError('train/worker-out-of-memory', { piece: 12, bytes: '3 GB' })
    expect(pieceOfMemoryFault(told, 24)).toBe(12)
    const gpu = new StudioError('engine/gpu-error', { backend: 'webgpu', reason: 'Out of memory' })
    expect(pieceOfMemoryFault(gpu, 24)).toBe(24)
  })

  it('is not believed of anything else', () => {
    for (const error of [
      crash('Uncaught Error: crashed on purpose'),
      crash('script not loaded'),
      new StudioError('engine/hung', { task: 'train', seconds: 20 }),
      new StudioError('train/diverged', { loss: 1, step: 1, learningRate: 1 }),
    ])
      expect(pieceOfMemoryFault(error, 24)).toBeNull()
  })
})
