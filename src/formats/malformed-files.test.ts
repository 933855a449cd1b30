import { zipSync } from 'fflate'
import { bundleOf, smallModel, textBytes } from '../../testing/files/layers-files'
import {
  testRefusals,
  alone,
  changed,
  fill,
  first,
  layerOf,
  lfs,
  second,
  text,
  weightOf,
  zipped,
} from '../../testing/files/refusals'
import { memoryFile } from '../files/file-bundle'

testRefusals([
  {
    name: 'nothing at all',
    files: () => [],
    code: 'open/nothing',
    message: 'No file arrived.',
  },
  {
    name: 'weights without a model.json',
    files: () => alone('weights.bin', fill(64, 7)),
    code: 'open/no-model-json',
    message: 'None of these files describes a model: weights.bin.',
  },
  {
    name: 'thirty files of no kind',
    files: () =>
      Array.from({ length: 30 }, (_, index) => memoryFile(`thing-${index}.xyz`, fill(9, index))),
    code: 'open/no-model-json',
    message:
      'None of these files describes a model: thing-0.xyz, thing-1.xyz, thing-2.xyz, thing-3.xyz, thing-4.xyz, … (+25).',
  },
  {
    name: 'JSON of another kind',
    files: () => alone('settings.json', '{"theme": "dark"}'),
    code: 'open/no-model-json',
    message: 'None of these files describes a model: settings.json.',
  },
  {
    name: 'a list in JSON',
    files: () => alone('data.json', '[1, 2, 3]'),
    code: 'open/no-model-json',
    message: 'None of these files describes a model: data.json.',
  },
  {
    name: 'a zip that holds nothing',
    files: () => [memoryFile('empty.zip', Uint8Array.of(0x50, 0x4b, 5, 6, ...new Uint8Array(18)))],
    code: 'open/zip-empty',
    message: 'empty.zip holds no files.',
  },
  {
    name: 'two models',
    files: () => [
      ...bundleOf(smallModel()),
      ...bundleOf(smallModel()).map((file) => ({ ...file, path: `other/${file.path}` })),
    ],
    code: 'open/several-models',
    message: 'These files each describe a model: model.json, other/model.json.',
  },
  {
    name: 'an empty model.json',
    files: () => alone('model.json', ''),
    code: 'open/is-empty',
    message: 'model.json is empty.',
  },
  {
    name: 'HTML as JSON',
    files: () => alone('model.json', '<!DOCTYPE html>\n<html><body>404</body></html>'),
    code: 'open/is-html',
    message:
      'model.json is an HTML page, probably an error or login page that was saved under this name.',
  },
  {
    name: 'an XML error of a bucket',
    files: () => alone('model.json', '<?xml version="1.0"?><Error>NoSuchKey</Error>'),
    code: 'open/is-xml',
    message: 'model.json is an XML document, probably an error message of a download server.',
  },
  {
    name: 'a Git LFS pointer as model.json',
    files: () => alone('model.json', lfs),
    code: 'open/is-git-lfs',
    message: 'model.json is a Git LFS pointer: a few lines of text that stand for the real file.',
  },
  {
    name: 'a Git LFS pointer as a shard',
    files: () => changed((files) => files.shards.set(second, textBytes(lfs))),
    code: 'open/is-git-lfs',
    message: `${second} is a Git LFS pointer: a few lines of text that stand for the real file.`,
  },
  {
    name: 'an HTML page as a shard',
    files: () => changed((files) => files.shards.set(first, textBytes('<html>Not found</html>'))),
    code: 'open/is-html',
    message: `${first} is an HTML page, probably an error or login page that was saved under this name.`,
  },
  {
    name: 'a Keras HDF5 file under the name of a model.json',
    files: () => [
      ...alone('model.json', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0)),
      ...alone('weights.bin', fill(64, 7)),
    ],
    code: 'open/is-keras-h5',
    message: 'model.json is an HDF5 file, as Keras saves models with the ending .h5.',
  },
  {
    name: 'a Keras 3 file under the name of a shard',
    files: () =>
      changed((files) =>
        files.shards.set(
          second,
          zipSync(
            {
              'metadata.json': textBytes('{"keras_version": "3.4.1"}'),
              'config.json': fill(9, 32),
            },
            { level: 0 },
          ),
        ),
      ),
    code: 'open/is-keras-zip',
    message: `${second} is a Keras 3 model (.keras).`,
  },
  {
    name: 'a TensorFlow Lite model',
    files: () => alone('net.tflite', Uint8Array.of(28, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33, 0, 0)),
    code: 'open/is-tflite',
    message: 'net.tflite is a TensorFlow Lite (LiteRT) model.',
  },
  {
    name: 'a checkpoint of TensorFlow',
    files: () => alone('w.index', Uint8Array.of(0, 0, 6, 8, 1, 0x1a, 2, 8, 1)),
    code: 'open/is-tf-checkpoint',
    message:
      'w.index belongs to a checkpoint of TensorFlow, which holds weights without the network.',
  },
  {
    name: 'a Core ML model',
    files: () => alone('net.mlmodel', Uint8Array.of(8, 5, 18, 4, 10, 2)),
    code: 'open/is-core-ml',
    message: "net.mlmodel is a Core ML model of Apple's tools.",
  },
  {
    name: 'a picture',
    files: () => alone('cat.jpg', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)),
    code: 'open/is-image',
    message: 'cat.jpg is a picture, not a model.',
  },
  {
    name: 'a gzip archive',
    files: () => alone('model.tgz', Uint8Array.of(0x1f, 0x8b, 8, 0)),
    code: 'open/is-gzip',
    message: 'model.tgz is compressed with gzip.',
  },
  {
    name: 'a graph model without a manifest',
    files: () => alone('model.json', '{"format":"graph-model","modelTopology":{"node":[]}}'),
    code: 'open/field',
    message: 'model.json, weightsManifest: expected a list, found nothing.',
  },
  {
    name: 'truncated JSON',
    files: () => alone('model.json', '{\n  "format": "layers-model",\n  "modelTopology": {'),
    code: 'open/json-syntax',
    message:
      'model.json, line 3, column 21: expected a name in double quotes, found the end of the file.',
  },
  {
    name: 'a trailing comma',
    files: () => alone('model.json', '{"a": [1, 2,]}'),
    code: 'open/json-syntax',
    message: 'model.json, line 1, column 13: expected a value, found ].',
  },
  {
    name: 'NaN in JSON',
    files: () => alone('model.json', '{"a":\n NaN}'),
    code: 'open/json-syntax',
    message: 'model.json, line 2, column 2: expected a value, found N.',
  },
  {
    name: 'two values',
    files: () => alone('model.json', '{} {}'),
    code: 'open/json-syntax',
    message: 'model.json, line 1, column 4: expected the end of the file, found {.',
  },
  {
    name: 'deep nesting',
    files: () => alone('model.json', '['.repeat(100_000)),
    code: 'open/json-depth',
    message: 'model.json nests more than 64 brackets inside each other.',
  },
  {
    name: 'a list instead of an object',
    files: () => alone('model.json', '[1, 2]'),
    code: 'open/field',
    message:
      'model.json, top level: expected an object with modelTopology and weightsManifest, found a list.',
  },
  {
    name: '__proto__ as a key',
    files: () => text((json) => json.replace('"units":4', '"__proto__":{"polluted":1},"units":4')),
    code: 'open/forbidden-name',
    message:
      'model.json, modelTopology.model_config.config.layers[1].config: the name "__proto__" cannot be used, because JavaScript reserves it.',
  },
  {
    name: '__proto__ as a layer name',
    files: () =>
      changed((files) => {
        layerOf(files, 1).name = '__proto__'
        layerOf(files, 1).config['name'] = '__proto__'
      }),
    code: 'open/forbidden-name',
    message:
      'model.json, modelTopology.model_config.config.layers[1].name: the name "__proto__" cannot be used, because JavaScript reserves it.',
  },
  {
    name: 'constructor as a weight name',
    files: () => changed((files) => void (weightOf(files, 1).name = 'first/constructor')),
    code: 'open/forbidden-name',
    message:
      'model.json, weightsManifest[0].weights[1].name: the name "first/constructor" cannot be used, because JavaScript reserves it.',
  },
  {
    name: 'a zip that was cut short',
    files: () => {
      const bytes = zipSync({ 'model.json': textBytes('{}') })
      return alone('model.zip', bytes.slice(0, bytes.length - 30))
    },
    code: 'open/zip-damaged',
    message:
      'model.zip cannot be unpacked: its end record is missing, so it was probably cut short.',
  },
  {
    name: 'a zip with a flipped bit',
    files: () => {
      const bytes = zipSync({ 'model.json': textBytes('{"a":1}') }, { level: 0 })
      bytes[45] = (bytes[45] ?? 0) ^ 1
      return alone('model.zip', bytes)
    },
    code: 'open/zip-damaged',
    message: 'model.zip cannot be unpacked: model.json: its checksum does not match.',
  },
  {
    name: 'a zip whose end record counts fewer entries than there are',
    files: () => {
      const bytes = zipSync({ 'model.json': textBytes('{}'), 'shard.bin': fill(8, 1) })
      // On this disk, and of all disks.
      for (const at of [14, 12]) bytes[bytes.length - at] = 1
      return alone('model.zip', bytes)
    },
    code: 'open/zip-damaged',
    message:
      'model.zip cannot be unpacked: its directory holds more entries than its end record counts.',
  },
  {
    name: 'a zip with ..',
    files: () => zipped({ '../model.json': textBytes('{}') }),
    code: 'open/zip-path',
    message: 'model.zip holds an entry called "../model.json", which points outside the archive.',
  },
  {
    name: 'a zip with an absolute name',
    files: () => zipped({ '/etc/model.json': textBytes('{}') }),
    code: 'open/zip-path',
    message: 'model.zip holds an entry called "/etc/model.json", which points outside the archive.',
  },
  {
    name: 'a zip in a zip',
    files: () => zipped({ 'inner.zip': zipSync({ 'model.json': textBytes('{}') }) }),
    code: 'open/zip-nested',
    message: 'model.zip holds another archive, inner.zip.',
  },
  {
    name: 'a zip without a model',
    files: () => zipped({ 'notes.txt': textBytes('hello') }),
    code: 'open/no-model-json',
    message: 'None of these files describes a model: notes.txt.',
  },
])
