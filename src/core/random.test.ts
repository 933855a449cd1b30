import { describe, expect, it } from 'vitest'
import { createRandom, shuffled } from './random'

describe('createRandom', () => {
  it('repeats a seed and tells seeds apart, also above 32 bits', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed)
      return Array.from({ length: 5 }, () => random.uniform())
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(draw(7)).not.toEqual(draw(7 + 2 ** 32))
  })

  it('keeps its sequence from release to release', () => {
    const random = createRandom(1)
    expect([random.below(1000), random.below(1000), random.below(1000)]).toMatchInlineSnapshot(`
      [
        629,
        789,
        208,
      ]
    `)
  })

  it('is uniform in [0, 1)', () => {
    const random = createRandom(3)
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 100_000; i++) {
      const bin = Math.floor(random.uniform() * 10)
      counts[bin] = (counts[bin] ?? 0) + 1
    }
    // Chi-squared with 9 degrees of freedom: 27.9 is exceeded once in a thousand seeds.
    const chiSquared = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)
    expect(chiSquared).toBeLessThan(27.9)
  })

  it('draws standard normals', () => {
    const random = createRandom(4)
    const values = Array.from({ length: 50_000 }, () => random.normal())
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.03)
    expect(values.every(Number.isFinite)).toBe(true)
  })
})

describe('shuffled', () => {
  it('returns every item once and leaves the original alone', () => {
    const items = Array.from({ length: 100 }, (_, i) => i)
    const result = shuffled(items, createRandom(5))
    expect(result).not.toEqual(items)
    expect([...result].sort((a, b) => a - b)).toEqual(items)
    expect(items[0]).toBe(0)
  })

  it('puts every item everywhere equally often', () => {
    const random = createRandom(6)
    const firsts = [0, 0, 0, 0]
    for (let i = 0; i < 8000; i++) {
      const first = shuffled([0, 1, 2, 3], random)[0] ?? 0
      firsts[first] = (firsts[first] ?? 0) + 1
    }
    for (const count of firsts) expect(Math.abs(count - 2000)).toBeLessThan(150)
  })
})
