import * as tf from '@tensorflow/tfjs'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drained, exactFile, lastOf } from '../../../testing/engine/drive-engine'
import { smallEnvironment } from '../../../testing/engine/small-environment'
import { filesOf } from '../../../testing/engine/teaching-ground'
import { attachBars, settingsWith } from '../../../testing/engine/training-ground'
import { barPictures, trainedBarModel } from '../../../testing/models/bar-model'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { defaultDistillation } from '../../training/training-settings'
import { createEngine } from '../engine'
import type { Engine } from '../engine'
import type { DataSummary } from '../../protocol/data-messages'

/** Biases follow from the data, and so do the bytes. */
const recipe = recipeWith({ quantize: { bits: 2 }, 'bias-correction': {} })
/** So many of the places where work may be interrupted are tried. */
const MOMENTS = 4

let engine: Engine
let model: File[]
let data: DataSummary
/** Called at every place where messages are let in. */
let atBreath: () => Promise<unknown> = () => Promise.resolve()

async function attach(): Promise<void> {
  data = await attachBars(engine, 160)
}

/** A model of which nothing is known yet, and its data. */
async function open(): Promise<void> {
  // What the same files have said is remembered.
  const files = model.map((file) => new File([file], file.name))
  await drained(engine.model.open({ files }))
  await attach()
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})
beforeEach(async () => {
  model = await filesOf(trainedBarModel())
  const environment = smallEnvironment()
  let time = 0
  atBreath = () => Promise.resolve()
  engine = createEngine({
    ...environment,
    // Every look at the clock finds a slice used up, so that messages come in wherever they may.
    now: () => (time += 20),
    breathe: async () => {
      await atBreath()
      await environment.breathe()
    },
  })
  await engine.start({ forced: 'wasm', exclude: [] })
  return () => engine.model.close()
})

const changes: Readonly<Record<string, () => Promise<unknown>>> = {
  'is detached': () => engine.data.detach(),
  'gets another class map': () => engine.data.configure({ ...data.settings, classMap: [1, 2, 0] }),
  'makes room for other data': () =>
    drained(
      engine.data.open({ files: [barPictures(200, 9)], choices: {}, settings: data.settings }),
    ),
}

/** Work done undisturbed, and how many places it has where messages are let in. */
async function undisturbed<Result>(work: () => Promise<Result>) {
  await open()
  let places = 0
  atBreath = () => Promise.resolve(places++)
  const result = await work()
  atBreath = () => Promise.resolve()
  return { result, places }
}

/** The same work again and again, with a change at one of its places. */
async function disturbed<Result>(
  work: () => Promise<Result>,
  places: number,
  change: () => Promise<unknown>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let moment = 0; moment < MOMENTS; moment++) {
    await open()
    const at = Math.floor((moment * places) / MOMENTS)
    let seen = 0
    let changed = false
    atBreath = async () => {
      if (changed || seen++ < at) return
      // Its own places are none of the work's.
      changed = true
      await change()
    }
    results.push(await work())
    expect(changed).toBe(true)
    atBreath = () => Promise.resolve()
  }
  return results
}

describe.each(Object.entries(changes))('while data %s', (_, change) => {
  it('a download stays as it began, and so does the one after it', async () => {
    const download = async () => {
      const { result } = await drained(engine.recipe.export({ recipe, target: exactFile }))
      const { shardBytes, test, validation } = result
      return { zip: Buffer.from(await result.zip.arrayBuffer()), shardBytes, test, validation }
    }
    const twice = async () => {
      const first = await download()
      await attach()
      return [first, await download()]
    }
    const first = await undisturbed(twice)
    expect(first.result[0]?.validation).toMatchObject({ type: 'accuracy', dataset: 'bars' })
    expect(first.result[1]).toEqual(first.result[0])
    for (const results of await disturbed(twice, first.places, change))
      expect(results).toEqual(first.result)
  })

  it('a setting that is tried, and a preview, are measured on the data they began with', async () => {
    const tried = () => engine.recipe.try({ recipe })
    const one = await undisturbed(tried)
    expect(await disturbed(tried, one.places, change)).toEqual(
      Array.from({ length: MOMENTS }, () => one.result),
    )
    const preview = async () => {
      const { events } = await drained(
        engine.recipe.preview({ recipe, focus: [], mode: 'settled' }),
      )
      const { alternatives, sizes } = lastOf(events, 'size')
      // How long decoding took is never the same.
      const offers = alternatives.map(({ decoding: _, ...offer }) => offer)
      return { offers, sizes, measure: lastOf(events, 'accuracy') }
    }
    const two = await undisturbed(preview)
    expect(await disturbed(preview, two.places, change)).toEqual(
      Array.from({ length: MOMENTS }, () => two.result),
    )
  })

  it('a comparison, and outputs, are of the data they began with', async () => {
    const compared = async () => {
      const { result } = await drained(engine.measure.compare({ recipe, most: 8 }))
      return result
    }
    const one = await undisturbed(compared)
    expect(await disturbed(compared, one.places, change)).toEqual(
      Array.from({ length: MOMENTS }, () => one.result),
    )
    const outputs = async () => {
      const { result } = await drained(
        engine.measure.outputs({ recipe, split: 'validation', first: 50 }),
      )
      return { ...result, values: [...new Float32Array(await result.values.arrayBuffer())] }
    }
    const two = await undisturbed(outputs)
    expect(await disturbed(outputs, two.places, change)).toEqual(
      Array.from({ length: MOMENTS }, () => two.result),
    )
  })

  it('a training run is judged with the data it began with', async () => {
    const settings = settingsWith({ epochs: 1, distillation: defaultDistillation })
    const train = async () => {
      // Compared with the original in numbers, not in right answers: other biases show at once.
      await engine.data.configure({ ...data.settings, task: 'unlabelled' })
      const { result } = await drained(
        engine.train.start({ recipe, settings, resume: null, largestPiece: null }),
      )
      return { id: result.trained.id, measure: result.measure }
    }
    const first = await undisturbed(train)
    for (const result of await disturbed(train, first.places, change))
      expect(result).toEqual(first.result)
  })
})
