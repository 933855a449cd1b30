import { describe, expect, it } from 'vitest'
import { trainingFor } from './training-for'
import { defaultDistillation, defaultTrainingSettings } from './training-settings'

describe('the training of a search', () => {
  it('has the original as teacher, whoever is the teacher else, and runs all its epochs', () => {
    const hint = { studentLayer: 'a', teacherLayer: 'b', weight: 1 }
    const own = {
      ...{ ...defaultTrainingSettings, patience: 2, learningRate: 0.01, batchSize: 32 },
      distillation: { ...defaultDistillation, temperature: 2, teacher: 'a'.repeat(64), hint },
    }
    expect(trainingFor(own, 7, false)).toMatchObject({
      ...{ epochs: 7, patience: null, learningRate: 0.01 },
      distillation: { teacher: 'original', hint: null, temperature: 2 },
    })
    expect(trainingFor(own, 7, false).dropout).toBe(false)
    expect(trainingFor(defaultTrainingSettings, 1, false).distillation).toEqual(defaultDistillation)
  })

  it('prunes little by little once, and keeps the zeros when it goes on', () => {
    const schedule = (isOn: boolean) =>
      trainingFor(defaultTrainingSettings, 3, isOn).pruning.schedule
    expect([schedule(false), schedule(true)]).toEqual(['polynomial', 'oneShot'])
  })

  it('has removed all before an epoch ends with which its schedule would', () => {
    const ends = (epochs: number) => trainingFor(defaultTrainingSettings, epochs, false).pruning.end
    // Of 0.6 of the run.
    expect([3, 4].map(ends)).toEqual([0.6, 0.6])
    for (const epochs of [5, 10]) {
      expect(ends(epochs) * epochs).toBeLessThan(0.6 * epochs)
      expect(ends(epochs) * epochs).toBeGreaterThan(0.6 * epochs - 0.05)
    }
  })

  it('holds the statistics of batch normalisation, measured anew once', () => {
    const reestimates = (isOn: boolean) => trainingFor(defaultTrainingSettings, 3, isOn).batchNorm
    expect(reestimates(false)).toEqual({ reestimate: true, statistics: 'frozen' })
    expect(reestimates(true)).toEqual({ reestimate: false, statistics: 'frozen' })
  })

  it('moves weights less when it goes on', () => {
    const { learningRate } = defaultTrainingSettings
    expect(trainingFor(defaultTrainingSettings, 3, true).learningRate).toBeLessThan(learningRate)
  })

  it('takes smaller batches where epochs are few, with the rate that belongs to them', () => {
    const { learningRate } = defaultTrainingSettings
    const own = { ...defaultTrainingSettings, batchSize: 256 }
    expect(trainingFor(own, 15, false)).toMatchObject({
      ...{ batchSize: 64, learningRate: learningRate / 2 },
    })
    expect(trainingFor(own, 16, false)).toMatchObject({ batchSize: 256, learningRate })
    // Smaller ones of one's own stay.
    expect(trainingFor({ ...own, batchSize: 16 }, 3, false)).toMatchObject({
      ...{ batchSize: 16, learningRate },
    })
  })

  it('varies samples where they are seen often', () => {
    const own = { ...defaultTrainingSettings, shift: 2, flip: true }
    expect(trainingFor(own, 15, false)).toMatchObject({ shift: 0, flip: false })
    expect(trainingFor(own, 16, false)).toMatchObject({ shift: 2, flip: true })
  })
})
