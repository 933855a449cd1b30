/** Writes a trained sample as ordinary TensorFlow.js files and records what was measured of it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as tf from '@tensorflow/tfjs'
import { modelFiles } from './model-files'
import type { SampleId, SampleRecipe } from './models'

const modelsFolder = fileURLToPath(new URL('../../public/models', import.meta.url))
const listFile = path.join(modelsFolder, 'samples.json')

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
  const folder = path.join(modelsFolder, recipe.id)
  mkdirSync(folder, { recursive: true })
  const written = modelFiles(model, recipe.stored, 'scripts/samples/train.ts')
  const files = written.map(({ path: name, content }) => {
    writeFileSync(path.join(folder, name), content)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return { path: name, bytes: content.length, sha256 }
  })

  const { id, name, description, datasetId, role, seed, epochs, batchSize, learningRate } = recipe
  const entry: SampleEntry = {
    id,
    name,
    description,
    datasetId,
    role,
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
  const order: readonly SampleId[] = [
    'lenet-300-100',
    'lenet-5',
    'fashion-cnn',
    'vgg-small',
    'digit-teacher',
  ]
  const list = [...known.filter((other) => other.id !== id), entry].toSorted(
    (a, b) => order.indexOf(a.id) - order.indexOf(b.id),
  )
  writeFileSync(listFile, `${JSON.stringify(list, null, 2)}\n`)
}
