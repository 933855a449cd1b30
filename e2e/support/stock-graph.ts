import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { unzipSync } from 'fflate'

/** What plain TensorFlow.js makes of a downloaded zip. */
export async function stockGraph(path: string): Promise<tf.GraphModel> {
  const files = unzipSync(new Uint8Array(readFileSync(path)))
  const json = JSON.parse(new TextDecoder().decode(files['model.json'])) as tf.io.ModelJSON
  const artifacts = await tf.io.getModelArtifactsForJSON(json, ([group]) => {
    const shard = files[group?.paths[0] ?? ''] ?? new Uint8Array()
    return Promise.resolve([group?.weights ?? [], shard.slice().buffer])
  })
  return tf.loadGraphModel(tf.io.fromMemory(artifacts))
}
