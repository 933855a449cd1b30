import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import { learningRateAt } from './learning-rate'
import { sparsityFraction, sparsitySchedules } from '../techniques/prune/sparsity-schedule'
import { defaultTrainingSettings, parseTrainingSettings } from './training-settings'

const settings = { learningRate: 0.1, warmupEpochs: 1, epochs: 4 }

describe('learning rate', () => {
  it('grows in a line to the peak, then follows half a cosine', () => {
    const at = (step: number) => learningRateAt(step, 400, { ...settings, decay: 'cosine' })
    expect(at(0)).toBeCloseTo(0.001, 10)
    expect(at(49)).toBeCloseTo(0.05, 10)
    expect(at(99)).toBeCloseTo(0.1, 10)
    expect(at(100)).toBeCloseTo(0.1, 10)
    // Half way between the peak and a hundredth of it.
    expect(at(250)).toBeCloseTo(0.0505, 6)
    expect(at(399)).toBeLessThan(0.0011)
  })

  it('falls in steps at a half and at three quarters', () => {
    const at = (step: number) => learningRateAt(step, 400, { ...settings, decay: 'step' })
    expect([100, 249, 250, 324, 325, 399].map(at)).toEqual([
      0.1, 0.1, 0.010000000000000002, 0.010000000000000002, 0.0010000000000000002,
      0.0010000000000000002,
    ])
  })

  it('without warm-up begins at the peak', () => {
    expect(learningRateAt(0, 10, { ...settings, warmupEpochs: 0, decay: 'constant' })).toBe(0.1)
  })
})

describe('sparsity schedules', () => {
  it('follow their formulas', () => {
    const at = (schedule: (typeof sparsitySchedules)[number], progress: number, end = 1) =>
      sparsityFraction(progress, 0.9, { schedule, end, rounds: 4, regrowth: false })
    expect(at('oneShot', 0)).toBe(1)
    expect([at('constant', 0.49), at('constant', 0.5)]).toEqual([0, 1])
    // 1 - (1 - 1/2)^3
    expect(at('polynomial', 0.5)).toBeCloseTo(0.875, 12)
    expect(at('polynomial', 0.25, 0.5)).toBeCloseTo(0.875, 12)
    // Density falls to the square root of 0.1 half way.
    expect(0.9 * at('exponential', 0.5)).toBeCloseTo(1 - Math.sqrt(0.1), 12)
    expect([0, 0.24, 0.25, 0.5, 0.75].map((p) => at('iterative', p))).toEqual([
      0.25, 0.25, 0.5, 0.75, 1,
    ])
  })

  it('never fall and end at the whole', () => {
    const random = createRandom(3)
    for (let trial = 0; trial < 200; trial++) {
      const schedule = sparsitySchedules[random.below(sparsitySchedules.length)] ?? 'oneShot'
      const pruning = {
        schedule,
        end: 0.05 + 0.95 * random.uniform(),
        rounds: 2 + random.below(20),
        regrowth: false,
      }
      const sparsity = random.uniform()
      const curve = Array.from({ length: 51 }, (_, i) =>
        sparsityFraction(i / 50, sparsity, pruning),
      )
      expect(curve.at(-1)).toBe(1)
      curve.forEach((value, index) => {
        expect(value).toBeGreaterThanOrEqual(curve[index - 1] ?? 0)
        expect(value).toBeLessThanOrEqual(1)
      })
    }
  })
})

describe('training settings', () => {
  it('defaults are valid, and a wrong field is named', () => {
    expect(parseTrainingSettings(defaultTrainingSettings)).toEqual(defaultTrainingSettings)
    expect(() => parseTrainingSettings({ ...defaultTrainingSettings, epochs: 0 })).toThrow(/epochs/)
    expect(() => parseTrainingSettings({ ...defaultTrainingSettings, spin: 1 })).toThrow(/spin/)
  })
})
