import { zipSync } from 'fflate'
import { memoryFile } from '../../src/files/file-bundle'
import type { FileBundle } from '../../src/files/file-bundle'
import { textBytes } from './layers-files'
import { float32, ramp } from './safetensors-files'

/** Opcodes of pickle with their operands, put together by hand as `torch.save` has them. */
export type Pickled = readonly number[]

export const text = (value: string): Pickled => {
  const bytes = [...textBytes(value)]
  return [0x58, ...u32(bytes.length), ...bytes]
}
export const int = (value: number): Pickled => [0x4a, ...u32(value)]
export const global = (module: string, name: string): Pickled => [
  ...[0x63, ...textBytes(`${module}\n${name}\n`)],
]
export const tuple = (...items: readonly Pickled[]): Pickled => [0x28, ...items.flat(), 0x74]
export const called = (callee: Pickled, ...given: readonly Pickled[]): Pickled => [
  ...[...callee, ...tuple(...given), 0x52],
]
export const dict = (entries: Readonly<Record<string, Pickled>>): Pickled => [
  ...[0x7d, 0x28],
  ...Object.entries(entries).flatMap(([key, value]) => [...text(key), ...value]),
  0x75,
]
export const pickle = (value: Pickled): Uint8Array => Uint8Array.of(0x80, 2, ...value, 0x2e)

const empty = called(global('collections', 'OrderedDict'))

function u32(value: number): readonly number[] {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value, true)
  return [...bytes]
}

/** A tensor as a pickle says it. */
export interface TensorFacts {
  readonly type?: string
  readonly key: string
  /** Elements of its storage. */
  readonly length: number
  readonly offset?: number
  readonly shape: readonly number[]
  readonly strides?: readonly number[]
  /** Whether a sign is turned when it is read; said where it is. */
  readonly metadata?: Pickled
}

export function tensor(facts: TensorFacts): Pickled {
  return called(rebuild, ...argumentsOf(facts))
}

/** A tensor with attributes of its own, such as one that a module was given as `nn.Buffer`. */
export function tensorWithAttributes(
  facts: TensorFacts,
  attributes: Pickled,
  build: Pickled = rebuild,
): Pickled {
  return called(
    global('torch._tensor', '_rebuild_from_type_v2'),
    build,
    global('torch', 'Tensor'),
    tuple(...argumentsOf(facts)),
    attributes,
  )
}

const rebuild = global('torch._utils', '_rebuild_tensor_v2')

function argumentsOf(facts: TensorFacts): readonly Pickled[] {
  const { key, length, offset = 0, shape, type = 'FloatStorage' } = facts
  const strides = facts.strides ?? rowMajor(shape)
  const id = tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(length))
  const [sides, steps] = [tuple(...shape.map(int)), tuple(...strides.map(int))]
  const more = facts.metadata === undefined ? [] : [facts.metadata]
  return [[...id, 0x51], int(offset), sides, steps, [0x89], empty, ...more]
}

function rowMajor(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1))
}

/** A file of PyTorch: a pickle and the bytes of its storages, stored as they are. */
export function checkpointBytes(
  value: Pickled,
  storages: Readonly<Record<string, Uint8Array>>,
  more: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const entries = Object.entries(storages).map(
    ([key, bytes]) => [`net/data/${key}`, bytes] as const,
  )
  return zipSync(
    {
      'net/data.pkl': pickle(value),
      'net/byteorder': textBytes('little'),
      ...Object.fromEntries(entries),
      'net/version': textBytes('3\n'),
      ...more,
    },
    { level: 0 },
  )
}

/** A state dict of a convolution and a product, the second of which lies column by column. */
const small = dict({
  'conv1.weight': tensor({ key: '0', length: 72, shape: [4, 2, 3, 3] }),
  'conv1.bias': tensor({ key: '1', length: 4, shape: [4] }),
  'fc.weight': tensor({ key: '2', length: 8, offset: 1, shape: [3, 2], strides: [1, 3] }),
  'fc.bias': tensor({ key: '1', length: 4, shape: [3] }),
})
const storages = { 0: ramp(72), 1: ramp(4), 2: float32(9, 1, 2, 3, 4, 5, 6, 9) }

export function smallCheckpoint(path = 'net.pth'): FileBundle {
  return [memoryFile(path, checkpointBytes(small, storages))]
}

export function smallPickle(): Uint8Array {
  return pickle(small)
}

/** Another pickle over the same storages. */
export function zippedPickle(bytes: Uint8Array): Uint8Array {
  return checkpointBytes(small, storages, { 'net/data.pkl': bytes })
}

/** Two files and the index that says which tensor is in which. */
export function shardedCheckpoints(): FileBundle {
  const paths = [1, 2].map((number) => `pytorch_model-0000${number}-of-00002.bin`)
  const [one = '', two = ''] = paths
  const shard = (path: string, name: string): FileBundle[number] =>
    memoryFile(
      path,
      checkpointBytes(dict({ [name]: tensor({ key: '0', length: 6, shape: [2, 3] }) }), {
        0: ramp(6),
      }),
    )
  const index = JSON.stringify({ weight_map: { 'a.weight': one, 'b.weight': two } })
  return [
    memoryFile('pytorch_model.bin.index.json', textBytes(index)),
    shard(one, 'a.weight'),
    shard(two, 'b.weight'),
  ]
}
