import { describe, expect, it } from 'vitest'
import { histogramTail } from './histogram-tail'

describe('the ends of a histogram', () => {
  it('are outliers where one weight in a thousand takes a fifth of the range', () => {
    // Eleven bins from -1.1 to 1.1: the middle one is around zero.
    const before = [1, 0, 0, 0, 800, 1000, 800, 0, 0, 0, 1]
    const tail = histogramTail({ before, max: 1.1 })
    expect(tail?.count).toBe(2)
    expect(tail?.from).toBeCloseTo(0.3)
    expect(tail?.share).toBeCloseTo(1 - 0.3 / 1.1)
  })

  it('are none where weights are everywhere, nowhere, or too few', () => {
    expect(histogramTail({ before: [10, 20, 900, 20, 10], max: 1 })).toBeNull()
    expect(histogramTail({ before: [0, 0, 0], max: 0 })).toBeNull()
    expect(histogramTail({ before: [1, 0, 0, 0, 9, 0, 0, 0, 0], max: 1 })).toBeNull()
    expect(histogramTail({ before: [1, 1], max: 1 })).toBeNull()
  })
})
