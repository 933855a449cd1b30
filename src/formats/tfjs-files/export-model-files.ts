import { strToU8 } from 'fflate'
import type { Precision } from '../../core/model-summary'
import type { Between } from '../../files/between'
import type {
  ExportedFile,
  ExportedModel,
  Exporter,
  ExportTensor,
  StoredForm,
  Usage,
  WrittenParts,
} from '../exporter'
import type { OpenedModel } from '../format'
import { moveScales } from './channel-scales/move-scales'
import { isBare, writtenGraph } from './own-graph'
import { withDecodings } from './packed/graph-decodings'
import { canBePacked, refusalOfPacked } from './packed/refusal'
import { storeInGraph } from './packed/store-packed'
import type { GraphForm } from './packed/store-packed'
import { stockTopology } from './stock-names'
import { acceptsPrecision, storedForms } from './stored-values'

/** What the converters of TensorFlow.js use, so that hosts and tools meet nothing new. */
const SHARD_BYTES = 4 * 2 ** 20

const graphUsage: Usage = {
  language: 'js',
  intro: 'A TensorFlow.js graph model. Open it with stock TensorFlow.js:',
  code: "const model = await tf.loadGraphModel('model.json')",
}

const packedUsage: Usage = {
  ...graphUsage,
  intro:
    'A TensorFlow.js graph model. Its weights are codes that operators of the graph decode at each prediction. Open it with stock TensorFlow.js:',
}

const layersUsage: Usage = {
  language: 'js',
  intro: 'A TensorFlow.js layers model. Open it with stock TensorFlow.js:',
  code: "const model = await tf.loadLayersModel('model.json')",
}

const weightsUsage = (path: string): Usage => ({
  language: 'js',
  intro: 'A manifest of weights without layers. Load it with stock TensorFlow.js:',
  code: `const manifest = await (await fetch('${path}')).json()
const weights = await tf.io.loadWeights(manifest)`,
})

/** Models as stock TensorFlow.js reads them: model.json and shards of 4 MiB. */
export const tfjsExporter: Exporter = {
  container: 'tfjs',
  precisions: ['exact', 'packed', 'float32', 'float16'],
  offers: (model, precision) => precision !== 'packed' || canBePacked(model),
  accepts: (model, tensors, precision) =>
    precision === 'packed'
      ? (refusalOfPacked(model, tensors)?.toData() ?? null)
      : acceptsPrecision(model, tensors, precision),
  edited: editedLayers,
  store: storeInGraph,
  write,
}

/** Layers whose channels have scales of their own give these to the normalizations behind them. */
function editedLayers(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
): WrittenParts | null {
  // A topology that does not run here is written as it came.
  const isRead = precision === 'exact' && model.obstacles.run === null
  return isRead ? moveScales(model, tensors) : null
}

async function write(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  precision: Precision,
  between: Between,
): Promise<ExportedModel> {
  const isPacked = precision === 'packed'
  const refusal = isPacked ? refusalOfPacked(model, tensors) : null
  if (refusal !== null) throw refusal
  const edited = editedLayers(model, tensors, precision)
  const parts = edited ?? { ...model, tensors }
  const of = { ...model, weights: parts.weights }
  const forms = await storedForms(storeInGraph, of, parts.tensors, precision, between)
  const written = writtenGraph(model, isPacked)
  // Axes and sides stay as they are, whatever becomes of the weights.
  const added = (written?.added ?? []).map((weight) => storeInGraph(weight, weight, 'exact'))
  const specs = [...parts.weights, ...(written?.added ?? [])].map(({ spec }) => spec)
  const held = [...forms, ...added].map((form, index) => {
    const { name = form.name, shape = [], dtype = form.storedAs } = specs[index] ?? {}
    return { ...form, shape, dtype, name: written?.weightNames[index] ?? name }
  })
  const { signature } = written ?? model
  const { entries, topology } = withDecodings((written ?? parts).topology, held)
  const manifest = entries.flat()
  const shards = cutShards(held)
  const weightsManifest = [{ paths: shards.map((shard) => shard.path), weights: manifest }]
  const done = {
    tensors: forms.map(({ name, storedAs, bytes, reason }) => ({ name, storedAs, bytes, reason })),
    held,
    shardBytes: shards.reduce((sum, shard) => sum + shard.size, 0),
    ...(edited?.scales == null ? {} : { scales: edited.scales }),
    ...(isPacked ? { decoded: decodedIn(held) } : {}),
  }
  if (written === null && isBare(model)) {
    const path = `${model.name}-weights_manifest.json`
    return {
      ...done,
      files: [jsonFile(path, weightsManifest), ...shards],
      usage: weightsUsage(path),
    }
  }
  const isGraph = written !== null || model.format === 'tfjs-graph'
  const json = {
    format: isGraph ? 'graph-model' : 'layers-model',
    generatedBy: 'Compression Studio',
    convertedBy: null,
    ...(signature === null ? {} : { signature }),
    modelTopology: isGraph ? topology : stockTopology(topology),
    ...(model.metadata === null ? {} : { userDefinedMetadata: model.metadata }),
    ...(model.ml5Specs === null ? {} : { ml5Specs: model.ml5Specs }),
    weightsManifest,
  }
  return {
    ...done,
    files: [jsonFile('model.json', json), ...shards],
    usage: isPacked ? packedUsage : isGraph ? graphUsage : layersUsage,
  }
}

function decodedIn(held: readonly GraphForm[]): NonNullable<ExportedModel['decoded']> {
  const numbers = held.flatMap(({ decoding, length }) =>
    decoding === null ? [length] : decoding.parts.map((part) => part.length),
  )
  return {
    weights: held.flatMap(({ decoding, name }) => (decoding === null ? [] : [name])),
    elements: numbers.reduce((sum, length) => sum + length, 0),
  }
}

function jsonFile(path: string, content: object): ExportedFile {
  const bytes = strToU8(JSON.stringify(content))
  return { path, size: bytes.length, holdsWeights: false, bytes }
}

/** Cuts the weights, end to end, into files of `SHARD_BYTES`; the last one takes the rest. */
function cutShards(forms: readonly StoredForm[]): ExportedFile[] {
  const total = forms.reduce((sum, { bytes }) => sum + bytes, 0)
  const count = Math.ceil(total / SHARD_BYTES)
  return Array.from({ length: count }, (_, index) => {
    const start = index * SHARD_BYTES
    const path = `group1-shard${index + 1}of${count}.bin`
    return new Shard(path, forms, start, Math.min(total, start + SHARD_BYTES))
  })
}

/** Bytes [start, end) of all weights: made when they are read, from what of the tensors lies there. */
class Shard implements ExportedFile {
  readonly holdsWeights = true

  constructor(
    readonly path: string,
    private readonly forms: readonly StoredForm[],
    private readonly start: number,
    private readonly end: number,
  ) {}

  get size(): number {
    return this.end - this.start
  }

  get bytes(): Uint8Array {
    const { start, end } = this
    const out = new Uint8Array(end - start)
    let position = 0
    for (const form of this.forms) {
      const from = Math.max(start, position)
      const to = Math.min(end, position + form.bytes)
      if (from < to) out.set(form.content(from - position, to - position), from - start)
      position += form.bytes
      if (position >= end) break
    }
    return out
  }
}
