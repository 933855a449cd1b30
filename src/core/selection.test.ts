import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countAtMost, magnitudeBits, selectMagnitude } from './selection'

const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const arrays = fc.array(
  fc.array(finite, { maxLength: 60 }).map((v) => Float32Array.from(v)),
  { minLength: 1, maxLength: 4 },
)

describe('order statistics without sorting', () => {
  it('agree with sorting, ties, zeros and subnormals included', () => {
    fc.assert(
      fc.property(arrays, fc.nat(), (parts, pick) => {
        const sorted = parts.flatMap((part) => [...part.map(Math.abs)]).sort((a, b) => a - b)
        fc.pre(sorted.length > 0)
        const rank = (pick % sorted.length) + 1
        expect(selectMagnitude(parts, rank)).toBe(sorted[rank - 1])
      }),
      { seed: 11 },
    )
  })

  it('count at most a threshold exactly, also between two floats', () => {
    const threshold = fc.oneof(
      fc.double({ min: 0, max: 1e39, noNaN: true }),
      finite.map(Math.abs),
      fc.constantFrom(0, Infinity, 1e-46, 0.1, 5e-324),
    )
    fc.assert(
      fc.property(arrays, threshold, (parts, t) => {
        for (const part of parts)
          expect(countAtMost(part, t)).toBe(part.filter((w) => Math.abs(w) <= t).length)
      }),
      { seed: 12 },
    )
  })

  it('find many equal weights and the ends of the range', () => {
    const equal = new Float32Array(5000).fill(-0.25)
    expect(selectMagnitude([equal], 1)).toBe(0.25)
    expect(selectMagnitude([equal], 5000)).toBe(0.25)
    expect(selectMagnitude([equal], 5001)).toBeNaN()
    expect(selectMagnitude([], 1)).toBeNaN()
  })

  it('keep answering as the threshold moves from bin to bin and back', () => {
    const values = Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i))
    for (const t of [0.1, 0.9, 0.1, 0.5, 0.10000001, 0.5])
      expect(countAtMost(values, t)).toBe(values.filter((w) => Math.abs(w) <= t).length)
  })
})

describe('magnitudeBits', () => {
  it('is the largest float that is not above', () => {
    const view = new DataView(new ArrayBuffer(4))
    for (const t of [0, 0.1, 0.25, 1 / 3, 1e-45, 1e-46, 3.4e38, 1e300]) {
      view.setInt32(0, magnitudeBits(t))
      const below = view.getFloat32(0)
      view.setInt32(0, magnitudeBits(t) + 1)
      expect(below).toBeLessThanOrEqual(t)
      if (Number.isFinite(below)) expect(view.getFloat32(0)).toBeGreaterThan(Math.min(t, 3.4e38))
    }
  })
})
