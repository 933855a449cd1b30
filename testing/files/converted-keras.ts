import { join } from 'node:path'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { recordedFile } from './recorded-keras'
import type { RecordedKeras } from './recorded-keras'

/** As the converter of TensorFlow.js writes a file of Keras: its config as it is, and weights by its names for them. */
export async function converted(
  { file }: RecordedKeras,
  version = file.version,
): Promise<FileBundle> {
  const weights: { name: string; shape: readonly number[]; dtype: string }[] = []
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (const weight of file.weights) {
    const values = await weight.read()
    const own = values instanceof Float32Array ? values : Int32Array.from(values)
    const dtype = values instanceof Float32Array ? 'float32' : 'int32'
    weights.push({ name: weight.name, shape: weight.shape, dtype })
    parts.push(new Uint8Array(own.buffer as ArrayBuffer, own.byteOffset, own.byteLength))
  }
  const modelTopology = { keras_version: version, backend: 'tensorflow', model_config: file.config }
  const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights }]
  const json = { format: 'layers-model', modelTopology, weightsManifest }
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
  return [
    memoryFile('model.json', new TextEncoder().encode(JSON.stringify(json))),
    memoryFile('group1-shard1of1.bin', bytes),
  ]
}

/** A file of Keras with what Keras said of it, by its name in `keras-cases`. */
export function recordedCase(name: string): RecordedKeras {
  return recordedFile(join(import.meta.dirname, `keras-cases/${name}.json`))
}
