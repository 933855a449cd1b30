import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import {
  attachBars,
  bitsOf,
  floats,
  ofType,
  openBars,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultDistillation } from '../../training/training-settings'
import type { TrainRequest } from '../../protocol/training-messages'

const engine = freshEngine()
const train = trainer(engine)

/** Without batch normalisation and dropout: nothing depends on who is in the batch besides. */
async function openPlain(): Promise<void> {
  const initializer = (seed: number) => tf.initializers.heNormal({ seed })
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 1],
        filters: 6,
        kernelSize: 3,
        activation: 'tanh',
        kernelInitializer: initializer(1),
        name: 'first',
      }),
      tf.layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({
        units: 12,
        activation: 'tanh',
        kernelInitializer: initializer(2),
        name: 'inner',
      }),
      tf.layers.dense({
        units: 3,
        activation: 'softmax',
        kernelInitializer: initializer(3),
        name: 'classes',
      }),
    ],
  })
  await openBuilt(engine.current, model)
  await attachBars(engine.current, 100)
}

/** One update by all samples of the training split. */
const oneStep = settingsWith({
  optimizer: 'sgd',
  momentum: 0.5,
  learningRate: 0.1,
  warmupEpochs: 0,
  epochs: 1,
  batchSize: 512,
  shift: 1,
  flip: true,
  labelSmoothing: 0.05,
  clipNorm: 1,
})

async function weightsAfter(request: Partial<TrainRequest>): Promise<Float32Array> {
  const { events } = await train(request)
  return floats(lastOf(events, 'validation').trained.weights)
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0)

describe('a batch in pieces is the whole batch', () => {
  it.each([
    ['labels alone', oneStep, undefined],
    [
      'a teacher',
      { ...oneStep, distillation: { ...defaultDistillation, temperature: 2, alpha: 0.3 } },
      undefined,
    ],
    [
      'a teacher and a hint from inside',
      {
        ...oneStep,
        distillation: {
          ...defaultDistillation,
          alpha: 0.3,
          hint: { studentLayer: 'pool', teacherLayer: 'pool', weight: 2 },
        },
      },
      undefined,
    ],
    [
      'masks and quantization with learned ranges',
      { ...oneStep, optimizer: 'adam' as const },
      recipeWith({ prune: { value: 0.5 }, quantize: { bits: 4, granularity: 'perChannel' } }),
    ],
  ])('with %s', async (_, settings, recipe) => {
    await openPlain()
    const request = recipe === undefined ? { settings } : { settings, recipe }
    const whole = await weightsAfter(request)
    for (const largestPiece of [24, 7]) {
      const before = tf.memory().numTensors
      const { events, result } = await train({ ...request, largestPiece })
      const [started] = ofType(events, 'started')
      expect(started?.piece).toBeLessThanOrEqual(largestPiece)
      expect(started).toMatchObject({ stepsPerEpoch: 1, statistics: 'none' })
      expect(result.trained.history.at(-1)?.passage).toEqual({
        piece: started?.piece,
        statistics: 'none',
      })
      const pieces = await floats(lastOf(events, 'validation').trained.weights)
      expect(largestDifference(whole, pieces)).toBeLessThan(1e-5)
      expect(tf.memory().numTensors).toBe(before)
    }
    // Something was learnt.
    const untrained = await weightsAfter({
      ...request,
      settings: { ...settings, learningRate: 1e-9 },
    })
    expect(largestDifference(whole, untrained)).toBeGreaterThan(1e-3)
  })

  it('is cancelled between two of them, and nothing stays behind', async () => {
    await openPlain()
    const before = tf.memory().numTensors
    const controller = new AbortController()
    const stream = engine.current.train.start(
      {
        recipe: recipeWith({}),
        settings: { ...oneStep, epochs: 100 },
        resume: null,
        largestPiece: 1,
      },
      controller.signal,
    )
    await expect(
      drained(
        (async function* () {
          for (;;) {
            const next = await stream.next()
            if (next.done === true) return next.value
            if (next.value.type === 'progress') controller.abort()
            yield next.value
          }
        })(),
      ),
    ).rejects.toMatchObject({ code: 'engine/cancelled' })
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('batch normalisation in pieces', () => {
  it.each([
    [16, 'pieces'],
    [15, 'frozen'],
  ] as const)('of at most %i samples: %s', async (largestPiece, statistics) => {
    await openBars(engine.current, 200)
    const settings = settingsWith({ epochs: 2, batchSize: 32, batchNorm: { reestimate: false } })
    const { events, result } = await train({ settings, largestPiece })
    expect(ofType(events, 'started')).toMatchObject([{ batchSize: 32, statistics }])
    expect(result.trained.history.at(-1)?.passage?.statistics).toBe(statistics)
    const [before, , after] = ofType(events, 'validation')
    const moved = largestDifference(
      await statisticsOf(before?.trained.weights),
      await statisticsOf(after?.trained.weights),
    )
    expect(moved > 0).toBe(statistics === 'pieces')
  })

  it('a run that is taken up again goes on in the same pieces, bit for bit', async () => {
    await openBars(engine.current, 200)
    const settings = settingsWith({ epochs: 3, batchSize: 32 })
    const whole = await train({ settings, largestPiece: 16 })
    const checkpoint = ofType(whole.events, 'checkpoint').find(({ epoch }) => epoch === 1)
    const resume = checkpoint?.file ?? null
    const rest = await train({ settings, resume })
    expect(ofType(rest.events, 'started')).toMatchObject([{ piece: 16, statistics: 'pieces' }])
    expect(await bitsOf(rest.result)).toEqual(await bitsOf(whole.result))
    // And in smaller ones where a page has seen these fail.
    const smaller = await train({ settings, resume, largestPiece: 8 })
    expect(ofType(smaller.events, 'started')).toMatchObject([{ piece: 8, statistics: 'frozen' }])
  })
})

/** Mean and variance of the bar model's only normalisation, of 6 channels; they stand behind what is trained. */
async function statisticsOf(weights: Blob | undefined): Promise<Float32Array> {
  return (await floats(weights ?? new Blob())).subarray(-12)
}
