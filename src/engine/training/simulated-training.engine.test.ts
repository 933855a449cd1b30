import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, exactFile, freshEngine } from '../../../testing/engine/drive-engine'
import {
  floats,
  ofType,
  openBars,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { quantizedActivation } from './hooks/activation-hook'

const engine = freshEngine()
const train = trainer(engine)

describe('batch normalisation', () => {
  it('is measured anew before the first step, and then stays where it is frozen', async () => {
    await openBars(engine.current)
    const run = async (reestimate: boolean, statistics: 'frozen' | 'trained') => {
      const settings = settingsWith({ epochs: 1, batchNorm: { reestimate, statistics } })
      const { events } = await train({ settings })
      const states = await Promise.all(
        ofType(events, 'validation').map(({ trained }) => floats(trained.weights)),
      )
      // first/kernel 54, then gamma, beta, moving mean and variance of 6 channels; statistics come last.
      return states.map((state) => Array.from(state.slice(-12)))
    }
    const [keptBefore, keptAfter] = await run(false, 'frozen')
    expect(keptBefore).toEqual([...Array<number>(6).fill(0), ...Array<number>(6).fill(1)])
    expect(keptAfter).toEqual(keptBefore)
    const [before, after] = await run(true, 'frozen')
    expect(before).not.toEqual(keptBefore)
    expect(after).toEqual(before)
    const [again, moved] = await run(true, 'trained')
    expect(again).toEqual(before)
    expect(moved).not.toEqual(before)
  })
})

describe('fake-quantized activations', () => {
  it('are simulated beside the accuracy of the file, and trained with', async () => {
    await openBars(engine.current)
    const settings = settingsWith({ epochs: 10, quantization: { activationBits: 4 } })
    const { events, result } = await train({ settings })
    const simulated = ofType(events, 'validation').map((event) => event.simulated)
    expect(simulated.every((one) => one?.bits === 4 && one.measured === 80)).toBe(true)
    expect(simulated.slice(-1)[0]?.correct).toBeGreaterThan(50)
    // What is measured for the file is without them.
    await engine.current.model.addTrained(result.trained)
    const { result: download } = await drained(
      engine.current.recipe.export({ recipe: result.recipe, target: exactFile }),
    )
    expect(download.validation).toEqual(result.measure)
  })

  it('repeat themselves bit for bit, also after a break', async () => {
    await openBars(engine.current, 200)
    const settings = settingsWith({ epochs: 3, quantization: { activationBits: 5 } })
    const whole = await train({ settings })
    const checkpoint = ofType(whole.events, 'checkpoint').find(({ epoch }) => epoch === 1)
    const rest = await train({ settings, resume: checkpoint?.file ?? null })
    const ends = [whole, rest].map(({ events }) => ofType(events, 'validation').slice(-1)[0])
    expect(ends[1]?.simulated).toEqual(ends[0]?.simulated)
    expect(ends[1]?.trained.id).toBe(ends[0]?.trained.id)
  })

  it('round to evenly spaced levels with an exact zero, and pass gradients inside the range only', () => {
    const x = tf.tensor1d([-2, -1, -0.4, 0, 0.3, 1.9, 3, 5])
    const range = { low: -1, high: 3 }
    const f = (value: tf.Tensor): tf.Tensor => quantizedActivation(value, range, 4)
    const values = Array.from(f(x).dataSync())
    const scale = 4 / 15
    expect(values[3]).toBe(0)
    for (const value of values)
      expect(Math.abs(value / scale - Math.round(value / scale))).toBeLessThan(1e-5)
    expect(values[7]).toBeCloseTo(values[6] ?? NaN, 6)
    const gradient = tf.grad((value: tf.Tensor) => f(value).sum())(x)
    expect(Array.from(gradient.dataSync())).toEqual([0, 1, 1, 1, 1, 1, 1, 0])
    tf.dispose([x, gradient])
  })
})
