import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { defaultRecipe } from '../../techniques/recipe'
import { drained, errorOf, file, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { regressionTable } from '../../../testing/files/foreign-data'
import {
  accuracyOf,
  bitsOf,
  everything,
  floats,
  ofType,
  openBars,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'

const engine = freshEngine()
const train = trainer(engine)

describe('training', () => {
  it('learns, tells how it goes, and keeps the best epoch of the validation split', async () => {
    await openBars(engine.current)
    const { events, result } = await train({ settings: settingsWith({ epochs: 14 }) })
    const validations = ofType(events, 'validation')
    expect(validations.map(({ epoch }) => epoch)).toEqual([...Array(15).keys()])
    expect(validations[0]?.measure).toMatchObject({ split: 'validation' })
    const scores = validations.map(accuracyOf)
    expect(scores[0]).toBeLessThan(0.7)
    expect(accuracyOf(result)).toBe(Math.max(...scores))
    expect(accuracyOf(result)).toBeGreaterThan(0.85)
    expect(result.epoch).toBe(scores.indexOf(Math.max(...scores)))
    expect(ofType(events, 'started')).toMatchObject([
      { epochs: 14, batchSize: 32, kernels: { fast: true } },
    ])
    const last = lastOf(events, 'progress')
    expect(last.progress).toBeGreaterThan(0.5)
    expect(last.samplesPerSecond).toBeGreaterThan(0)
  })

  it('leaves settings as they were where no step was worth it', async () => {
    await openBars(engine.current)
    const settings = settingsWith({
      epochs: 1,
      optimizer: 'sgd',
      learningRate: 1e-30,
      batchNorm: { reestimate: false },
    })
    const { events, result } = await train({ settings })
    expect(result.epoch).toBe(0)
    expect(result.recipe).toEqual(defaultRecipe)
    expect(ofType(events, 'validation')[0]?.recipe).toEqual(defaultRecipe)
    // New statistics are other weights, and have a name.
    const batchNorm = { ...settings.batchNorm, reestimate: true }
    const { result: renewed } = await train({ settings: { ...settings, batchNorm } })
    expect(renewed.recipe).toEqual({ ...defaultRecipe, trained: renewed.trained.id })
  })

  it.each(['sgd', 'adam', 'adamw'] as const)('learns with %s', async (optimizer) => {
    await openBars(engine.current)
    const settings = settingsWith({
      optimizer,
      epochs: 10,
      learningRate: optimizer === 'sgd' ? 0.05 : 0.01,
    })
    const { result } = await train({ settings })
    expect(accuracyOf(result)).toBeGreaterThan(0.85)
  })

  it('learns numbers', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 1, inputShape: [3], name: 'price', kernelInitializer: 'zeros' }),
      ],
    })
    await openBuilt(engine.current, model)
    await drained(
      engine.current.data.open({
        files: [file('houses.csv', regressionTable(500))],
        choices: {},
        settings: null,
      }),
    )
    const settings = settingsWith({ epochs: 30, learningRate: 0.1 })
    const { result } = await train({ settings })
    if (result.measure.type !== 'scores') throw new Error('no scores')
    const [mae] = result.measure.scores
    // The noise itself has a mean of 0.08.
    expect(mae?.value).toBeLessThan(0.1)
    expect(mae?.original).toBeGreaterThan(1)
  })

  it('stops when validation stands still', async () => {
    await openBars(engine.current, 200)
    const settings = settingsWith({ epochs: 50, patience: 2, learningRate: 1e-7 })
    const { events, result } = await train({ settings })
    expect(result.end).toBe('noBetter')
    expect(ofType(events, 'validation').length).toBeLessThan(6)
  })
})

describe('a run repeats itself', () => {
  it('bit for bit with the same seed, and not with another', async () => {
    await openBars(engine.current)
    const first = await bitsOf((await train(everything)).result)
    expect(await bitsOf((await train(everything)).result)).toEqual(first)
    const settings = { ...everything.settings, seed: 2 }
    expect(await bitsOf((await train({ ...everything, settings })).result)).not.toEqual(first)
  })

  it.each([1, 2, 3])('bit for bit when it is taken up again after epoch %i', async (epoch) => {
    await openBars(engine.current)
    const whole = await train(everything)
    const checkpoint = ofType(whole.events, 'checkpoint').find((event) => event.epoch === epoch)
    const rest = await train({ ...everything, resume: checkpoint?.file ?? null })
    expect(ofType(rest.events, 'started')).toMatchObject([{ epoch }])
    expect(await bitsOf(rest.result)).toEqual(await bitsOf(whole.result))
    expect(rest.result.epoch).toBe(whole.result.epoch)
    const [last] = ofType(whole.events, 'validation').slice(-1)
    const [resumed] = ofType(rest.events, 'validation').slice(-1)
    expect(await floats(resumed?.trained.weights ?? new Blob())).toEqual(
      await floats(last?.trained.weights ?? new Blob()),
    )
  })

  it('whether or not it was paused and previewed meanwhile', async () => {
    await openBars(engine.current)
    const plain = await bitsOf((await train(everything)).result)
    const stream = engine.current.train.start({ ...everything, resume: null, largestPiece: null })
    let steps = 0
    let next = await stream.next()
    for (; next.done !== true; next = await stream.next()) {
      if (next.value.type === 'progress' && ++steps % 3 === 0) {
        await engine.current.train.pause()
        await drained(
          engine.current.recipe.preview({ recipe: everything.recipe, focus: [], mode: 'settled' }),
        )
        await engine.current.train.resume()
      }
    }
    expect(steps).toBeGreaterThan(0)
    expect(await bitsOf(next.value)).toEqual(plain)
  })

  it('a checkpoint of other settings is refused', async () => {
    await openBars(engine.current, 200)
    const settings = settingsWith({ epochs: 1 })
    const { events } = await train({ settings })
    const resume = lastOf(events, 'checkpoint').file
    const error = await errorOf(train({ settings: settingsWith({ epochs: 2 }), resume }))
    expect(error.code).toBe('train/checkpoint')
  })
})
