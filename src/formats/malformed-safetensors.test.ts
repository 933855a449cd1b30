import { textBytes } from '../../testing/files/layers-files'
import { testRefusals } from '../../testing/files/refusals'
import type { BrokenCase } from '../../testing/files/refusals'
import {
  float32,
  ramp,
  safetensorsBytes,
  shardedSafetensors,
  withHeader,
} from '../../testing/files/safetensors-files'
import type { TensorEntry } from '../../testing/files/safetensors-files'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'

const alone = (bytes: Uint8Array): FileBundle => [memoryFile('net.safetensors', bytes)]

/** One header to the letter, over eight bytes of data. */
const header = (json: string): FileBundle => alone(withHeader(json, float32(1, 2)))

const entry = (fields: string): FileBundle => header(`{"w": {${fields}}}`)

const half = (name: string, fields: Partial<TensorEntry> = {}): Record<string, TensorEntry> => ({
  [name]: { dtype: 'F32', shape: [2], bytes: float32(1, 2), ...fields },
})

/** A file as the studio writes one of codes, with what it says of them. */
function coded(told: object): FileBundle {
  const tensors = {
    'w.scale': { dtype: 'F32', shape: [1], bytes: float32(0.5) },
    'w.zero_point': { dtype: 'F32', shape: [1], bytes: float32(2) },
    'w.codes': { dtype: 'U8', shape: [2, 2], bytes: Uint8Array.of(0, 1, 2, 9) },
  }
  const how = {
    ...{ codes: 'w.codes', scale: 'w.scale', zero_point: 'w.zero_point' },
    ...{ bits: 4, count: 1, inner: 4, block: 1, axis: 1, ...told },
  }
  const metadata = { compression_studio: JSON.stringify({ version: 1, weights: [['w', how]] }) }
  return alone(safetensorsBytes(tensors, metadata))
}

const field = (
  name: string,
  files: () => FileBundle,
  place: string,
  expected: string,
  found: string,
): BrokenCase => ({
  ...{ name, files, code: 'open/tensor-field' },
  message: `net.safetensors, ${place}: expected ${expected}, found ${found}.`,
})

testRefusals(
  [
    field(
      'fewer bytes than a length has',
      () => alone(Uint8Array.of(1, 0, 0)),
      ...(['the file', 'at least 8 bytes', '3 bytes'] as const),
    ),
    field(
      'a header longer than the file',
      () => alone(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0x7b, 0x7d)),
      ...([
        'the length of the header',
        'at most 2 bytes, all that follows',
        '16777216 bytes',
      ] as const),
    ),
    field(
      'a header that is a list',
      () => header('[1]'),
      ...(['the header', 'an object', '[1]'] as const),
    ),
    {
      name: 'a header that is no JSON',
      files: () => header('{"w": }'),
      code: 'open/json-syntax',
      message: 'net.safetensors, line 1, column 7: expected a value, found }.',
    },
    field(
      'a name in another encoding',
      () => {
        const bytes = safetensorsBytes(half('w'))
        bytes[bytes.indexOf(0x77)] = 0xff
        return alone(bytes)
      },
      'the header',
      'text in UTF-8',
      'bytes that are not',
    ),
    field(
      'a tensor twice',
      () => header('{"w": {}, "w": {}}'),
      'the header',
      'each name once',
      'w twice',
    ),
    {
      name: 'a name of all objects',
      files: () => header('{"__proto__": {}}'),
      code: 'open/forbidden-name',
      message:
        'net.safetensors, top level: the name "__proto__" cannot be used, because JavaScript reserves it.',
    },
    field('no tensor', () => alone(withHeader('{}')), 'the file', 'at least one tensor', 'nothing'),
    field('a number in place of a tensor', () => header('{"w": 3}'), 'w', 'an object', '3'),
    field(
      'an unknown type',
      () => entry('"dtype": "F33", "shape": [2], "data_offsets": [0, 8]'),
      'w.dtype',
      'one of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, C64, F8_E4M3, F8_E5M2, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, F6_E2M3, F6_E3M2, F4',
      'F33',
    ),
    field(
      'a side below zero',
      () => entry('"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]'),
      ...(['w.shape', 'a list of whole numbers from 0', '[-2]'] as const),
    ),
    {
      name: 'a shape beyond any memory',
      files: () => entry('"dtype": "F32", "shape": [100000, 100000], "data_offsets": [0, 8]'),
      code: 'open/shape-too-large',
      message:
        'net.safetensors, w.shape: w would bring the model to more than 536870912 weights (found 10000000000 in this one).',
    },
    field(
      'offsets that are no pair',
      () => entry('"dtype": "F32", "shape": [2], "data_offsets": [0]'),
      ...(['w.data_offsets', 'two whole numbers from 0', '[0]'] as const),
    ),
    field(
      'fewer bytes than the shape needs',
      () => entry('"dtype": "F32", "shape": [2], "data_offsets": [0, 4]'),
      ...(['w.data_offsets', '8 bytes for 2 elements of F32', '4 bytes'] as const),
    ),
    field(
      'a hole before the first tensor',
      () => entry('"dtype": "F32", "shape": [1], "data_offsets": [4, 8]'),
      ...(['w.data_offsets', 'the first tensor to begin at byte 0', 'byte 4'] as const),
    ),
    field(
      'two tensors that share bytes',
      () =>
        header(
          '{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [2, 6]}}',
        ),
      ...(['b.data_offsets', 'to begin at byte 4, where a ends', 'byte 2'] as const),
    ),
    {
      name: 'a file that was cut',
      files: () => alone(safetensorsBytes(half('w')).slice(0, -3)),
      code: 'open/shard-short',
      message: 'net.safetensors: expected 70 bytes, found 67. The data ends inside w.',
    },
    {
      name: 'bytes behind the last tensor',
      files: () => alone(Uint8Array.of(...safetensorsBytes(half('w')), 1, 2)),
      code: 'open/shard-long',
      message: 'net.safetensors: expected 70 bytes, found 72.',
    },
    {
      name: 'a weight that is no number',
      files: () => alone(safetensorsBytes(half('w', { bytes: float32(1, NaN) }))),
      code: 'open/non-finite',
      message: 'net.safetensors: w holds 1 NaN and 0 infinite values, the first at index 1.',
    },
    field(
      'metadata that is no text',
      () =>
        header(
          '{"__metadata__": {"a": 1}, "w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}',
        ),
      ...(['__metadata__.a', 'a text', '1'] as const),
    ),
    field(
      'codes of more bits than are said',
      () => coded({ bits: 3 }),
      ...(['w.codes[3]', 'at most 7', '9'] as const),
    ),
    field(
      'codes of scales that are missing',
      () => coded({ count: 2, inner: 2 }),
      '__metadata__.compression_studio.weights[0].scale',
      ...(['a tensor of 2 elements', '1'] as const),
    ),
    field(
      'codes in a tensor that is not there',
      () => coded({ codes: 'v' }),
      '__metadata__.compression_studio.weights[0].codes',
      ...(['a tensor of its own in this file', '"v"'] as const),
    ),
    {
      name: 'an index with a path upwards',
      files: () => [
        memoryFile(
          'model.safetensors.index.json',
          textBytes('{"weight_map": {"a": "../b.safetensors"}}'),
        ),
      ],
      code: 'open/unsafe-path',
      message:
        'model.safetensors.index.json, weight_map.a: expected the name of a file beside model.json, found "../b.safetensors".',
    },
    {
      name: 'an index and one of two files',
      files: () => shardedSafetensors().slice(0, 2),
      code: 'open/missing-shards',
      message:
        'model.safetensors.index.json needs 2 weight files, 1 arrived. Still missing: model-00002-of-00002.safetensors.',
    },
    {
      name: 'an index that names a tensor which is nowhere',
      files: () => {
        const index = { weight_map: { w: 'net.safetensors', v: 'net.safetensors' } }
        return [
          memoryFile('net.safetensors.index.json', textBytes(JSON.stringify(index))),
          memoryFile('net.safetensors', safetensorsBytes(half('w'))),
        ]
      },
      code: 'open/tensor-field',
      message:
        'net.safetensors.index.json, weight_map.v: expected a tensor of net.safetensors, found nothing.',
    },
    {
      name: 'a tensor in two files',
      files: () =>
        [1, 2].map((number) =>
          memoryFile(`a-0000${number}-of-00002.safetensors`, safetensorsBytes(half('w'))),
        ),
      code: 'open/duplicate-name',
      message:
        'a-00002-of-00002.safetensors, the header: "w" was used before, at a-00001-of-00002.safetensors.',
    },
    {
      name: 'two models',
      files: () =>
        ['a', 'b'].map((name) =>
          memoryFile(`${name}.safetensors`, safetensorsBytes(half('w', { bytes: ramp(2) }))),
        ),
      code: 'open/several-models',
      message: 'These files each describe a model: a.safetensors, b.safetensors.',
    },
  ],
  'safetensors',
)
