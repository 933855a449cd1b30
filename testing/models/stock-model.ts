import type * as Tf from '@tensorflow/tfjs'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'

/** What stock TensorFlow.js hands to a save handler, as files of a drop. */
export async function savedFiles(
  tf: typeof Tf,
  model: Tf.LayersModel,
  folder = '',
): Promise<FileBundle> {
  const files: { path: string; bytes: Uint8Array }[] = []
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const data = tf.io.CompositeArrayBuffer.join(artifacts.weightData)
      const json = {
        format: artifacts.format,
        generatedBy: artifacts.generatedBy,
        convertedBy: artifacts.convertedBy,
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{ paths: ['weights.bin'], weights: artifacts.weightSpecs }],
      }
      files.push(
        { path: `${folder}model.json`, bytes: new TextEncoder().encode(JSON.stringify(json)) },
        { path: `${folder}weights.bin`, bytes: new Uint8Array(data) },
      )
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' },
      })
    }),
  )
  return files.map((file) => memoryFile(file.path, file.bytes))
}

/** Loads files as a page would, through nothing but stock TensorFlow.js. */
export async function loadWithStock(
  tf: typeof Tf,
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): Promise<Tf.LayersModel> {
  const bytesOf = (path: string): Uint8Array => {
    const file = files.find((item) => item.path === path)
    if (file === undefined) throw new Error(`${path} is not among the files`)
    return file.bytes
  }
  const json = JSON.parse(new TextDecoder().decode(bytesOf('model.json'))) as Tf.io.ModelJSON
  const artifacts = await tf.io.getModelArtifactsForJSON(json, (manifest) => {
    const specs = manifest.flatMap((group) => group.weights)
    const shards = manifest.flatMap((group) => group.paths).map(bytesOf)
    const joined = new Uint8Array(shards.reduce((sum, shard) => sum + shard.length, 0))
    let at = 0
    for (const shard of shards) {
      joined.set(shard, at)
      at += shard.length
    }
    return Promise.resolve([specs, joined.buffer])
  })
  return tf.loadLayersModel(tf.io.fromMemory(artifacts))
}
