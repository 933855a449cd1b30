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

interface NamedBytes {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Loads files as a page would, through nothing but stock TensorFlow.js. */
export async function loadWithStock(
  tf: typeof Tf,
  files: readonly NamedBytes[],
): Promise<Tf.LayersModel> {
  return tf.loadLayersModel(tf.io.fromMemory(await artifactsIn(tf, files)))
}

/** The same for graph models. */
export async function loadGraphWithStock(
  tf: typeof Tf,
  files: readonly NamedBytes[],
): Promise<Tf.GraphModel> {
  return tf.loadGraphModel(tf.io.fromMemory(await artifactsIn(tf, files)))
}

function artifactsIn(tf: typeof Tf, files: readonly NamedBytes[]): Promise<Tf.io.ModelArtifacts> {
  const bytesOf = (path: string): Uint8Array => {
    const file = files.find((item) => item.path === path)
    if (file === undefined) throw new Error(`${path} is not among the files`)
    return file.bytes
  }
  const json = JSON.parse(new TextDecoder().decode(bytesOf('model.json'))) as Tf.io.ModelJSON
  return tf.io.getModelArtifactsForJSON(json, (manifest) => {
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
}
