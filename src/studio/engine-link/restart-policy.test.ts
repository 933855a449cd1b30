import { describe, expect, it } from 'vitest'
import { decideRestart } from './restart-policy'
import type { Fault } from './restart-policy'

const lost = (atMs: number): Fault => ({ atMs, code: 'engine/device-lost', backend: 'webgpu' })
const hung = (atMs: number): Fault => ({ atMs, code: 'engine/hung', backend: 'wasm' })

describe('restart policy', () => {
  it('starts a GPU again after its first loss', () => {
    expect(decideRestart([], lost(0))).toEqual({ action: 'restart' })
  })

  it('goes on without the GPU after a second loss within two minutes', () => {
    expect(decideRestart([lost(0)], lost(119_999))).toEqual({ action: 'leaveGpu', lost: 'webgpu' })
  })

  it('forgives a loss after two minutes', () => {
    expect(decideRestart([lost(0)], lost(120_000))).toEqual({ action: 'restart' })
  })

  it('does not count hangs against the GPU', () => {
    expect(decideRestart([hung(0), hung(1)], lost(2))).toEqual({ action: 'restart' })
  })

  it('gives up on the third death in two minutes', () => {
    expect(decideRestart([hung(0)], hung(10))).toEqual({ action: 'restart' })
    expect(decideRestart([hung(0), hung(10)], hung(20))).toEqual({ action: 'giveUp' })
    expect(decideRestart([hung(0), hung(10)], hung(125_000))).toEqual({ action: 'restart' })
  })
})
