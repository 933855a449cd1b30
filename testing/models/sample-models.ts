/** The built-in models as a person's own program reads them: plain TensorFlow.js, and counting. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'

export interface Sample {
  readonly id: string
  readonly datasetId: string
  readonly parameters: number
  readonly files: readonly { path: string; bytes: number; sha256: string }[]
  readonly testAccuracy: number
  readonly validationAccuracy: number
}

/** Right answers of a sample, by the hash of all that they depend on. */
export interface SampleMeasure {
  readonly id: string
  readonly inputs: string
  /** Of all images of the split. */
  readonly test: { readonly correct: number; readonly images: number }
  readonly validation: { readonly correct: number; readonly images: number }
  /** Of the first `FEW` test images. */
  readonly few: { readonly correct: number; readonly images: number }
}

export const samples = JSON.parse(readFileSync('public/models/samples.json', 'utf8')) as Sample[]

/** Test images that every test run looks at again. */
export const FEW = 250

/** Where `npm run check:samples` writes what it has measured. */
export const MEASURED = 'docs/samples-measured.json'

const BATCH = 250

export function readSample({ id, files }: Sample): tf.io.ModelArtifacts {
  const [json, shard] = files.map(({ path }) => readFileSync(`public/models/${id}/${path}`))
  const model = JSON.parse(String(json)) as tf.io.ModelJSON
  const weightSpecs = model.weightsManifest.flatMap(({ weights }) => weights)
  const weightData = new Uint8Array(shard ?? []).buffer
  return { modelTopology: model.modelTopology, weightSpecs, weightData }
}

/** Hash of the bytes of the model and of the packed images and labels it is measured on. */
export function inputsOf({ id, datasetId, files }: Sample): string {
  const hash = createHash('sha256')
  for (const { path } of files) hash.update(readFileSync(`public/models/${id}/${path}`))
  for (const split of ['test', 'validation'])
    for (const part of ['images', 'labels'])
      hash.update(readFileSync(`public/datasets/${datasetId}/${split}-${part}.bin`))
  return hash.digest('hex')
}

/** Right answers among the first images of a split, or among all of it. */
export function countCorrect(
  model: Pick<tf.LayersModel, 'predict'> | Pick<tf.GraphModel, 'predict'>,
  dataset: string,
  split: 'test' | 'validation',
  first = Infinity,
): { correct: number; images: number } {
  const read = (part: string) =>
    gunzipSync(readFileSync(`public/datasets/${dataset}/${split}-${part}.bin`))
  const pixels = read('images')
  const labels = read('labels').subarray(0, first)
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
  return { correct, images: labels.length }
}
