import { describe, expect, it } from 'vitest'
import { piecesFor } from './pieces-for'

const lenet5 = { macs: 2.3e6, batch: 128, backend: 'wasm', trains: false } as const

describe('pieces where nobody has chosen', () => {
  it('are a power of two, each with enough to do, and no more than eight', () => {
    expect(piecesFor(lenet5)).toBe(4)
    expect(piecesFor({ ...lenet5, macs: 0.27e6 })).toBe(1)
    expect(piecesFor({ ...lenet5, macs: 300e6 })).toBe(8)
    expect(piecesFor({ ...lenet5, backend: 'cpu' })).toBe(4)
  })

  it('keep samples together where each has statistics of its own', () => {
    expect(piecesFor({ ...lenet5, macs: 300e6, trains: true })).toBe(4)
  })

  it('are one on a graphics device', () => {
    for (const backend of ['webgpu', 'webgl'] as const)
      expect(piecesFor({ ...lenet5, backend })).toBe(1)
  })
})
