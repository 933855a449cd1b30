import { strToU8 } from 'fflate'
import type { Precision } from '../../core/model-summary'
import type { Between } from '../../files/between'
import type {
  ExportedFile,
  ExportedModel,
  Exporter,
  ExportTensor,
  StoredTensor,
  Usage,
} from '../exporter'
import type { OpenedModel } from '../format'
import { refuseFloat16, storeTensor } from './store-tensor'

/** What the converters of TensorFlow.js use, so that hosts and tools meet nothing new. */
const SHARD_BYTES = 4 * 2 ** 20

const graphUsage: Usage = {
  intro: 'A TensorFlow.js graph model. Open it with stock TensorFlow.js:',
  code: "const model = await tf.loadGraphModel('model.json')",
}

const layersUsage: Usage = {
  intro: 'A TensorFlow.js layers model. Open it with stock TensorFlow.js:',
  code: "const model = await tf.loadLayersModel('model.json')",
}

const weightsUsage = (path: string): Usage => ({
  intro: 'A manifest of weights without layers. Load it with stock TensorFlow.js:',
  code: `const manifest = await (await fetch('${path}')).json()
const weights = await tf.io.loadWeights(manifest)`,
})

/** Models as stock TensorFlow.js reads them: model.json and shards of 4 MiB. */
export const tfjsExporter: Exporter = {
  container: 'tfjs',
  precisions: ['exact', 'float32', 'float16'],
  accepts: (model, tensors, precision) => {
    if (precision !== 'float16') return null
    for (const [index, weight] of model.weights.entries()) {
      const refusal = refuseFloat16(tensors[index] ?? weight, weight)
      if (refusal !== null) return refusal.toData()
    }
    return null
  },
  store: storeTensor,
  write,
}

async function write(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
  between: Between,
): Promise<ExportedModel> {
  const manifest: object[] = []
  const stored: StoredTensor[] = []
  const pieces: Uint8Array[] = []
  for (const [index, weight] of model.weights.entries()) {
    const form = storeTensor(tensors[index] ?? weight, weight, precision)
    const { name, shape, dtype } = weight.spec
    const { quantization, storedAs, bytes, reason } = form
    manifest.push({ name, shape, dtype, ...(quantization === null ? {} : { quantization }) })
    stored.push({ name, storedAs, bytes, reason })
    pieces.push(form.content())
    await between(index + 1, model.weights.length)
  }
  const shards = cutShards(pieces)
  const weightsManifest = [{ paths: shards.map((shard) => shard.path), weights: manifest }]
  const done = {
    tensors: stored,
    shardBytes: shards.reduce((sum, shard) => sum + shard.bytes.length, 0),
  }
  if (Object.keys(model.topology).length === 0) {
    const path = `${model.name}-weights_manifest.json`
    const bytes = strToU8(JSON.stringify(weightsManifest))
    return { ...done, files: [{ path, bytes }, ...shards], usage: weightsUsage(path) }
  }
  const isGraph = model.format === 'tfjs-graph'
  const json = {
    format: isGraph ? 'graph-model' : 'layers-model',
    generatedBy: 'Compression Studio',
    convertedBy: null,
    ...(model.signature === null ? {} : { signature: model.signature }),
    modelTopology: model.topology,
    ...(model.metadata === null ? {} : { userDefinedMetadata: model.metadata }),
    ...(model.ml5Specs === null ? {} : { ml5Specs: model.ml5Specs }),
    weightsManifest,
  }
  return {
    ...done,
    files: [{ path: 'model.json', bytes: strToU8(JSON.stringify(json)) }, ...shards],
    usage: isGraph ? graphUsage : layersUsage,
  }
}

/** Cuts the weights, end to end, into files of `SHARD_BYTES`; the last one takes the rest. */
function cutShards(pieces: readonly Uint8Array[]): ExportedFile[] {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const count = Math.ceil(total / SHARD_BYTES)
  const shards = Array.from({ length: count }, (_, index) => ({
    path: `group1-shard${index + 1}of${count}.bin`,
    bytes: new Uint8Array(Math.min(SHARD_BYTES, total - index * SHARD_BYTES)),
  }))
  let position = 0
  for (const piece of pieces)
    for (let at = 0; at < piece.length;) {
      const offset = position % SHARD_BYTES
      const part = piece.subarray(at, at + SHARD_BYTES - offset)
      shards[Math.floor(position / SHARD_BYTES)]?.bytes.set(part, offset)
      at += part.length
      position += part.length
    }
  return shards
}
