import * as tf from '@tensorflow/tfjs'
import { describe, expect, it, vi } from 'vitest'
import { barModel } from '../../../testing/models/bar-model'
import { drained, errorOf, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { recipeWith } from '../../../testing/studio/recipe-with'
import {
  accuracyOf,
  attachBars,
  attachUnlabelled,
  everything,
  ofType,
  openBars,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { nodeEnvironment } from '../host/node-environment'
import { createEngine } from '../engine'
import { createRandom } from '../../core/random'
import type { TrainEvent } from '../../protocol/training-messages'
import { expectedMs } from '../../protocol/heartbeat'
import { defaultRecipe } from '../../techniques/recipe'

const engine = freshEngine()
const train = trainer(engine)

describe('ending a run', () => {
  it('cancel at a random step leaves the model as it was', async () => {
    await openBars(engine.current)
    const random = createRandom(21)
    const before = tf.memory().numTensors
    for (let trial = 0; trial < 5; trial++) {
      const controller = new AbortController()
      const stream = engine.current.train.start(
        { ...everything, resume: null, largestPiece: null },
        controller.signal,
      )
      const events = 1 + random.below(6)
      const run = async (): Promise<void> => {
        for (let seen = 0; ; seen++) {
          const next = await stream.next()
          if (next.done === true) return
          if (seen === events)
            setTimeout(() => {
              controller.abort()
            }, random.below(30))
        }
      }
      expect((await errorOf(run())).code).toBe('engine/cancelled')
      expect(tf.memory().numTensors).toBe(before)
    }
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: defaultRecipe, focus: [], mode: 'settled' }),
    )
    const measured = lastOf(events, 'accuracy')
    expect(measured.correct).toBe(measured.originalCorrect)
  })

  it('stop keeps the best weights so far', async () => {
    await openBars(engine.current)
    const stream = engine.current.train.start({
      recipe: defaultRecipe,
      settings: settingsWith({ epochs: 1000 }),
      resume: null,
      largestPiece: null,
    })
    for (;;) {
      const next = await stream.next()
      if (next.done === true) {
        expect(next.value.end).toBe('stopped')
        expect(accuracyOf(next.value)).toBeGreaterThan(0.6)
        return
      }
      if (next.value.type === 'checkpoint' && next.value.epoch === 2)
        await engine.current.train.stop()
    }
  })

  it('without a run there is nothing to stop, and a second run is refused', async () => {
    await openBars(engine.current, 200)
    expect((await errorOf(engine.current.train.stop())).code).toBe('train/no-run')
    const stream = engine.current.train.start({
      recipe: defaultRecipe,
      settings: settingsWith(),
      resume: null,
      largestPiece: null,
    })
    await stream.next()
    expect((await errorOf(train())).code).toBe('train/busy')
    await drained(stream)
    await train({ settings: settingsWith({ epochs: 1 }) })
  })
})

describe('what goes wrong in training', () => {
  it('a loss that is no number: back to good weights twice, then an explained stop', async () => {
    await openBars(engine.current)
    const settings = settingsWith({
      optimizer: 'sgd',
      momentum: 0.99,
      learningRate: 10,
      warmupEpochs: 0,
      epochs: 40,
      batchNorm: { reestimate: true, statistics: 'frozen' },
    })
    const events: TrainEvent[] = []
    const stream = engine.current.train.start({
      recipe: recipeWith({ quantize: { bits: 8 } }),
      settings,
      resume: null,
      largestPiece: null,
    })
    const run = async (): Promise<void> => {
      for (;;) {
        const next = await stream.next()
        if (next.done === true) return
        events.push(next.value)
      }
    }
    const before = tf.memory().numTensors
    const error = await errorOf(run())
    expect(error.code).toBe('train/diverged')
    expect(error.params).toMatchObject({ learningRate: 2.5 })
    expect(ofType(events, 'rolledBack').map(({ learningRate }) => learningRate)).toEqual([5, 2.5])
    expect(tf.memory().numTensors).toBe(before)
  })

  it('a piece that does not fit is halved until it does, the batch stays, then the need is told', async () => {
    await openBars(engine.current, 200)
    const settings = settingsWith({ epochs: 1 })
    const original = tf.engine().gradients.bind(tf.engine())
    const spy = vi.spyOn(tf.engine(), 'gradients').mockImplementation(() => {
      throw new RangeError('Array buffer allocation failed')
    })
    const before = tf.memory().numTensors
    const error = await errorOf(train({ settings }))
    expect(error.code).toBe('train/out-of-memory')
    expect(error.params['bytes']).toBeGreaterThan(10_000)
    expect(tf.memory().numTensors).toBe(before)
    let failures = 0
    spy.mockImplementation((...args) => {
      if (failures++ < 2) throw new RangeError('Array buffer allocation failed')
      return original(...args)
    })
    const { events, result } = await train({ settings })
    spy.mockRestore()
    expect(ofType(events, 'started')).toMatchObject([
      { batchSize: 32, piece: 32, statistics: 'batch' },
    ])
    expect(ofType(events, 'pieceHalved')).toEqual([
      { type: 'pieceHalved', piece: 16, statistics: 'pieces' },
      { type: 'pieceHalved', piece: 8, statistics: 'frozen' },
    ])
    expect(result.end).toBe('finished')
    expect(result.trained.history).toMatchObject([{ passage: { piece: 8, statistics: 'frozen' } }])
    // As many updates as the batch size asks for.
    const [started] = ofType(events, 'started')
    expect(lastOf(events, 'checkpoint').step).toBe(started?.stepsPerEpoch)
  })

  it('memory that was overrun ends the run for this worker, and no layer is blamed', async () => {
    await openBars(engine.current, 200)
    const original = tf.engine().gradients.bind(tf.engine())
    const trap = new WebAssembly.RuntimeError('memory access out of bounds')
    const settings = settingsWith({ epochs: 1 })
    const once = vi.spyOn(tf.engine(), 'gradients').mockImplementationOnce(() => {
      throw trap
    })
    const first = await errorOf(train({ settings }))
    expect(first).toMatchObject({ code: 'train/worker-out-of-memory', params: { piece: 32 } })
    expect(first.cause).toBe(trap)
    // A step that fails for another reason is taken once more to find the layer, and memory runs out there.
    once.mockImplementationOnce((...args) => {
      original(...args)
      throw new Error('some operation has no gradient')
    })
    once.mockImplementationOnce(() => {
      throw trap
    })
    const second = await errorOf(train({ settings }))
    once.mockRestore()
    expect(second).toMatchObject({ code: 'train/worker-out-of-memory', cause: trap })
  })

  it('a layer without a gradient is named', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 2, kernelSize: 3, name: 'start' }),
        tf.layers.upSampling2d({ size: [2, 2], name: 'grown' }),
        tf.layers.flatten({ name: 'flat' }),
        tf.layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
      ],
    })
    await openBuilt(engine.current, model)
    await attachBars(engine.current, 100)
    const before = tf.memory().numTensors
    // tfjs has gradients for all of its layers; some future one may not.
    const stock = tf.getGradient('ResizeNearestNeighbor')
    tf.unregisterGradient('ResizeNearestNeighbor')
    const error = await errorOf(train())
    tf.registerGradient(stock)
    expect(error).toMatchObject({ code: 'train/no-gradient', params: { layer: 'grown' } })
    expect(error.params['reason']).toMatch(/ResizeNearestNeighbor/)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('without the fast kernels trains with plain ones and says why', async () => {
    const plain = createEngine(
      nodeEnvironment({ trainingKernels: () => Promise.reject(new Error('offline')) }),
    )
    await plain.start({ forced: 'wasm', exclude: [] })
    await openBars(plain, 100)
    const { events, result } = await drained(
      plain.train.start({
        recipe: defaultRecipe,
        settings: settingsWith({ epochs: 2 }),
        resume: null,
        largestPiece: null,
      }),
    )
    const [started] = ofType(events, 'started')
    expect(started?.kernels?.fast).toBe(false)
    expect(started?.kernels?.reason).not.toBe('')
    expect(result.end).toBe('finished')
    await plain.model.close()
  })

  it('lets go of the model where settings of a layer cannot be carried out', async () => {
    await openBars(engine.current, 60)
    const before = tf.memory().numTensors
    const overrides = { classes: { bits: 1 } }
    const recipe = recipeWith({ quantize: { bits: 4, symmetry: 'symmetric', overrides } })
    expect((await errorOf(train({ recipe }))).code).toBe('quantize/bits')
    expect(tf.memory().numTensors).toBe(before)
  })

  it('needs data with labels', async () => {
    await openBuilt(engine.current, barModel())
    expect((await errorOf(train())).code).toBe('train/no-data')
    await attachUnlabelled(engine.current)
    expect((await errorOf(train())).code).toBe('train/no-labels')
  })

  it('nothing is left behind by fifty runs', async () => {
    await openBars(engine.current, 60)
    const settings = settingsWith({ epochs: 1 })
    await train({ ...everything, settings })
    const before = tf.memory()
    const ids = tf.engine().backend.numDataIds()
    for (let run = 0; run < 50; run++) await train({ ...everything, settings })
    expect(tf.memory().numTensors).toBe(before.numTensors)
    expect(tf.engine().backend.numDataIds()).toBe(ids)
  })
})

describe('the watch over a run', () => {
  it('is told before the first step how long it should take', async () => {
    const beats: number[] = []
    const watched = createEngine({ ...nodeEnvironment(), beat: (ms) => void beats.push(ms) })
    const { gigaflops } = await watched.start({ forced: 'wasm', exclude: [] })
    const plain = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [8, 8, 1] }),
        tf.layers.dense({ units: 3, activation: 'softmax' }),
      ],
    })
    await openBuilt(watched, plain)
    const { splits } = await attachBars(watched, 90)
    const samples = splits.find(({ name }) => name === 'train')?.count ?? NaN
    beats.length = 0
    // One batch is the whole epoch: no step before it has told its time.
    const settings = settingsWith({ epochs: 1, batchSize: 512 })
    await drained(
      watched.train.start({ recipe: defaultRecipe, settings, resume: null, largestPiece: null }),
    )
    expect(beats).toContain(3 * expectedMs(192 * samples, gigaflops))
    await watched.model.close()
  })
})
