import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { softened } from './softened'

const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), {
  minLength: 2,
  maxLength: 12,
})
const temperatures = fc.double({ min: 0.5, max: 50, noNaN: true })

describe('softened outputs', () => {
  it('sum to one, keep the order, and come nearer to each other the hotter it is', () => {
    fc.assert(
      fc.property(logits, temperatures, (scores, temperature) => {
        const cold = softened(scores, 'scores', temperature)
        const hot = softened(scores, 'scores', 2 * temperature)
        expect(cold.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9)
        const spread = (values: number[]): number => Math.max(...values) - Math.min(...values)
        expect(spread(hot)).toBeLessThanOrEqual(spread(cold) + 1e-12)
        scores.forEach((score, i) => {
          scores.forEach((other, j) => {
            if (score > other) expect(cold[i]).toBeGreaterThanOrEqual(cold[j] ?? NaN)
          })
        })
      }),
    )
  })

  it('are the same from probabilities as from the logits behind them', () => {
    fc.assert(
      fc.property(logits, temperatures, (scores, temperature) => {
        const probabilities = softened(scores, 'scores', 1)
        softened(probabilities, 'probabilities', temperature).forEach((p, at) => {
          expect(p).toBeCloseTo(softened(scores, 'scores', temperature)[at] ?? NaN, 9)
        })
      }),
    )
  })

  it('of a yes or no move towards one half', () => {
    expect(softened([0.9, 0.5, 0.1], 'sigmoid', 1)).toEqual([
      expect.closeTo(0.9, 9),
      0.5,
      expect.closeTo(0.1, 9),
    ])
    const [high = NaN, , low = NaN] = softened([0.9, 0.5, 0.1], 'sigmoid', 4)
    expect(high).toBeCloseTo(1 / (1 + 9 ** -0.25), 9)
    expect(low).toBeCloseTo(1 - high, 9)
  })

  it('stay finite where a probability was rounded to nothing', () => {
    const values = softened([1, 0, 0], 'probabilities', 20)
    expect(values.every(Number.isFinite)).toBe(true)
    expect(values[1]).toBeCloseTo(values[2] ?? NaN, 12)
    expect(softened([1, 0], 'sigmoid', 1).every(Number.isFinite)).toBe(true)
  })
})
