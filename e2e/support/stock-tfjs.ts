import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { unzipSync } from 'fflate'

/**
 * The outside judge: plain TensorFlow.js in Node and an unzip library, none of the studio's code.
 * What it reads from a downloaded zip is what a person's own program will read.
 */
export interface StockModel {
  readonly model: tf.LayersModel
  /** Decoded weights by manifest name. */
  readonly weights: ReadonlyMap<string, Float32Array>
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** The files of a zip, by path. */
export function unzipped(zipPath: string): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(new Uint8Array(readFileSync(zipPath)))))
}

export async function loadZipWithStockTfjs(
  zipPath: string,
  backend: 'cpu' | 'wasm' = 'cpu',
): Promise<StockModel> {
  await tf.setBackend(backend)
  const files = unzipped(zipPath)
  const read = (name: string): Uint8Array => {
    const bytes = files.get(name)
    if (bytes === undefined)
      throw new Error(`${name} is not in the zip: ${[...files.keys()].join()}`)
    return bytes
  }
  const json = JSON.parse(new TextDecoder().decode(read('model.json'))) as tf.io.ModelJSON
  const shards = json.weightsManifest.flatMap((group) => group.paths.map(read))
  const weightData = new Uint8Array(shards.reduce((sum, shard) => sum + shard.length, 0))
  let offset = 0
  for (const shard of shards) {
    weightData.set(shard, offset)
    offset += shard.length
  }
  const weightSpecs = json.weightsManifest.flatMap((group) => group.weights)
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs,
      weightData: weightData.buffer,
    }),
  )
  const weights = new Map<string, Float32Array>()
  for (const [name, tensor] of Object.entries(tf.io.decodeWeights(weightData.buffer, weightSpecs)))
    weights.set(name, Float32Array.from(await tensor.data()))
  return { model, weights, files }
}

/** Outputs before the last softmax, one row of `classes` numbers a sample. */
export function stockLogits(model: tf.LayersModel, images: tf.Tensor, batch = 500): Float32Array {
  const last = model.layers[model.layers.length - 1]
  if (last === undefined) throw new Error('the model has no layers')
  // Plain tfjs has no call for it: the layer's activation becomes the identity.
  Object.assign(last, { activation: { apply: (x: tf.Tensor) => x, getClassName: () => 'linear' } })
  const rows: Float32Array[] = []
  const [count = 0] = images.shape
  for (let start = 0; start < count; start += batch) {
    const part = tf.tidy(() => {
      const input = images.slice(start, Math.min(batch, count - start))
      return model.predict(input) as tf.Tensor
    })
    rows.push(part.dataSync().slice() as Float32Array)
    part.dispose()
  }
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0))
  let offset = 0
  for (const row of rows) {
    all.set(row, offset)
    offset += row.length
  }
  return all
}
