import { describe, expect, it } from 'vitest'
import {
  bytesOf,
  bytesOfWorkers,
  forwardPieceWithin,
  insteadOf,
  needOf,
  pieceWithin,
  slotsOf,
  withFewerFilters,
  workersWithin,
} from './run-need'
import type { RunLoad, WayThatFits } from './run-need'

const load: RunLoad = {
  pass: { training: 1000, forward: 100, largest: 50 },
  parameters: 1_000_000,
  learning: 1_000_000,
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
    const need = needOf({ ...load, parameters: 1000, learning: 1000 }, adam)
    const room = { bytes: bytesOf(need, 20, 64) + need.perSample / 2, tensorBytes: null }
    const piece = pieceWithin(need, 64, room)
    expect(piece).toBe(20)
    expect(bytesOf(need, piece, 64)).toBeLessThanOrEqual(room.bytes)
    expect(bytesOf(need, piece + 1, 64)).toBeGreaterThan(room.bytes)
  })

  it('is more with each worker, and with gradients of more pieces that wait for their turn', () => {
    const need = needOf(load, adam)
    const bytes = (piece: number, workers: number): number =>
      bytesOfWorkers(need, piece, 64, workers)
    expect(bytes(16, 1)).toBe(bytesOf(need, 16, 64))
    expect(bytes(16, 2) - bytes(16, 1)).toBeGreaterThan(need.helper + 4 * 4_000_000)
    expect(bytes(4, 2) - bytes(16, 2)).toBeGreaterThan(12 * 4_000_000 - 24 * need.perSample)
    const room = { bytes: bytes(16, 3), tensorBytes: null }
    expect(workersWithin(need, 16, 64, 4, room)).toBe(3)
    expect(workersWithin(need, 4, 64, 4, room)).toBeLessThan(3)
    // The engine's own is there in any case.
    expect(workersWithin(need, 16, 64, 4, { ...room, bytes: 1 })).toBe(1)
  })

  it('is the whole batch where that fits, and nothing where not one sample does', () => {
    const need = needOf(load, adam)
    const all = { bytes: bytesOf(need, 64, 64), tensorBytes: null }
    expect(pieceWithin(need, 64, all)).toBe(64)
    expect(pieceWithin(need, 64, { ...all, bytes: need.fixed })).toBe(0)
  })

  it('is less where layers are frozen: neither gradients nor what an optimizer remembers', () => {
    const bytes = (learning: number, settings = adam) =>
      bytesOf(needOf({ ...load, learning }, settings), 32, 64)
    // Two copies of each, four of what Adam remembers, and the sum of the gradients of pieces.
    expect(bytes(1_000_000) - bytes(0)).toBe(Math.round(1.2 * 4 * 6e6) + Math.round(1.2 * 4e6))
    expect(bytes(500_000)).toBeLessThan(bytes(1_000_000))
  })

  it('offers what fits where the settings do not: SGD without momentum, the most last layers, or fewer filters', () => {
    // As many weights as ResNet-50 in ten layers.
    const parameters = 25_600_000
    const room = { bytes: 1.5 * 2 ** 30, tensorBytes: null }
    const needOfSize =
      (size: number) =>
      (settings: Parameters<typeof needOf>[1], last: number | null, left: number) => {
        const whole = { ...load, parameters: size, learning: ((last ?? 10) / 10) * size }
        return needOf(withFewerFilters(whole, left), settings)
      }
    const need = needOfSize(parameters)
    const fits = (last: number) => pieceWithin(need(adam, last, 1), 32, room) > 0
    const most = [9, 8, 7, 6, 5, 4, 3, 2, 1].find(fits)
    const ways: WayThatFits[] = [{ kind: 'plainSgd' }, { kind: 'lastLayers', count: most ?? 0 }]
    expect(pieceWithin(need(adam, null, 1), 32, room)).toBe(0)
    expect(insteadOf(need, adam, 10, 32, room, false)).toEqual(ways)
    const cut = insteadOf(need, adam, 10, 32, room, true)
    expect(cut.slice(0, 2)).toEqual(ways)
    const [, , filters] = cut
    const share = filters?.kind === 'fewerFilters' ? filters.share : 0
    // One in twenty bytes is left for what a smaller model has more than this says.
    const spared = { ...room, bytes: 0.95 * room.bytes }
    expect(pieceWithin(need(adam, null, 1 - share), 32, spared)).toBeGreaterThan(0)
    expect(pieceWithin(need(adam, null, 1.05 - share), 32, spared)).toBe(0)
    // As many as VGG16: neither SGD nor one layer fits, and without most of its filters it does.
    expect(insteadOf(needOfSize(138_357_544), adam, 16, 16, room, true)).toEqual([
      { kind: 'fewerFilters', share: expect.closeTo(0.65) as number },
    ])
    const none = { ...room, bytes: 1 }
    expect(insteadOf(need, { ...plain, momentum: 0.9 }, 10, 32, none, true)).toEqual([])
    expect(insteadOf(need, plain, 10, 32, room, true)).toEqual([])
    expect(insteadOf(need, adam, 10, 32, { ...room, bytes: Infinity }, true)).toEqual([])
    // Of one layer there are no fewer.
    expect(insteadOf(need, adam, 1, 32, room, false)).toEqual([{ kind: 'plainSgd' }])
  })

  it('keeps to what one tensor may have', () => {
    const need = needOf(load, adam)
    expect(pieceWithin(need, 64, { bytes: Infinity, tensorBytes: 10 * 4 * 50 })).toBe(10)
    expect(forwardPieceWithin(need, 128, { bytes: Infinity, tensorBytes: 10 * 4 * 50 })).toBe(10)
    expect(forwardPieceWithin(need, 128, { bytes: Infinity, tensorBytes: null })).toBe(128)
    expect(forwardPieceWithin(need, 128, { bytes: 0, tensorBytes: null })).toBe(1)
  })
})
