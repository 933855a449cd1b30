import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drained } from '../../testing/engine/drive-engine'
import { bundleOf, smallModel } from '../../testing/files/layers-files'
import type { LayersFiles } from '../../testing/files/layers-files'
import { recipeWith } from '../../testing/studio/recipe-with'
import { smallEnvironment } from '../../testing/engine/small-environment'
import { smallCounts, smallDataset } from '../../testing/files/small-data'
import { StudioError } from '../core/errors'
import type { FileBundle } from '../files/file-bundle'
import type { PreviewEvent } from '../protocol/recipe-messages'
import { defaultRecipe, withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'
import { createEngine } from './engine'
import { sampleFiles } from '../../testing/models/sample-files'
import type { Engine } from './engine'

/** The built-in steps with the given ones switched on. */
function recipeOf(change: {
  sparsity?: number
  bits?: number
  scheme?: 'affine' | 'mean'
}): Recipe {
  const { sparsity, bits, scheme = 'affine' } = change
  return recipeWith({
    ...(sparsity === undefined ? {} : { prune: { value: sparsity } }),
    ...(bits === undefined ? {} : { quantize: { bits, scheme } }),
  })
}

async function filesOf(bundle: FileBundle): Promise<File[]> {
  return Promise.all(
    bundle.map(async (file) => new File([(await file.read(0, file.size)) as BlobPart], file.path)),
  )
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof StudioError) return String(error.code)
    throw error
  }
  throw new Error('it did not fail')
}

async function open(engine: Engine, files: LayersFiles) {
  return (await drained(engine.model.open({ files: await filesOf(bundleOf(files)) }))).result
}

let engine: Engine
beforeAll(async () => {
  await tf.setBackend('cpu')
})
beforeEach(async () => {
  engine = createEngine(smallEnvironment())
  await engine.start({ forced: 'wasm', exclude: [] })
  return () => engine.model.close()
})

describe('opening', () => {
  it('keeps the open model, and every tensor, when the next one is refused', async () => {
    const summary = await open(engine, smallModel())
    expect(summary.totals).toMatchObject({ parameters: 35, float32Bytes: 140, macs: 28 })
    const before = tf.memory().numTensors
    const shapeLie = smallModel()
    shapeLie.json.modelTopology.model_config.config.layers[1] = {
      class_name: 'Dense',
      name: 'first',
      config: { name: 'first', units: 1_000_000_000, activation: 'linear', use_bias: true },
      inbound_nodes: [[['input', 0, 0, {}]]],
    }
    expect(await codeOf(open(engine, shapeLie))).toBe('open/weight-shape')
    expect(tf.memory().numTensors).toBe(before)
    const { events } = await drained(
      engine.recipe.preview({ recipe: defaultRecipe, focus: [], mode: 'dragging' }),
    )
    expect(events).toHaveLength(1)
  })

  it('leaks no tensor over twenty models', async () => {
    await open(engine, smallModel())
    const before = tf.memory().numTensors
    for (let round = 0; round < 20; round++) {
      await open(engine, smallModel())
      await drained(
        engine.recipe.preview({ recipe: recipeOf({ bits: 4 }), focus: [], mode: 'settled' }),
      )
    }
    expect(tf.memory().numTensors).toBe(before)
    await engine.model.close()
    expect(tf.memory().numTensors).toBe(before - 4)
  })

  it('says so when there is no model', async () => {
    expect(await codeOf(drained(engine.measure.original()))).toBe('engine/no-model')
  })
})

describe('previews', () => {
  it('end when a newer one comes', async () => {
    await drained(engine.model.open({ files: sampleFiles('lenet-300-100') }))
    await drained(engine.data.attach({ datasetId: 'mnist', settings: null }))
    const older = engine.recipe.preview({
      recipe: recipeOf({ bits: 3 }),
      focus: [],
      mode: 'settled',
    })
    await older.next()
    const rest = drained(older)
    const newer = drained(
      engine.recipe.preview({ recipe: recipeOf({ bits: 6 }), focus: [], mode: 'dragging' }),
    )
    expect(await codeOf(rest)).toBe('engine/cancelled')
    expect((await newer).events.map(({ type }) => type)).toEqual(['weights'])
  })

  it('show the same zeros to the weight after pruning and quantizing', async () => {
    await drained(engine.model.open({ files: sampleFiles('lenet-300-100') }))
    const weights = async (recipe: Recipe) => {
      const { events } = await drained(
        engine.recipe.preview({ recipe, focus: [], mode: 'dragging' }),
      )
      return events.find((event) => event.type === 'weights')?.sparsity
    }
    const pruned = await weights(recipeOf({ sparsity: 0.8 }))
    expect(pruned).toBeCloseTo(0.8, 4)
    expect(await weights(recipeOf({ sparsity: 0.8, bits: 4, scheme: 'mean' }))).toBe(pruned)
  })
})

describe('accuracy', () => {
  it('is what a plain loop counts, grows, and measures the original once', async () => {
    await drained(engine.model.open({ files: sampleFiles('lenet-300-100') }))
    const { result: data } = await drained(
      engine.data.attach({ datasetId: 'mnist', settings: null }),
    )
    const { validation: count } = smallCounts
    expect(data.splits.find(({ name }) => name === 'validation')?.count).toBe(count)
    const { events } = await drained(engine.measure.original())
    const measured = events.flatMap((event) => (event.type === 'work' ? [] : [event.measured]))
    const work = events.flatMap((event) => (event.type === 'work' ? [event] : []))
    expect(work.at(-1)).toEqual({ type: 'work', done: count, total: count })
    expect(measured).toEqual(measured.toSorted((a, b) => a - b))
    expect(measured.at(-1)).toBe(count)

    const { result: outputs } = await drained(
      engine.measure.outputs({ split: 'validation', recipe: null, first: count }),
    )
    const values = new Float32Array(await outputs.values.arrayBuffer())
    expect(outputs).toMatchObject({ samples: count, classes: 10, kind: 'probabilities' })
    const labels = gunzipSync(smallDataset('mnist').get('validation-labels.bin') ?? '')
    let correct = 0
    for (const [index, label] of labels.entries()) {
      const row = values.subarray(index * 10, index * 10 + 10)
      if (row.indexOf(Math.max(...row)) === label) correct++
    }
    expect(correct).toBeGreaterThan(0.97 * count)
    expect(events.at(-1)).toMatchObject({ type: 'accuracy', split: 'validation', correct })
  })

  it('needs data that fits', async () => {
    await open(engine, smallModel())
    expect(await codeOf(drained(engine.data.attach({ datasetId: 'mnist', settings: null })))).toBe(
      'data/shape-mismatch',
    )
    expect(
      await codeOf(drained(engine.measure.outputs({ split: 'test', recipe: null, first: 1 }))),
    ).toBe('engine/no-data')
  })

  it('names the file when the data is missing or damaged', async () => {
    const missing = createEngine(
      smallEnvironment({ fetchOwn: () => Promise.resolve(new Response(null, { status: 404 })) }),
    )
    await missing.start({ forced: 'wasm', exclude: [] })
    await drained(missing.model.open({ files: sampleFiles('lenet-300-100') }))
    expect(await codeOf(drained(missing.data.attach({ datasetId: 'mnist', settings: null })))).toBe(
      'data/not-loaded',
    )

    const own = smallEnvironment()
    for (const damage of ['cut', 'flipped', 'other'] as const) {
      const damaged = createEngine(
        smallEnvironment({
          fetchOwn: async (path, signal) => {
            const response = await own.fetchOwn(path, signal)
            if (!path.endsWith('validation-images.bin')) return response
            const bytes = new Uint8Array(await response.arrayBuffer())
            if (damage === 'cut') return new Response(bytes.subarray(0, bytes.length - 1000))
            if (damage === 'other') return new Response('<!doctype html>')
            const middle = bytes.length >> 1
            bytes[middle] = (bytes[middle] ?? 0) ^ 0xff
            return new Response(bytes)
          },
        }),
      )
      await damaged.start({ forced: 'wasm', exclude: [] })
      await drained(damaged.model.open({ files: sampleFiles('lenet-300-100') }))
      expect(
        await codeOf(drained(damaged.data.attach({ datasetId: 'mnist', settings: null }))),
      ).toBe('data/damaged')
    }
  })
})

describe('agreement without data', () => {
  it('is perfect for the original and poor for shuffled weights', async () => {
    await drained(engine.model.open({ files: sampleFiles('lenet-300-100') }))
    const { events } = await drained(engine.measure.original())
    expect(events.at(-1)).toMatchObject({ type: 'agreement', relativeError: 0 })

    // Random removal of nearly everything keeps no more than a shuffle does.
    const recipe = recipeOf({ sparsity: 0.99 })
    const random = withConfig(recipe, 'prune', { method: 'random' })
    const { events: after } = await drained(
      engine.recipe.preview({ recipe: random, focus: [], mode: 'settled' }),
    )
    const last = after.findLast((event: PreviewEvent) => event.type === 'agreement')
    expect(last?.type === 'agreement' && last.relativeError).toBeGreaterThan(0.5)
    expect(last?.type === 'agreement' ? (last.agreement ?? 0) : 1).toBeLessThan(0.5)
  })
})
