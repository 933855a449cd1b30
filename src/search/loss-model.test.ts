import { describe, expect, it } from 'vitest'
import { LossModel, fitGains } from './loss-model'
import type { SearchRow } from './search-rows'

/** Choice n of a row moves the whole by n times as much. */
const row = (step: number): SearchRow => ({
  choices: Array.from({ length: 8 }, (_, at) => ({
    choice: { of: 'biases', as: 'float' },
    bytes: 100 - at,
    distance: at * step,
  })),
})
const rows = [row(0.01), row(0.01)]

describe('what settings are thought to lose', () => {
  it('finds the factor between distances and losses', () => {
    const observations = [1, 2, 4].map((n) => ({
      distances: [n * 0.01, n * 0.01],
      loss: n * 0.002,
    }))
    for (const gain of fitGains(observations, 2, 0.005)) expect(gain).toBeCloseTo(0.1, 2)
  })

  it('finds the row that loses more than was thought', () => {
    const observations = [
      { distances: [0.04, 0.005], loss: 0.004 + 0.005 },
      { distances: [0.005, 0.04], loss: 0.0005 + 0.04 },
      { distances: [0.02, 0.02], loss: 0.002 + 0.02 },
    ]
    const [first = NaN, second = NaN] = fitGains(observations, 2, 0.02)
    expect(second).toBeGreaterThan(1.3 * first)
  })

  it('comes near what was measured at the settings themselves, and is surer of them', () => {
    const seen = [
      { chosen: [2, 2], loss: 0.004 },
      { chosen: [2, 6], loss: 0.03 },
      { chosen: [4, 2], loss: 0.005 },
    ]
    const model = new LossModel(rows, seen, 0.005)
    for (const { chosen, loss } of seen)
      expect(Math.abs(Math.log(model.lossOf(chosen).loss / loss))).toBeLessThan(0.5)
    expect(model.lossOf([2, 2]).certain).toBeGreaterThan(model.lossOf([7, 7]).certain)
  })

  it('is above zero where settings were better than the original', () => {
    const model = new LossModel(rows, [{ chosen: [1, 1], loss: -0.002 }], 0.005)
    expect(model.lossOf([1, 1]).loss).toBeGreaterThan(0)
    expect(model.lossOf([3, 3]).loss).toBeLessThan(0.1)
  })
})
