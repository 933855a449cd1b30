import { expect, test } from 'vitest'
import { bundleOf, richModel, smallModel } from '../../testing/files/layers-files'
import {
  testRefusals,
  changed,
  first,
  manifestOf,
  second,
  setShard,
  swapped,
  weightOf,
} from '../../testing/files/refusals'
import { openModel } from './importers'

testRefusals([
  {
    name: 'a URL in the manifest',
    files: () =>
      changed((files) => void (manifestOf(files).paths[0] = 'https://evil.example/w.bin')),
    code: 'open/unsafe-path',
    message:
      'model.json, weightsManifest[0].paths[0]: expected the name of a file beside model.json, found "https://evil.example/w.bin".',
  },
  {
    name: 'a path upwards in the manifest',
    files: () => changed((files) => void (manifestOf(files).paths[1] = '../../etc/passwd')),
    code: 'open/unsafe-path',
    message:
      'model.json, weightsManifest[0].paths[1]: expected the name of a file beside model.json, found "../../etc/passwd".',
  },
  {
    name: 'a protocol-relative path in the manifest',
    files: () => changed((files) => void (manifestOf(files).paths[0] = '//evil.example/w')),
    code: 'open/unsafe-path',
    message:
      'model.json, weightsManifest[0].paths[0]: expected the name of a file beside model.json, found "//evil.example/w".',
  },
  {
    name: 'no shards at all',
    files: () =>
      changed((files) => {
        files.shards.clear()
      }),
    code: 'open/missing-shards',
    message: `model.json needs 2 weight files, 0 arrived. Still missing: ${first}, ${second}.`,
  },
  {
    name: 'one shard missing',
    files: () => changed((files) => void files.shards.delete(second)),
    code: 'open/missing-shards',
    message: `model.json needs 2 weight files, 1 arrived. Still missing: ${second}.`,
  },
  {
    name: 'weights but no paths',
    files: () => changed((files) => void (manifestOf(files).paths = [])),
    code: 'open/field',
    message: 'model.json, weightsManifest[0].paths: expected at least one file name, found [].',
  },
  {
    name: 'duplicate weight names',
    files: () => changed((files) => void (weightOf(files, 2).name = 'first/kernel')),
    code: 'open/duplicate-name',
    message:
      'model.json, weightsManifest[0].weights[2]: "first/kernel" was used before, at weightsManifest[0].weights[0].',
  },
  {
    name: 'a huge shape',
    files: () => changed((files) => void (weightOf(files, 0).shape = [1e9, 1e9])),
    code: 'open/shape-too-large',
    message:
      'model.json, weightsManifest[0].weights[0].shape: first/kernel would bring the model to more than 536870912 weights (found 1000000000 × 1000000000 in this one).',
  },
  {
    name: 'a string-dtype bomb',
    files: () =>
      changed((files) => {
        weightOf(files, 0).dtype = 'string'
        weightOf(files, 0).shape = [2e9]
      }),
    code: 'open/unsupported-dtype',
    message:
      'model.json, weightsManifest[0].weights[0].dtype: expected float32 weights, stored as float32, float16, uint16 or uint8; found string for first/kernel.',
  },
  {
    name: 'a negative side',
    files: () => changed((files) => void (weightOf(files, 0).shape = [-4, -4])),
    code: 'open/field',
    message:
      'model.json, weightsManifest[0].weights[0].shape: expected a list of whole numbers from 0, found [-4,-4].',
  },
  {
    name: 'a quantization scale that is a text',
    files: () =>
      changed(
        (files) => void (weightOf(files, 0).quantization = { dtype: 'uint8', scale: 'x', min: 0 }),
      ),
    code: 'open/field',
    message:
      'model.json, weightsManifest[0].weights[0].quantization.scale: expected a finite number, found "x".',
  },
  {
    name: 'a quantization scale beyond float32',
    files: () =>
      changed(
        (files) =>
          void (weightOf(files, 0).quantization = { dtype: 'uint8', scale: 1e308, min: 0 }),
      ),
    code: 'open/field',
    message:
      'model.json, weightsManifest[0].weights[0].quantization.scale: expected a scale whose largest value is a finite float32, found 1e+308.',
  },
  {
    name: 'a missing weight',
    files: () => changed((files) => void manifestOf(files).weights.pop()),
    code: 'open/missing-weight',
    message: 'model.json: layer "second" needs second/bias, which weightsManifest does not list.',
  },
  {
    name: 'a surplus weight',
    files: () =>
      changed(
        (files) =>
          void manifestOf(files).weights.push({ name: 'zzz', shape: [1], dtype: 'float32' }),
      ),
    code: 'open/surplus-weight',
    message:
      'model.json, weightsManifest[0].weights[4]: no layer uses zzz. Weights still needed: none.',
  },
  {
    name: 'a kernel of another size',
    files: () => changed((files) => void (weightOf(files, 0).shape = [4, 5])),
    code: 'open/weight-shape',
    message: 'model.json: first/kernel of layer "first": expected ? × 4, found 4 × 5.',
  },
  {
    name: 'a byte short',
    files: () =>
      changed((files) => {
        setShard(files, second, (bytes) => bytes.slice(0, -1))
      }),
    code: 'open/shard-short',
    message: `${second}: expected 70 bytes, found 69. The data ends inside second/bias.`,
  },
  {
    name: 'a first shard cut short',
    files: () =>
      changed((files) => {
        setShard(files, first, (bytes) => bytes.slice(0, 10))
      }),
    code: 'open/shard-short',
    message: `${first}: expected 70 bytes, found 10. The data ends inside first/kernel.`,
  },
  {
    name: 'trailing bytes',
    files: () =>
      changed((files) => {
        setShard(files, second, (bytes) => Uint8Array.of(...bytes, 1, 2, 3))
      }),
    code: 'open/shard-long',
    message: `${second}: expected 70 bytes, found 73.`,
  },
  {
    name: 'swapped shards of equal size',
    files: swapped,
    code: 'open/shard-hash',
    message: `${first}: expected SHA-256 f4, found 23.`,
  },
  {
    name: 'NaN weights',
    files: () =>
      changed((files) => {
        setShard(files, first, (bytes) => {
          const copy = bytes.slice()
          const view = new DataView(copy.buffer)
          view.setFloat32(12, NaN, true)
          view.setFloat32(20, Infinity, true)
          view.setFloat32(24, NaN, true)
          return copy
        })
      }),
    code: 'open/non-finite',
    message: `${first}: first/kernel holds 2 NaN and 1 infinite values, the first at index 3.`,
  },
])

test('the undamaged models open', async () => {
  const small = await openModel(bundleOf(smallModel()), () => Promise.resolve())
  expect(small.weights.map((weight) => weight.values[0])).toEqual(
    [1, 17, 21, 33].map((n) => n / 64),
  )
  const rich = await openModel(bundleOf(richModel()), () => Promise.resolve())
  expect(rich.notes.map((note) => note.code)).toEqual([
    'note/no-format-key',
    'note/quantized-weights',
  ])
  expect(rich.layers.find((layer) => layer.name === 'block/inner')?.calls).toBe(2)
})
