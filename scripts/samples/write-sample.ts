/** Writes a trained sample as ordinary TensorFlow.js files and records what was measured of it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as tf from '@tensorflow/tfjs'
import type { SampleId, SampleRecipe } from './models'

const modelsFolder = fileURLToPath(new URL('../../public/models', import.meta.url))
const listFile = path.join(modelsFolder, 'samples.json')
const shard = 'group1-shard1of1.bin'

export interface SampleMeasure {
  readonly validationCorrect: number
  readonly validationCount: number
  readonly testCorrect: number
  readonly testCount: number
}

interface SampleEntry {
  readonly id: SampleId
  readonly [field: string]: unknown
}

export function writeSample(
  model: tf.LayersModel,
  recipe: SampleRecipe,
  measure: SampleMeasure,
): void {
  const weights = model.weights.map((weight) => {
    const values = weight.read().dataSync<'float32'>()
    const { name } = weight
    return { entry: { name, shape: weight.shape, dtype: 'float32' }, values }
  })
  const bytes = Buffer.concat(
    weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  )
  const json = JSON.stringify({
    format: 'layers-model',
    generatedBy: 'Compression Studio, scripts/samples/train.ts',
    convertedBy: null,
    modelTopology: withSoftmax(JSON.parse(JSON.stringify(model.toJSON(null, false)))),
    weightsManifest: [{ paths: [shard], weights: weights.map(({ entry }) => entry) }],
  })

  const folder = path.join(modelsFolder, recipe.id)
  mkdirSync(folder, { recursive: true })
  const files = [
    { path: 'model.json', content: Buffer.from(json) },
    { path: shard, content: bytes },
  ].map(({ path: name, content }) => {
    writeFileSync(path.join(folder, name), content)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return { path: name, bytes: content.length, sha256 }
  })

  const { id, name, description, datasetId, seed, epochs, batchSize, learningRate } = recipe
  const entry: SampleEntry = {
    id,
    name,
    description,
    datasetId,
    parameters: model.countParams(),
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    files,
    testAccuracy: measure.testCorrect / measure.testCount,
    testCount: measure.testCount,
    validationAccuracy: measure.validationCorrect / measure.validationCount,
    validationCount: measure.validationCount,
    seed,
    trainedWith: {
      epochs,
      batchSize,
      learningRate,
      backend: 'wasm',
      script: 'scripts/samples/train.ts',
    },
  }
  const known = existsSync(listFile)
    ? (JSON.parse(readFileSync(listFile, 'utf8')) as SampleEntry[])
    : []
  const order: readonly SampleId[] = ['lenet-300-100', 'lenet-5', 'fashion-cnn']
  const list = [...known.filter((other) => other.id !== id), entry].toSorted(
    (a, b) => order.indexOf(a.id) - order.indexOf(b.id),
  )
  writeFileSync(listFile, `${JSON.stringify(list, null, 2)}\n`)
}

/** Trained on logits, shipped with probabilities: the last dense layer gets a softmax. */
function withSoftmax(topology: unknown): unknown {
  const { layers } = (topology as { config: { layers: { config: Record<string, unknown> }[] } })
    .config
  const last = layers[layers.length - 1]
  if (last === undefined) throw new Error('The model has no layers.')
  last.config['activation'] = 'softmax'
  return topology
}
