import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEngine } from '../../engine'
import type { Engine } from '../../engine'
import type { CoresHost, HelperPort } from '../../host/cores-host'
import { nodeCores } from '../../host/cores-in-node'
import { lastOf } from '../../../../testing/engine/drive-engine'
import { eagerClock, smallEnvironment } from '../../../../testing/engine/small-environment'
import {
  everything,
  ofType,
  openBars,
  settingsWith,
  trainer,
} from '../../../../testing/engine/training-ground'
import { recipeWith } from '../../../../testing/studio/recipe-with'
import type { TrainRequest } from '../../../protocol/training-messages'
import { PieceCrew } from './piece-crew'
import { defaultDistillation } from '../../../training/training-settings'

/** What the place has, changed from test to test. */
const place = { count: 1, isShared: true, dyingAt: Infinity }
const living = new Set<HelperPort>()

/** Threads, one of which may end in the middle of its work. */
const cores: CoresHost = {
  get count() {
    return place.count
  },
  get isShared() {
    return place.isShared
  },
  spawn: () => {
    const port = nodeCores(2).spawn()
    living.add(port)
    let posted = 0
    return {
      ...port,
      post: (message, transfer) => {
        if (++posted === place.dyingAt) port.terminate()
        else port.post(message, transfer)
      },
    }
  },
}

let engine: Engine
const train = trainer({
  get current() {
    return engine
  },
})

beforeAll(async () => {
  await tf.setBackend('cpu')
  engine = createEngine(smallEnvironment({ cores, ...eagerClock() }))
  await engine.start({ forced: 'wasm', exclude: [] })
})

beforeEach(async () => {
  Object.assign(place, { count: 1, isShared: true, dyingAt: Infinity })
  await openBars(engine, 260)
})

afterAll(async () => {
  for (const port of living) port.terminate()
  await engine.model.close()
})

const threePieces = settingsWith({ epochs: 1, batchSize: 48, pieces: 3, clipNorm: 1, flip: true })

/** The weights after some steps with so many workers, and how many there were at the end. */
async function after(count: number, request: Partial<TrainRequest>) {
  place.count = count
  const before = tf.memory().numTensors
  const { events } = await train({ settings: threePieces, ...request })
  expect(tf.memory().numTensors).toBe(before)
  const { trained } = lastOf(events, 'validation')
  return {
    events,
    // As text: a comparison of arrays element by element takes longer than the run.
    bits: Buffer.from(await trained.weights.arrayBuffer()).toString('hex'),
    passage: trained.history.at(-1)?.passage,
    workers: ofType(events, 'progress').map(({ workers }) => workers),
  }
}

const cases: readonly (readonly [string, Partial<TrainRequest>])[] = [
  ['batch normalisation and dropout', {}],
  [
    'masks, and quantization with learned ranges',
    { ...everything, settings: { ...everything.settings, epochs: 1, batchSize: 48, pieces: 3 } },
  ],
  [
    'ranges of activations, and quantization chosen at each step',
    {
      recipe: recipeWith({ quantize: { bits: 4 } }),
      settings: { ...threePieces, quantization: { ranges: 'rechosen', activationBits: 8 } },
    },
  ],
  [
    'a teacher and a hint from inside',
    {
      settings: {
        ...threePieces,
        distillation: {
          ...defaultDistillation,
          alpha: 0.3,
          hint: { studentLayer: 'relu', teacherLayer: 'relu', weight: 2 },
        },
      },
    },
  ],
]

describe('the bits of a run do not depend on how many workers learn its pieces', () => {
  it.each(cases)('with %s', async (_, request) => {
    const one = await after(1, request)
    const two = await after(2, request)
    const three = await after(3, request)
    expect(one.passage).toEqual({ piece: 16, statistics: 'pieces' })
    expect([one, two, three].map(({ workers }) => workers.at(-1))).toEqual([1, 2, 3])
    expect(two.bits === one.bits).toBe(true)
    expect(three.bits === one.bits).toBe(true)
    // And they are the bits of a run in three pieces.
    const whole = await after(1, { ...request, settings: { ...threePieces, pieces: 1 } })
    expect(whole.bits === one.bits).toBe(false)
  })

  it('where memory is moved and not shared', async () => {
    const one = await after(1, {})
    place.isShared = false
    const two = await after(2, {})
    expect(two.workers.at(-1)).toBe(2)
    expect(two.bits === one.bits).toBe(true)
  })

  it('where a checkpoint is taken up with another number of them', async () => {
    const settings = { ...threePieces, epochs: 2 }
    const one = await after(1, { settings })
    const [first] = ofType(one.events, 'checkpoint')
    // Whoever asks for other pieces meanwhile gets those that the run was begun with.
    const rest = await after(3, {
      settings: { ...settings, pieces: 2 },
      resume: first?.file ?? null,
    })
    expect(rest.bits === one.bits).toBe(true)
  })
})

describe('a batch that there is no memory to hand out', () => {
  /** As `after`, whose second step fails so. */
  async function afterFailure(count: number) {
    const watched = () => vi.spyOn(PieceCrew.prototype, 'hand')
    const first = watched().mockImplementationOnce(function (this: PieceCrew, ...given) {
      first.mockRestore()
      const handed = this.hand(...given)
      watched().mockImplementationOnce(() => {
        throw new RangeError('Array buffer allocation failed')
      })
      return handed
    })
    try {
      return await after(count, cases[3]?.[1] ?? {})
    } finally {
      vi.restoreAllMocks()
    }
  }

  it('goes in smaller pieces, by the weights as they are now, and leaves nothing behind', async () => {
    const one = await afterFailure(1)
    const two = await afterFailure(2)
    expect(ofType(two.events, 'pieceHalved').map(({ piece }) => piece)).toEqual([8])
    expect(two.workers.at(-1)).toBe(2)
    expect(two.bits === one.bits).toBe(true)
  })
})

describe('a worker that dies', () => {
  // The start, the model, then pieces.
  it.each([
    ['before it has the model', 2],
    ['in the middle of a step', 4],
  ])('%s costs no bits and not the run', async (_, dyingAt) => {
    const one = await after(1, {})
    // Those of before answer still: they are ended, and others take their place.
    for (const port of living) port.terminate()
    await new Promise((resolve) => setTimeout(resolve, 200))
    place.dyingAt = dyingAt
    const two = await after(2, {})
    expect(two.bits === one.bits).toBe(true)
    expect(two.workers.at(-1)).toBe(1)
  })
})
