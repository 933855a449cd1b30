import { describe, expect, it } from 'vitest'
import { PIECE_MS, PieceTimes } from './piece-times'

/** The sizes that are chosen while a piece of n samples takes `cost(n)` milliseconds. */
function sizes(cost: (samples: number) => number, promised = 0.01, limit = 512): number[] {
  const times = new PieceTimes(promised, limit)
  return Array.from({ length: 40 }, () => {
    const size = times.nextSize()
    times.learn(size, cost(size))
    return size
  })
}

const last = (chosen: readonly number[]): number => chosen.at(-1) ?? 0

describe('the size of pieces', () => {
  it('fits the aim where time grows with the samples', () => {
    for (const perSample of [0.2, 0.7, 3, 11]) {
      const chosen = last(sizes((n) => n * perSample))
      expect(chosen * perSample).toBeLessThanOrEqual(PIECE_MS)
      expect(2 * chosen * perSample).toBeGreaterThan(PIECE_MS)
    }
  })

  it('is a power of two within the limit', () => {
    for (const size of sizes((n) => 0.001 * n, 0.01, 300)) {
      expect(Math.log2(size) % 1).toBe(0)
      expect(size).toBeLessThanOrEqual(300)
    }
  })

  it('does not shrink for a fixed cost that smaller pieces pay as well', () => {
    expect(last(sizes((n) => 1500 + 0.1 * n))).toBe(512)
    expect(last(sizes((n) => 200 + 2 * n, 5))).toBe(64)
  })

  it('recovers from a promise that was far too slow', () => {
    expect(last(sizes((n) => 5 + 0.05 * n, 4000))).toBe(512)
  })

  it('forgets that the first piece compiled', () => {
    let first = true
    const chosen = sizes((n) => {
      const compiling = first ? 3000 : 0
      first = false
      return compiling + 1 * n
    })
    expect(last(chosen)).toBe(32)
  })

  it('falls to one sample for a model of which one takes seconds, and grows at most eightfold', () => {
    const chosen = sizes((n) => 4000 * n)
    expect(last(chosen)).toBe(1)
    sizes((n) => 1 + 1e-4 * n, 1000).reduce((before, size) => {
      expect(size).toBeLessThanOrEqual(8 * before)
      return size
    })
  })

  it('expects what pieces have taken', () => {
    const times = new PieceTimes(1, 512)
    for (const size of [64, 32, 64, 128, 64, 32, 64, 128, 256]) times.learn(size, 100 + 0.5 * size)
    expect(times.expectedMs(100)).toBeGreaterThan(140)
    expect(times.expectedMs(100)).toBeLessThan(160)
  })
})
