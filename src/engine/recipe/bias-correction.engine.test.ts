import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { drained, exactFile, file, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { filesOf } from '../../../testing/engine/teaching-ground'
import { openBuilt } from '../../../testing/engine/training-ground'
import { npyBytes, zipOf } from '../../../testing/files/foreign-data'
import { graphBundle } from '../../../testing/files/graph-files'
import { opaqueGraph } from '../../../testing/files/opaque-graph'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { createRandom } from '../../core/random'
import { readZip } from '../../files/zip-archive'
import { memoryFile } from '../../files/file-bundle'
import { withConfig } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

const engine = freshEngine()

const SIDES = [6, 7, 2] as const
const SIZE = 6 * 7 * 2

/** Brighter to the right, so that borders matter. */
async function attach(count = 120, seed = 1): Promise<void> {
  const random = createRandom(seed)
  const values = Float32Array.from(
    { length: count * SIZE },
    (_, index) => 0.3 * random.normal() + ((index % 14) - 3) / 7,
  )
  const npz = zipOf(new Map([['data.npy', npyBytes('<f4', [count, ...SIDES], values)]]))
  await drained(
    engine.current.data.open({ files: [file('x.npz', npz)], choices: {}, settings: null }),
  )
}

/** Mean of each output over the samples that the correction was made with. */
async function meanOutputs(recipe: Recipe | null): Promise<number[]> {
  const { result } = await drained(
    engine.current.measure.outputs({ recipe, split: 'train', first: 10_000 }),
  )
  const values = new Float32Array(await result.values.arrayBuffer())
  const sums = Array.from({ length: result.classes }, () => 0)
  values.forEach((value, index) => {
    sums[index % sums.length] = (sums[index % sums.length] ?? 0) + value / result.samples
  })
  return sums
}

const distance = (left: readonly number[], right: readonly number[]): number =>
  Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? NaN))))

const input = { inputShape: [...SIDES] }
const pooled = () => tf.layers.globalAveragePooling2d({})

/** Layers in a row, of which one is quantized; what follows it is linear, so means go through. */
const models: Readonly<Record<string, { quantized: string; layers: () => tf.layers.Layer[] }>> = {
  'a convolution with padded borders': {
    quantized: 'conv',
    layers: () => [
      tf.layers.conv2d({ ...input, filters: 5, kernelSize: 3, padding: 'same', name: 'conv' }),
      pooled(),
    ],
  },
  'a convolution in steps, behind another': {
    quantized: 'conv',
    layers: () => [
      tf.layers.conv2d({ ...input, filters: 4, kernelSize: 3, activation: 'relu', name: 'before' }),
      tf.layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', name: 'conv' }),
      pooled(),
    ],
  },
  'a depthwise convolution': {
    quantized: 'conv',
    layers: () => [
      tf.layers.depthwiseConv2d({
        ...input,
        kernelSize: 3,
        depthMultiplier: 2,
        padding: 'same',
        name: 'conv',
      }),
      pooled(),
    ],
  },
  'a separable convolution': {
    quantized: 'conv',
    layers: () => [
      tf.layers.separableConv2d({
        ...input,
        filters: 3,
        kernelSize: 3,
        padding: 'same',
        name: 'conv',
      }),
      pooled(),
    ],
  },
  'a convolution without bias before a normalization': {
    quantized: 'conv',
    layers: () => [
      tf.layers.conv2d({
        ...input,
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        name: 'conv',
      }),
      tf.layers.batchNormalization({ name: 'norm', movingVarianceInitializer: 'ones' }),
      pooled(),
    ],
  },
  'a convolution of channels first': {
    quantized: 'conv',
    layers: () => [
      tf.layers.conv2d({
        ...input,
        filters: 5,
        kernelSize: 3,
        strides: [2, 1],
        padding: 'same',
        dataFormat: 'channelsFirst',
        name: 'conv',
      }),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
    ],
  },
  'a dense layer at each step': {
    quantized: 'each',
    layers: () => [
      tf.layers.timeDistributed({
        ...input,
        layer: tf.layers.dense({ units: 3, name: 'dense' }),
        name: 'each',
      }),
      pooled(),
    ],
  },
  'a convolution at each step': {
    quantized: 'each',
    layers: () => [
      tf.layers.timeDistributed({
        ...input,
        layer: tf.layers.conv1d({ filters: 4, kernelSize: 3, padding: 'same', name: 'conv' }),
        name: 'each',
      }),
      pooled(),
    ],
  },
  'a dense layer behind a convolution': {
    quantized: 'dense',
    layers: () => [
      tf.layers.conv2d({ ...input, filters: 4, kernelSize: 3, activation: 'relu', name: 'before' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 6, name: 'dense' }),
    ],
  },
}

describe('bias correction', () => {
  it.each(Object.entries(models))('restores the mean outputs of %s', async (_, built) => {
    await openBuilt(engine.current, tf.sequential({ layers: built.layers() }))
    await attach()
    const overrides = Object.fromEntries(
      ['before', 'conv', 'dense', 'each']
        .filter((name) => name !== built.quantized)
        .map((name) => [name, { enabled: false }]),
    )
    const coarse = recipeWith({ quantize: { bits: 2, overrides } })
    const before = await meanOutputs(null)
    const moved = distance(await meanOutputs(coarse), before)
    const corrected = withConfig(coarse, 'bias-correction', {}, true)
    const left = distance(await meanOutputs(corrected), before)
    expect(moved).toBeGreaterThan(0.005)
    expect(left).toBeLessThan(2e-6)
  })

  it('says what it knew and what it did, on the page and in the report, and does so again', async () => {
    const zips: Uint8Array[] = []
    const recipe = recipeWith({ quantize: { bits: 3 }, 'bias-correction': {} })
    const built = tf.sequential({
      layers: models['a convolution in steps, behind another']?.layers() ?? [],
    })
    const files = await filesOf(built)
    for (const seed of [1, 1, 2]) {
      await drained(engine.current.model.open({ files }))
      await attach(120, seed)
      const { events } = await drained(
        engine.current.recipe.preview({ recipe, focus: [], mode: 'settled' }),
      )
      const event = lastOf(events, 'weights')
      expect(event.calibration).toMatchObject({
        state: 'known',
        split: 'train',
        weights: 'file',
        backend: 'wasm',
      })
      expect(event.notes.map(({ layer, note }) => [layer, note])).toEqual([
        ['before', 'bias'],
        ['conv', 'bias'],
      ])
      const { result } = await drained(engine.current.recipe.export({ recipe, target: exactFile }))
      const bytes = new Uint8Array(await result.zip.arrayBuffer())
      zips.push(bytes)
      expect((await reportOf(bytes)).calibration).toEqual(event.calibration)
    }
    expect(zips[1]).toEqual(zips[0])
    expect(zips[2]).not.toEqual(zips[0])
  })

  it('goes on after it was left in the middle, to the same end', async () => {
    const built = tf.sequential({ layers: models['a depthwise convolution']?.layers() ?? [] })
    await openBuilt(engine.current, built)
    await attach(400)
    const recipe = recipeWith({ quantize: { bits: 2 }, 'bias-correction': {} })
    const left = new AbortController()
    const running = engine.current.recipe.preview(
      { recipe, focus: [], mode: 'dragging' },
      left.signal,
    )
    const first = running.next()
    left.abort()
    await expect(first).rejects.toMatchObject({ code: 'engine/cancelled' })
    const before = await meanOutputs(null)
    expect(distance(await meanOutputs(recipe), before)).toBeLessThan(2e-6)
  })

  it('changes nothing without inputs, and says why', async () => {
    const recipe = recipeWith({ quantize: { bits: 2 }, 'bias-correction': {} })
    const without = recipeWith({ quantize: { bits: 2 } })
    const reasonNow = async (): Promise<unknown> => {
      const { events } = await drained(
        engine.current.recipe.preview({ recipe, focus: [], mode: 'dragging' }),
      )
      expect(lastOf(events, 'weights').notes).toEqual([])
      return lastOf(events, 'weights').calibration
    }
    const built = tf.sequential({ layers: models['a depthwise convolution']?.layers() ?? [] })
    await openBuilt(engine.current, built)
    expect(await reasonNow()).toEqual({ state: 'missing', reason: 'noData' })
    const { result } = await drained(engine.current.recipe.export({ recipe, target: exactFile }))
    const report = await reportOf(new Uint8Array(await result.zip.arrayBuffer()))
    expect(report.calibration).toEqual({ state: 'missing', reason: 'noData' })
    await attach(20)
    expect(await reasonNow()).toEqual({ state: 'missing', reason: 'noSplit' })
    const files = await Promise.all(
      graphBundle(opaqueGraph()).map(async (part) =>
        file(part.path, await part.read(0, part.size)),
      ),
    )
    await drained(engine.current.model.open({ files }))
    const operator = 'Mod (rest)'
    expect(await reasonNow()).toEqual({ state: 'missing', reason: 'operator', operator })
    const { events } = await drained(
      engine.current.recipe.preview({ recipe: without, focus: [], mode: 'dragging' }),
    )
    expect(lastOf(events, 'weights').calibration).toBeNull()
  })
})

async function reportOf(zip: Uint8Array): Promise<{ calibration: unknown }> {
  const archive = await readZip(memoryFile('download.zip', zip), () => Promise.resolve())
  const report = archive.find(({ path }) => path === 'report.json')
  return JSON.parse(new TextDecoder().decode(await report?.read(0, report.size))) as {
    calibration: unknown
  }
}
