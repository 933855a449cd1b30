import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { textBytes } from './layers-files'

/** One entry of a header, as a test writes it; offsets are counted where it does not give them. */
export interface TensorEntry {
  readonly dtype: string
  readonly shape: readonly unknown[]
  readonly bytes: Uint8Array
}

/** A file of safetensors: length, header, bytes end to end in the order given. */
export function safetensorsBytes(
  tensors: Readonly<Record<string, TensorEntry>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  let position = 0
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata }
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [position, position + bytes.length] }
    position += bytes.length
  }
  return withHeader(JSON.stringify(header), ...Object.values(tensors).map(({ bytes }) => bytes))
}

/** The same with a header to the letter. */
export function withHeader(json: string, ...data: readonly Uint8Array[]): Uint8Array {
  const text = textBytes(json)
  const length = new Uint8Array(8)
  new DataView(length.buffer).setUint32(0, text.length, true)
  return Uint8Array.from(Buffer.concat([length, text, ...data]))
}

export const float32 = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer)

/** `count` values, none of them zero. */
export const ramp = (count: number): Uint8Array =>
  float32(...Array.from({ length: count }, (_, at) => (at + 1) / 8 - 2.0625))

/** A small network as PyTorch names its weights, with a count of batches. */
export function smallStateDict(): Record<string, TensorEntry> {
  return {
    'conv1.weight': { dtype: 'F32', shape: [4, 2, 3, 3], bytes: ramp(72) },
    'conv1.bias': { dtype: 'F32', shape: [4], bytes: ramp(4) },
    'bn1.weight': { dtype: 'F32', shape: [4], bytes: float32(1, 2, 3, 4) },
    'bn1.bias': { dtype: 'F32', shape: [4], bytes: float32(0, 0, 0, 0) },
    'bn1.running_mean': { dtype: 'F32', shape: [4], bytes: ramp(4) },
    'bn1.running_var': { dtype: 'F32', shape: [4], bytes: float32(1, 1, 1, 1) },
    'bn1.num_batches_tracked': {
      ...{ dtype: 'I64', shape: [] },
      bytes: new Uint8Array(BigInt64Array.of(1234n).buffer),
    },
    'fc.weight': { dtype: 'BF16', shape: [3, 5], bytes: bfloat16(ramp(15)) },
    'fc.bias': { dtype: 'F32', shape: [3], bytes: ramp(3) },
  }
}

/** The upper halves of float32 values, by hand. */
function bfloat16(floats: Uint8Array): Uint8Array {
  return floats.filter((_, at) => at % 4 >= 2)
}

export function safetensorsFile(
  tensors: Readonly<Record<string, TensorEntry>> = smallStateDict(),
  path = 'net.safetensors',
): FileBundle {
  return [memoryFile(path, safetensorsBytes(tensors, { format: 'pt' }))]
}

/** Two files and the index that says which tensor is in which. */
export function shardedSafetensors(): FileBundle {
  const entries = Object.entries(smallStateDict())
  const halves = [entries.slice(0, 5), entries.slice(5)]
  const paths = [1, 2].map((number) => `model-0000${number}-of-00002.safetensors`)
  const places = halves.flatMap((half, at) => half.map(([name]) => [name, paths[at]] as const))
  const index = JSON.stringify({ metadata: {}, weight_map: Object.fromEntries(places) })
  return [
    memoryFile('model.safetensors.index.json', textBytes(index)),
    ...halves.map((half, at) =>
      memoryFile(paths[at] ?? '', safetensorsBytes(Object.fromEntries(half), { format: 'pt' })),
    ),
  ]
}
