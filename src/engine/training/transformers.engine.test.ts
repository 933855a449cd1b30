import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { compareWithStock } from '../../../testing/engine/compare-with-stock'
import { drained, exactFile, freshEngine, lastOf } from '../../../testing/engine/drive-engine'
import { eagerClock } from '../../../testing/engine/small-environment'
import { distilling, smallModel } from '../../../testing/engine/teaching-ground'
import {
  accuracyOf,
  floats,
  ofType,
  openBuilt,
  settingsWith,
  trainer,
} from '../../../testing/engine/training-ground'
import { smallDataset } from '../../../testing/files/small-data'
import { loadGraphWithStock } from '../../../testing/models/stock-model'
import {
  measuredOf,
  partsOf,
  sentences,
  sentenceTable,
  transformerFiles,
  transformerGraphFiles,
} from '../../../testing/models/transformers'
import { recipeWith } from '../../../testing/studio/recipe-with'
import { readZip } from '../../files/zip-archive'
import { memoryFile } from '../../files/file-bundle'
import { openModel } from '../../formats/importers'
import { strangeOperator } from '../../graph/unrunnable'
import type { Recipe } from '../../techniques/recipe'
import { layersToLearn } from '../../training/learning-layers'
import { TrainableProgram } from './network/trainable-program'

const engine = freshEngine(eagerClock())
const train = trainer(engine)

/** The first pictures of a split, as the model reads them. */
function pictures(split: 'test' | 'validation', count: number): tf.Tensor4D {
  const packed = smallDataset('mnist').get(`${split}-images.bin`) ?? new Uint8Array()
  const pixels = gunzipSync(packed).subarray(0, count * 784)
  return tf.tensor4d(
    Float32Array.from(pixels, (pixel) => pixel / 255),
    [count, 28, 28, 1],
  )
}

async function openVit(): Promise<void> {
  const { result } = await drained(
    engine.current.model.open({ files: transformerFiles('small-vit') }),
  )
  expect(result.obstacles).toEqual({ run: null, train: null, cut: null })
  await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
}

/** A download, opened by stock TensorFlow.js. */
async function stockModel(recipe: Recipe): Promise<tf.GraphModel> {
  const { result } = await drained(engine.current.recipe.export({ recipe, target: exactFile }))
  const bytes = new Uint8Array(await result.zip.arrayBuffer())
  const archive = await readZip(memoryFile('x.zip', bytes), () => Promise.resolve())
  const parts = await Promise.all(
    archive.map(async (part) => ({ path: part.path, bytes: await part.read(0, part.size) })),
  )
  return loadGraphWithStock(tf, parts)
}

/** max |a - b| */
function apart(found: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, at) => Math.abs(value - (found[at] ?? NaN))))
}

describe('a small transformer of pictures', () => {
  it('answers as TensorFlow does, and as stock TensorFlow.js in plain JavaScript', async () => {
    const { first = [] } = measuredOf('small-vit')
    for (const backend of ['wasm', 'cpu']) {
      await tf.setBackend(backend)
      const given = pictures('test', 4)
      const graph = await compareWithStock(transformerGraphFiles('small-vit'), [given], 1e-5)
      expect(strangeOperator(graph)).toBeNull()
      const stock = await loadGraphWithStock(tf, partsOf('small-vit'))
      const answers = stock.predict(given) as tf.Tensor
      expect(apart(answers.dataSync(), first.flat())).toBeLessThan(1e-5)
      tf.dispose([given, answers])
      stock.dispose()
    }
  })

  it('is measured, learns back what zeros and few bits have cost, and stays that in stock', async () => {
    const { of, right } = measuredOf('small-vit')
    await openVit()
    const { events: told } = await drained(engine.current.measure.original())
    const { correct, measured } = lastOf(told, 'accuracy')
    expect(measured).toBe(250)
    expect(Math.abs(correct / measured - right / of)).toBeLessThan(0.03)
    const recipe = recipeWith({
      prune: { value: 0.4 },
      quantize: { bits: 4, granularity: 'perChannel' },
    })
    const settings = distilling(
      { teacher: 'original', alpha: 0.5 },
      { epochs: 1, learningRate: 0.002 },
    )
    const { events, result } = await train({ recipe, settings })
    const validations = ofType(events, 'validation')
    const [before] = validations
    if (before === undefined) throw new Error('no validation')
    expect(accuracyOf(result)).toBeGreaterThan(accuracyOf(before) + 0.05)
    expect(validations.at(-1)?.sparsity).toBeCloseTo(0.4, 1)
    await engine.current.model.addTrained(result.trained)
    const stock = await stockModel(result.recipe)
    const { result: outputs } = await drained(
      engine.current.measure.outputs({ split: 'validation', recipe: result.recipe, first: 20 }),
    )
    const given = pictures('validation', 20)
    const answers = stock.predict(given) as tf.Tensor
    expect([...answers.dataSync()]).toEqual([...(await floats(outputs.values))])
    tf.dispose([given, answers])
    stock.dispose()
  })

  it('teaches layers', async () => {
    await openBuilt(engine.current, smallModel(10, 28))
    await drained(engine.current.data.attach({ datasetId: 'mnist', settings: null }))
    const { result: teacher } = await drained(
      engine.current.teacher.open({ files: transformerFiles('small-vit') }),
    )
    const settings = distilling(
      { teacher: teacher.id, alpha: 0 },
      { epochs: 1, learningRate: 0.001 },
    )
    const steps = ofType((await train({ settings })).events, 'progress').map(({ loss }) => loss)
    expect(steps.at(-1)).toBeLessThan(steps[0] ?? 0)
  })
})

describe('a small transformer of words', () => {
  it('answers as stock TensorFlow.js, and as it was measured', async () => {
    await tf.setBackend('cpu')
    const { rows, labels } = sentences(200, 3)
    const given = tf.tensor2d(rows, undefined, 'int32')
    const graph = await compareWithStock(transformerGraphFiles('small-bert'), [given], 1e-5)
    expect(strangeOperator(graph)).toBeNull()
    const stock = await loadGraphWithStock(tf, partsOf('small-bert'))
    const choices = tf.argMax(stock.predict(given) as tf.Tensor, 1).dataSync()
    const right = labels.filter((label, at) => choices[at] === label).length
    expect(right / labels.length).toBeGreaterThan(
      measuredOf('small-bert').right / measuredOf('small-bert').of - 0.03,
    )
    given.dispose()
    stock.dispose()
  })

  it('learns back what few bits have cost, by the weights that the page counts', async () => {
    const { result } = await drained(
      engine.current.model.open({ files: transformerFiles('small-bert') }),
    )
    expect(result.obstacles).toEqual({ run: null, train: null, cut: null })
    const bundle = partsOf('small-bert').map(({ path, bytes }) => memoryFile(path, bytes))
    const own = new TrainableProgram(await openModel(bundle, () => Promise.resolve()))
    const counted = layersToLearn(result.layers).flatMap(({ tensors }) =>
      tensors.flatMap(({ spec }) => (spec.dtype === 'float32' ? [spec.name] : [])),
    )
    expect(counted.toSorted()).toEqual([...own.trained.keys()].toSorted())
    own.dispose()
    await drained(
      engine.current.data.open({ files: [sentenceTable(600, 4)], choices: {}, settings: null }),
    )
    const recipe = recipeWith({
      prune: { value: 0.7 },
      quantize: { bits: 2, granularity: 'perTensor' },
    })
    const { events, result: trained } = await train({
      recipe,
      settings: settingsWith({ epochs: 2, learningRate: 0.003 }),
    })
    const [before] = ofType(events, 'validation').map(accuracyOf)
    expect(accuracyOf(trained)).toBeGreaterThan((before ?? NaN) + 0.04)
  })
})
