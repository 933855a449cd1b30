import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drained, filesOf, quantized } from '../../../testing/engine/drive-engine'
import { eagerClock, smallEnvironment } from '../../../testing/engine/small-environment'
import { sampleBytes } from '../../../testing/models/sample-files'
import type { Recipe } from '../../techniques/recipe'
import { createEngine } from '../engine'
import type { Engine } from '../engine'
import type { CoresHost, HelperPort } from '../host/cores-host'
import { nodeCores } from '../host/cores-in-node'

const place = { count: 1, dyingAt: Infinity }
const living = new Set<HelperPort>()
/** What further workers were asked, by kind. */
let asked: string[] = []

const cores: CoresHost = {
  get count() {
    return place.count
  },
  isShared: true,
  spawn: () => {
    const port = nodeCores(2).spawn()
    living.add(port)
    return {
      ...port,
      post: (message, transfer) => {
        const { kind } = message as { kind: string }
        asked.push(kind)
        const shown = asked.filter((one) => one === 'ranges/show')
        if (kind === 'ranges/show' && shown.length === place.dyingAt) port.terminate()
        else port.post(message, transfer)
      },
    }
  },
}

let engine: Engine

beforeAll(async () => {
  await tf.setBackend('cpu')
  // A slow clock: what takes no time is not shared out.
  engine = createEngine(smallEnvironment({ cores, ...eagerClock() }))
  await engine.start({ forced: 'wasm', exclude: [] })
  await drained(engine.model.open({ files: filesOf(sampleBytes('lenet-5')) }))
  await drained(engine.data.attach({ datasetId: 'mnist', settings: null }))
  place.count = 2
  // The first time others are yet to be started, and everything may be over before they are.
  while (!asked.includes('ranges/show')) await outputs(null)
})

beforeEach(() => {
  Object.assign(place, { count: 1, dyingAt: Infinity })
  asked = []
})

afterAll(async () => {
  for (const port of living) port.terminate()
  await engine.model.close()
})

async function outputs(recipe: Recipe | null, first = 150): Promise<string> {
  const { result } = await drained(engine.measure.outputs({ split: 'train', recipe, first }))
  return Buffer.from(await result.values.arrayBuffer()).toString('hex')
}

const shown = (): number => asked.filter((kind) => kind === 'ranges/show').length

describe('samples that several workers are shown', () => {
  it('are answered as by one, bit for bit, whatever weights come next', async () => {
    const recipes = [null, quantized(4), quantized(2), null]
    const one: string[] = []
    for (const recipe of recipes) one.push(await outputs(recipe))
    expect(shown()).toBe(0)
    expect(new Set(one).size).toBe(3)
    place.count = 2
    const two: string[] = []
    for (const recipe of recipes) two.push(await outputs(recipe))
    expect(shown()).toBeGreaterThan(0)
    // The model went over before.
    expect(asked).not.toContain('ranges/model')
    expect(two.map((bits, at) => bits === one[at])).toEqual([true, true, true, true])
  })

  it('are measured alike, and progress goes on to the end', async () => {
    const measured = async () => {
      const { events, result } = await drained(
        engine.recipe.preview({ recipe: quantized(3), focus: [], mode: 'settled' }),
      )
      return { last: events.at(-1), result }
    }
    const one = await measured()
    place.count = 2
    const two = await measured()
    expect(two).toEqual(one)
  })

  it('are shown by the engine itself where a worker dies over them', async () => {
    const one = await outputs(quantized(4))
    Object.assign(place, { count: 2, dyingAt: 2 })
    expect((await outputs(quantized(4))) === one).toBe(true)
    expect(shown()).toBeGreaterThan(1)
  })
})

it('what is cancelled ends at once, and the next is right', async () => {
  const one = await outputs(quantized(4))
  place.count = 2
  const controller = new AbortController()
  const stream = engine.measure.outputs(
    { split: 'train', recipe: quantized(4), first: 150 },
    controller.signal,
  )
  await stream.next()
  controller.abort()
  await expect(
    (async () => {
      while ((await stream.next()).done !== true);
    })(),
  ).rejects.toMatchObject({ code: 'engine/cancelled' })
  expect((await outputs(quantized(4))) === one).toBe(true)
})
