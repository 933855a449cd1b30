import { describe, expect, it } from 'vitest'
import { countTicks, roundTicks } from './ticks'

describe('ticks', () => {
  it('are round and contain zero', () => {
    expect(roundTicks(-0.25, 0.25, 6)).toEqual([-0.2, -0.1, 0, 0.1, 0.2])
    expect(roundTicks(0.9712, 0.9962, 5)).toEqual([0.975, 0.98, 0.985, 0.99, 0.995])
    expect(roundTicks(3, 3, 5)).toEqual([3])
  })
})

describe('ticks of counts on a logarithmic axis', () => {
  it('are powers of ten, finer where there are few', () => {
    expect(countTicks(12_345)).toEqual([1, 10, 100, 1000, 10_000])
    expect(countTicks(60)).toEqual([1, 2, 5, 10, 20, 50])
    expect(countTicks(0)).toEqual([])
  })
})
