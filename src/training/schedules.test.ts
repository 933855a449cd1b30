import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import { learningRateAt } from './learning-rate'
import {
  roundStretch,
  sparsityFraction,
  sparsitySchedules,
} from '../techniques/prune/sparsity-schedule'
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

  it('in rounds falls anew in each, after a warm-up that is once', () => {
    const pruning = { end: 0.8, rounds: 4 }
    const at = (step: number, warmupEpochs = 0.2) =>
      learningRateAt(
        step,
        400,
        { ...settings, warmupEpochs, decay: 'cosine' },
        roundStretch(step / 400, pruning),
      )
    // Twenty steps of warm-up; rounds begin at 0, 80, 160 and 240, and the last one goes on to 400.
    expect(at(9)).toBeCloseTo(0.05, 10)
    expect([20, 80, 160, 240].map((step) => at(step))).toEqual([0.1, 0.1, 0.1, 0.1])
    for (const last of [79, 159, 239, 399]) expect(at(last)).toBeLessThan(0.0012)
    // The middle of what follows the warm-up, of a round, and of the last round.
    for (const middle of [50, 120, 320]) expect(at(middle)).toBeCloseTo(0.0505, 6)
    // A warm-up as long as one and a half rounds: that round falls from there.
    expect([at(119, 1.2), at(120, 1.2)]).toEqual([0.1, 0.1])
    expect(at(140, 1.2)).toBeCloseTo(0.0505, 6)
    expect(at(160, 1.2)).toBe(0.1)
  })

  it('never grows within a round and never leaves its bounds', () => {
    const random = createRandom(5)
    for (let trial = 0; trial < 100; trial++) {
      const pruning = { end: 0.05 + 0.95 * random.uniform(), rounds: 2 + random.below(20) }
      const total = 10 + random.below(500)
      const decay = (['constant', 'cosine', 'step'] as const)[random.below(3)] ?? 'cosine'
      const rates = Array.from({ length: total }, (_, step) => {
        const stretch = roundStretch(step / total, pruning)
        const how = { ...settings, warmupEpochs: 0, decay }
        return { rate: learningRateAt(step, total, how, stretch), from: stretch.from }
      })
      expect(rates[0]?.rate).toBe(0.1)
      const wrong = rates.filter(({ rate, from }, step) => {
        const before = rates[step - 1]
        return !(rate <= (before?.from === from ? before.rate : 0.1) && rate > 0)
      })
      expect(wrong).toEqual([])
    }
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
    // Density falls to the fourth, the second and three fourths of a root of 0.1.
    for (const [progress, power] of [
      [0, 1 / 4],
      [0.24, 1 / 4],
      [0.25, 1 / 2],
      [0.5, 3 / 4],
    ] as const)
      expect(0.9 * at('iterative', progress)).toBeCloseTo(1 - 0.1 ** power, 12)
    expect(at('iterative', 0.75)).toBe(1)
    // Rounds share out what is before the end; the last one goes on.
    expect(at('iterative', 0.374, 0.5)).toBeLessThan(1)
    expect(at('iterative', 0.375, 0.5)).toBe(1)
  })

  it('remove the same share of what is left in each iterative round', () => {
    const random = createRandom(9)
    for (let trial = 0; trial < 200; trial++) {
      const rounds = 2 + random.below(49)
      const end = 0.05 + 0.95 * random.uniform()
      const sparsity = 0.999 * random.uniform()
      const pruning = { schedule: 'iterative', end, rounds, regrowth: false } as const
      const densities = Array.from({ length: rounds }, (_, round) => {
        const middle = (end * (round + 0.5)) / rounds
        return 1 - sparsity * sparsityFraction(middle, sparsity, pruning)
      })
      densities.forEach((density, index) => {
        expect(density / (densities[index - 1] ?? 1)).toBeCloseTo((1 - sparsity) ** (1 / rounds), 9)
      })
    }
  })

  it('divide a run into rounds without gaps', () => {
    const random = createRandom(4)
    for (let trial = 0; trial < 100; trial++) {
      const pruning = { end: 0.05 + 0.95 * random.uniform(), rounds: 2 + random.below(20) }
      const stretches = Array.from({ length: 2001 }, (_, i) => roundStretch(i / 2000, pruning))
      expect(stretches[0]?.from).toBe(0)
      expect(stretches.at(-1)?.to).toBe(1)
      // One question for all of them: a million take ten seconds.
      const wrong = stretches.filter(({ from, to }, index) => {
        const before = stretches[index - 1]
        const follows = before === undefined || before.from === from || from >= before.to
        const at = index / 2000
        return !(to > from && follows && at >= from - 1e-12 && at <= to + 1e-12)
      })
      expect(wrong).toEqual([])
    }
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
    // Of before layers could be chosen.
    const { layers: _, ...older } = defaultTrainingSettings
    expect(parseTrainingSettings(older)).toEqual(defaultTrainingSettings)
    const twice = { ...defaultTrainingSettings, layers: ['a', 'a'] }
    expect(() => parseTrainingSettings(twice)).toThrow(/layers/)
    expect(() => parseTrainingSettings({ ...defaultTrainingSettings, epochs: 0 })).toThrow(/epochs/)
    expect(() => parseTrainingSettings({ ...defaultTrainingSettings, spin: 1 })).toThrow(/spin/)
  })
})
