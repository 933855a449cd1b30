import { describe, expect, it } from 'vitest'
import { gather, logTicks, scoreAxis, sizeAxis, smallestWithin } from './accuracy-axes'

describe('the axis of sizes', () => {
  it('holds everything where it is logarithmic, in round values', () => {
    const { high, low, ticks } = sizeAxis([88e3, 230e3], 1.6e6, true)
    expect(low).toBeLessThan(88e3)
    expect(low).toBeGreaterThan(50e3)
    expect(high).toBeGreaterThan(1.6e6)
    expect(ticks).toEqual([1e5, 2e5, 5e5, 1e6])
  })

  it('begins at zero otherwise, and a large original does not press the others together', () => {
    const { high, low } = sizeAxis([88e3, 230e3], 1.6e6, false)
    expect(low).toBe(0)
    expect(high).toBeCloseTo(1.05 * 230e3, 6)
    expect(sizeAxis([88e3, 1.5e6], 1.6e6, false).high).toBeCloseTo(1.05 * 1.6e6, 6)
    expect(sizeAxis([], 1.6e6, false).high).toBeCloseTo(1.05 * 1.6e6, 6)
  })

  it('has room for one size alone, and for none', () => {
    for (const logarithmic of [true, false])
      for (const tried of [[], [100]]) {
        const { high, low, ticks } = sizeAxis(tried, null, logarithmic)
        expect(high).toBeGreaterThan(low)
        expect(ticks.length).toBeGreaterThan(0)
      }
  })

  it.each([
    [1e3, 9e8, [1e3, 1e4, 1e5, 1e6, 1e7, 1e8]],
    [100, 104, [100, 101, 102, 103, 104]],
  ])('from %d to %d is told by values in between', (low, high, ticks) => {
    expect(logTicks(low, high)).toEqual(ticks)
  })
})

describe('the axis of scores', () => {
  const view = { reference: 0.99, floor: 0.985, near: true, isShare: true }

  it('is that of the points near the original, or of all', () => {
    const scores = [0.99, 0.98, 0.96, 0.1]
    const near = scoreAxis(scores, view)
    expect(near.low).toBeGreaterThan(0.9)
    expect(near.low).toBeLessThan(0.96)
    expect(near.ticks.every((tick) => tick <= 1)).toBe(true)
    expect(scoreAxis(scores, { ...view, near: false }).low).toBeLessThan(0.1)
  })

  it('holds the original and what may be lost, also where no point is near', () => {
    const { high, low } = scoreAxis([0.1, 0.2], { ...view, floor: 0.89 })
    expect(low).toBeLessThan(0.89)
    expect(high).toBeGreaterThan(0.99)
  })

  it('goes below zero for a coefficient, not for a share', () => {
    const all = { ...view, near: false }
    expect(scoreAxis([-0.5, 0.9], { ...all, isShare: false }).low).toBeLessThan(-0.5)
    expect(scoreAxis([-0.5, 0.9], { ...all, isShare: false }).ticks[0]).toBeLessThan(0)
    expect(scoreAxis([0, 0.9], all).ticks[0]).toBe(0)
  })
})

describe('points that lie on one another', () => {
  const place = ({ bytes, share }: { bytes: number; share: number }) => [bytes, share] as const

  it('are one, which stands where the best of them was measured', () => {
    const points = [
      { bytes: 100, share: 50 },
      { bytes: 103, share: 52 },
      { bytes: 300, share: 50 },
    ]
    expect(gather(points, place, 10)).toEqual([
      { best: points[1], count: 2 },
      { best: points[2], count: 1 },
    ])
  })

  it('lose nobody, and no two that are drawn touch', () => {
    const points = Array.from({ length: 2_000 }, (_, index) => ({
      bytes: (index * 7919) % 640,
      share: (index * 104_729) % 300,
    }))
    const drawn = gather(points, place, 12)
    expect(drawn.reduce((sum, { count }) => sum + count, 0)).toBe(2_000)
    const gaps = drawn.flatMap(({ best: a }, index) =>
      drawn.slice(0, index).map(({ best: b }) => Math.hypot(a.bytes - b.bytes, a.share - b.share)),
    )
    expect(gaps.filter((gap) => gap < 12)).toEqual([])
  })
})

describe('the smallest within a loss', () => {
  const points = [
    { bytes: 300, share: 0.99 },
    { bytes: 200, share: 0.985 },
    { bytes: 200, share: 0.986 },
    { bytes: 100, share: 0.9 },
  ]

  it('is the better of two of one size, and null where all lose more', () => {
    expect(smallestWithin(points, 0.985)).toBe(points[2])
    expect(smallestWithin(points, 0.99)).toBe(points[0])
    expect(smallestWithin(points, 0.995)).toBeNull()
    expect(smallestWithin([], 0)).toBeNull()
  })

  it('counts what differs in the last bit as equal', () => {
    expect(smallestWithin([{ bytes: 1, share: 0.1 + 0.2 }], 0.3)).not.toBeNull()
    expect(smallestWithin([{ bytes: 1, share: 0.3 }], 0.1 + 0.2)).not.toBeNull()
  })
})
