import { describe, expect, it } from 'vitest'
import { bytesOf, forwardPieceWithin, insteadOf, needOf, pieceWithin, slotsOf } from './run-need'
import type { RunLoad } from './run-need'

const load: RunLoad = {
  pass: { training: 1000, forward: 100, largest: 50 },
  parameters: 1_000_000,
  sample: 10,
  hooked: 0,
  teacher: null,
}
const adam = { optimizer: 'adam', momentum: 0.9 } as const
const plain = { optimizer: 'sgd', momentum: 0 } as const

describe('what a run takes', () => {
  it('is more with an optimizer that remembers more, a teacher, and hooks', () => {
    const bytes = (change: Partial<RunLoad>, settings: Parameters<typeof needOf>[1] = plain) =>
      bytesOf(needOf({ ...load, ...change }, settings), 32, 32)
    expect(slotsOf(adam)).toBe(2)
    expect(slotsOf({ ...adam, optimizer: 'sgd' })).toBe(1)
    expect(slotsOf(plain)).toBe(0)
    expect(bytes({}, adam) - bytes({})).toBeGreaterThan(4 * 4_000_000)
    const teacher = { parameters: 500_000, forward: 100, features: 0 }
    expect(bytes({ teacher }) - bytes({})).toBeGreaterThan(4 * 500_000)
    expect(bytes({ hooked: 2 })).toBeGreaterThan(bytes({}))
  })

  it('gives the largest piece that fits: one sample more does not', () => {
    const need = needOf({ ...load, parameters: 1000 }, adam)
    const room = { bytes: bytesOf(need, 20, 64) + need.perSample / 2, tensorBytes: null }
    const piece = pieceWithin(need, 64, room)
    expect(piece).toBe(20)
    expect(bytesOf(need, piece, 64)).toBeLessThanOrEqual(room.bytes)
    expect(bytesOf(need, piece + 1, 64)).toBeGreaterThan(room.bytes)
  })

  it('is the whole batch where that fits, and nothing where not one sample does', () => {
    const need = needOf(load, adam)
    const all = { bytes: bytesOf(need, 64, 64), tensorBytes: null }
    expect(pieceWithin(need, 64, all)).toBe(64)
    expect(pieceWithin(need, 64, { ...all, bytes: need.fixed })).toBe(0)
  })

  it('offers SGD without momentum where it fits and another optimizer does not', () => {
    // As many weights as ResNet-50.
    const large = { ...load, parameters: 25_600_000 }
    const room = { bytes: 1.5 * 2 ** 30, tensorBytes: null }
    const need = (settings: Parameters<typeof needOf>[1]) => needOf(large, settings)
    expect(pieceWithin(need(adam), 32, room)).toBe(0)
    expect(insteadOf(need, adam, 32, room)).toBe('plainSgd')
    expect(insteadOf(need, { ...plain, momentum: 0.9 }, 32, { ...room, bytes: 1 })).toBeNull()
    expect(insteadOf(need, plain, 32, room)).toBeNull()
    expect(insteadOf(need, adam, 32, { ...room, bytes: Infinity })).toBeNull()
  })

  it('keeps to what one tensor may have', () => {
    const need = needOf(load, adam)
    expect(pieceWithin(need, 64, { bytes: Infinity, tensorBytes: 10 * 4 * 50 })).toBe(10)
    expect(forwardPieceWithin(need, 128, { bytes: Infinity, tensorBytes: 10 * 4 * 50 })).toBe(10)
    expect(forwardPieceWithin(need, 128, { bytes: Infinity, tensorBytes: null })).toBe(128)
    expect(forwardPieceWithin(need, 128, { bytes: 0, tensorBytes: null })).toBe(1)
  })
})
