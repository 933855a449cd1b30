import { strToU8 } from 'fflate'
import { decode, rangeOf } from '../../core/encoded-tensor'
import type { AffineTensor } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { float16Table, numberToFloat16 } from '../../core/float16'
import type {
  ExportedFile,
  ExportedModel,
  ExportFormat,
  ExportTensor,
  OpenedModel,
  OpenedWeight,
  StoredTensor,
} from '../format'
import type { Between } from '../../files/between'

/** What the converters of TensorFlow.js use, so that hosts and tools meet nothing new. */
const SHARD_BYTES = 4 * 2 ** 20

interface Quantization {
  readonly dtype: 'float16' | 'uint16' | 'uint8'
  readonly scale?: number
  readonly min?: number
  readonly original_dtype?: 'float32' | 'int32'
}

interface StoredEntry {
  readonly bytes: Uint8Array
  readonly quantization: Quantization | null
  readonly storedAs: StoredTensor['storedAs']
  readonly reason: StoredTensor['reason']
}

/**
 * Writes a model as stock TensorFlow.js reads it: model.json and shards of 4 MiB.
 * @param tensors one per weight of the model, in the same order
 * @throws StudioError 'export/float16-range' when a value is too large for float16
 */
export async function exportModelFiles(
  model: OpenedModel,
  tensors: readonly ExportTensor[],
  format: ExportFormat,
  between: Between,
): Promise<ExportedModel> {
  const manifest: object[] = []
  const stored: StoredTensor[] = []
  const pieces: Uint8Array[] = []
  for (const [index, weight] of model.weights.entries()) {
    const entry = storeTensor(tensors[index] ?? weight, weight, format)
    const { name, shape, dtype } = weight.spec
    const { quantization } = entry
    manifest.push({ name, shape, dtype, ...(quantization === null ? {} : { quantization }) })
    stored.push({
      name,
      storedAs: entry.storedAs,
      bytes: entry.bytes.length,
      reason: entry.reason,
    })
    pieces.push(entry.bytes)
    await between(index + 1, model.weights.length)
  }
  const shards = cutShards(pieces)
  const json = {
    format: model.format === 'tfjs-graph' ? 'graph-model' : 'layers-model',
    generatedBy: 'Compression Studio',
    convertedBy: null,
    ...(model.signature === null ? {} : { signature: model.signature }),
    modelTopology: model.topology,
    ...(model.metadata === null ? {} : { userDefinedMetadata: model.metadata }),
    weightsManifest: [{ paths: shards.map((shard) => shard.path), weights: manifest }],
  }
  return {
    files: [{ path: 'model.json', bytes: strToU8(JSON.stringify(json)) }, ...shards],
    tensors: stored,
    shardBytes: shards.reduce((sum, shard) => sum + shard.bytes.length, 0),
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

function storeTensor(
  tensor: ExportTensor,
  source: OpenedWeight,
  format: ExportFormat,
): StoredEntry {
  const untouched =
    !('kind' in tensor) || (tensor.kind === 'float' && tensor.values === source.values)
  if (source.spec.dtype !== 'float32')
    return {
      bytes: bytesOf(source.values),
      quantization: null,
      storedAs: source.spec.dtype,
      reason: 'notQuantized',
    }
  if (format === 'exact') {
    if (untouched && source.quantized !== null) return asStored(source, source.quantized)
    if ('kind' in tensor && tensor.kind === 'affine' && reasonAgainst(tensor) === null)
      return asCodes(tensor)
  }
  const values = 'kind' in tensor ? decode(tensor) : Float32Array.from(tensor.values)
  const reason = format === 'exact' ? reasonAgainst(tensor) : 'chosen'
  if (format === 'float16') return { ...asFloat16(source.spec.name, values), reason }
  if (format === 'exact' && fitsFloat16(values))
    return { ...asFloat16(source.spec.name, values), reason }
  return { bytes: bytesOf(values), quantization: null, storedAs: 'float32', reason }
}

/** Why an entry with one scale and one min cannot hold the tensor exactly; null when it can. */
function reasonAgainst(tensor: ExportTensor): StoredTensor['reason'] {
  if (!('kind' in tensor) || tensor.kind === 'float') return 'notQuantized'
  if (tensor.kind === 'codebook') return 'mean'
  if (tensor.mask !== null) return 'linearWithMask'
  return tensor.scale.length > 1 ? 'perChannel' : null
}

/** An entry of the opened file, code for code. */
function asStored(
  source: OpenedWeight,
  { codes, scale, min }: NonNullable<OpenedWeight['quantized']>,
): StoredEntry {
  const dtype = codes instanceof Uint8Array ? 'uint8' : 'uint16'
  return {
    bytes: bytesOf(codes),
    quantization: { dtype, scale, min, original_dtype: 'float32' },
    storedAs: source.storedAs,
    reason: null,
  }
}

/**
 * tfjs decodes `code * scale + min` in double precision and rounds once, which is the studio's own
 * definition of decoding: the entry is exact for any bits up to 16.
 */
function asCodes(tensor: AffineTensor): StoredEntry {
  const dtype = tensor.bits <= 8 ? 'uint8' : 'uint16'
  const codes = dtype === 'uint8' ? Uint8Array.from(tensor.codes) : Uint16Array.from(tensor.codes)
  return {
    bytes: bytesOf(codes),
    quantization: { dtype, ...rangeOf(tensor, 0), original_dtype: 'float32' },
    storedAs: dtype,
    reason: null,
  }
}

function fitsFloat16(values: Float32Array): boolean {
  const table = float16Table()
  return values.every((value) => Object.is(table[numberToFloat16(value)], value))
}

/** @throws StudioError 'export/float16-range' */
function asFloat16(tensor: string, values: Float32Array): Omit<StoredEntry, 'reason'> {
  const halves = Uint16Array.from(values, numberToFloat16)
  const bad = halves.findIndex((bits) => (bits & 0x7c00) === 0x7c00)
  if (bad >= 0)
    throw new StudioError('export/float16-range', { tensor, index: bad, value: values[bad] ?? NaN })
  return { bytes: bytesOf(halves), quantization: { dtype: 'float16' }, storedAs: 'float16' }
}

function bytesOf(values: Float32Array | Int32Array | Uint16Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
