import { describe, expect, it } from 'vitest'
import { formatPercent } from '../../ui-kit/format-number'
import { countTicks, percentDecimals, roundTicks } from './ticks'

describe('ticks', () => {
  it('are round and contain zero', () => {
    expect(roundTicks(-0.25, 0.25, 6)).toEqual([-0.2, -0.1, 0, 0.1, 0.2])
    expect(roundTicks(0.9712, 0.9962, 5)).toEqual([0.975, 0.98, 0.985, 0.99, 0.995])
    expect(roundTicks(3, 3, 5)).toEqual([3])
  })
})

describe('per cents beside ticks', () => {
  it('are told with as few decimals as make them differ', () => {
    const told = (low: number, high: number) => {
      const ticks = roundTicks(low, high, 5)
      const decimals = percentDecimals(ticks)
      return ticks.map((tick) => formatPercent(tick, decimals).replace('\u00a0', ' '))
    }
    expect(told(0.2, 1)).toEqual(['20 %', '40 %', '60 %', '80 %', '100 %'])
    // The first epoch of a run: little has changed yet.
    expect(told(0.9712, 0.9912)).toEqual(['97.5 %', '98.0 %', '98.5 %', '99.0 %'])
    for (let span = 0.02; span < 1; span *= 1.1) {
      const labels = told(0, span)
      expect(new Set(labels).size).toBe(labels.length)
    }
  })
})

describe('ticks of counts on a logarithmic axis', () => {
  it('are powers of ten, finer where there are few', () => {
    expect(countTicks(12_345)).toEqual([1, 10, 100, 1000, 10_000])
    expect(countTicks(60)).toEqual([1, 2, 5, 10, 20, 50])
    expect(countTicks(0)).toEqual([])
  })
})
