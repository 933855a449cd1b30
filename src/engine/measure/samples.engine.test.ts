import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { startWasmBackend } from '../host/wasm-in-node'
import { elementCount } from '../../core/tensor-spec'

interface Sample {
  readonly id: string
  readonly datasetId: string
  readonly parameters: number
  readonly files: readonly { path: string; bytes: number; sha256: string }[]
  readonly testAccuracy: number
  readonly validationAccuracy: number
}

const BATCH = 500
const samples = JSON.parse(readFileSync('public/models/samples.json', 'utf8')) as Sample[]

/** What each sample must reach on the official test images, so that it is worth compressing. */
const floors: Readonly<Record<string, number>> = {
  'lenet-300-100': 0.982,
  'lenet-5': 0.991,
  'fashion-cnn': 0.91,
  'vgg-small': 0.9,
  // At most 90 errors.
  'digit-teacher': 0.991,
}

function readSample({ id, files }: Sample): tf.io.ModelArtifacts {
  const [json, shard] = files.map(({ path }) => readFileSync(`public/models/${id}/${path}`))
  const model = JSON.parse(String(json)) as tf.io.ModelJSON
  const weightSpecs = model.weightsManifest.flatMap(({ weights }) => weights)
  const weightData = new Uint8Array(shard ?? []).buffer
  return { modelTopology: model.modelTopology, weightSpecs, weightData }
}

function measure(model: tf.LayersModel, dataset: string, split: 'test' | 'validation'): number {
  const read = (part: string) =>
    gunzipSync(readFileSync(`public/datasets/${dataset}/${split}-${part}.bin`))
  const pixels = read('images')
  const labels = read('labels')
  let correct = 0
  for (let start = 0; start < labels.length; start += BATCH) {
    const bytes = pixels.subarray(start * 784, (start + BATCH) * 784)
    const chosen = tf.tidy(() => {
      const x = tf.tensor4d(
        Float32Array.from(bytes, (byte) => byte / 255),
        [BATCH, 28, 28, 1],
      )
      return (model.predict(x, { batchSize: BATCH }) as tf.Tensor).argMax(1).dataSync<'int32'>()
    })
    chosen.forEach((label, i) => {
      if (label === labels[start + i]) correct++
    })
  }
  return correct / labels.length
}

describe('the built-in samples', () => {
  beforeAll(startWasmBackend)

  it('are those that the first screen offers, and a teacher', () => {
    expect(samples.map(({ id }) => id)).toEqual(Object.keys(floors))
  })

  it.each(samples)('$id: files, hashes and parameters are as recorded', (sample) => {
    for (const { path, bytes, sha256 } of sample.files) {
      const content = readFileSync(`public/models/${sample.id}/${path}`)
      expect(content.length).toBe(bytes)
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
    }
    const specs = readSample(sample).weightSpecs ?? []
    const parameters = specs.reduce((sum, { shape }) => sum + elementCount(shape), 0)
    expect(parameters).toBe(sample.parameters)
  })

  it.each(samples)('$id reaches its recorded accuracy in stock TensorFlow.js', async (sample) => {
    const model = await tf.loadLayersModel(tf.io.fromMemory(readSample(sample)))
    const test = measure(model, sample.datasetId, 'test')
    // One image may fall the other way where another machine's compiler rounds differently.
    expect(Math.abs(test - sample.testAccuracy)).toBeLessThanOrEqual(1e-4 + 1e-9)
    expect(test).toBeGreaterThanOrEqual(floors[sample.id] ?? 1)
    const validation = measure(model, sample.datasetId, 'validation')
    expect(Math.abs(validation - sample.validationAccuracy)).toBeLessThanOrEqual(2e-4 + 1e-9)
    model.dispose()
  })
})
