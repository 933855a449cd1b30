import {
  brokenH5,
  kerasBytes,
  kerasFile,
  packedKeras,
  placeOf,
  written,
  writtenBytes,
} from '../../testing/files/keras-files'
import { alone, fill, testRefusals } from '../../testing/files/refusals'
import type { BrokenCase } from '../../testing/files/refusals'
import type { ErrorCode } from '../core/errors'
import { textBytes } from '../../testing/files/layers-files'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'

/** A change to the members of a .keras file. */
const packed = (
  name: string,
  code: ErrorCode,
  change: Parameters<typeof packedKeras>[0],
  message: string,
): BrokenCase => ({ name: `.keras: ${name}`, files: () => packedKeras(change), code, message })

const config = (members: Record<string, Uint8Array>, change: (text: string) => string): void => {
  const text = new TextDecoder().decode(members['config.json'])
  members['config.json'] = textBytes(change(text))
}

/** model.keras of Keras 3 with a byte of it turned. */
const flipped = (text: string, ahead: number): FileBundle => {
  const bytes = kerasBytes('small.keras3.keras')
  const at = placeOf(bytes, text) + ahead
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return [memoryFile('model.keras', bytes)]
}

testRefusals(
  [
    brokenH5(
      'Keras 1',
      (bytes) => {
        written(bytes, '2.21.0', '1.21.0', 1)
        written(bytes, '2.21.0', '1.21.0')
      },
      'model.h5 was saved by Keras 1.21.0, which kept weights in another order than later versions.',
      'open/keras-old',
    ),
    brokenH5(
      'settings that are no JSON',
      (bytes) => {
        written(bytes, '{"class_name": "Functional"', '{"class_name": Functional" ')
      },
      'model.h5, model_config, line 1, column 16: expected a value, found F.',
      'open/json-syntax',
    ),
    brokenH5(
      'settings of something else',
      (bytes) => {
        written(bytes, '{"class_name": "Functional"', '{"klass_name": "Functional"')
      },
      'model.h5, model_config: expected a class_name and a config, found {"klass_name":"Functional","config":{"name":"small","trai....',
      'open/field',
    ),
    brokenH5(
      'a weight that is not there',
      (bytes) => {
        written(bytes, 'dense_7/kernel:0', 'dense_7/kernel:1')
      },
      'model.h5: layer "dense_7" lists dense_7/kernel:1, which the file does not hold.',
      'open/keras-no-weight',
    ),
    brokenH5(
      'a layer that is not there',
      (bytes) => {
        written(bytes, 'picture', 'pictura', 5)
      },
      'model.h5: layer "picture" lists weight_names, which the file does not hold.',
      'open/keras-no-weight',
    ),
    {
      name: 'HDF5 of something else',
      files: () => [memoryFile('model.h5', writtenBytes('testing/files/hdf5/latest.h5'))],
      code: 'open/h5-not-keras',
      message:
        'model.h5 is an HDF5 file, but not one that Keras has written: it holds chunked, plain, many.',
    },
    {
      name: 'two files of Keras',
      files: () => [kerasFile('small.tfkeras.h5'), kerasFile('small.keras3.keras')],
      code: 'open/several-models',
      message: 'These files each describe a model: small.tfkeras.h5, small.keras3.keras.',
    },
    {
      name: 'a config alone',
      files: () => alone('config.json', '{"class_name": "Sequential", "config": {"layers": []}}'),
      code: 'open/keras-incomplete',
      message: 'config.json came without model.weights.h5.',
    },
    packed(
      'no config',
      'open/keras-incomplete',
      (all) => void delete all['config.json'],
      'model.keras came without config.json.',
    ),
    packed(
      'no weights',
      'open/keras-incomplete',
      (all) => void delete all['model.weights.h5'],
      'model.keras came without model.weights.h5.',
    ),
    packed(
      'weights of another kind',
      'open/h5-damaged',
      (all) => void (all['model.weights.h5'] = fill(4000, 7)),
      'model.keras/model.weights.h5, the start of the file: it is no HDF5 file.',
    ),
    packed(
      'a config of something else',
      'open/field',
      (all) => {
        config(all, () => '[1]')
      },
      'model.keras/config.json, top level: expected an object, found [1].',
    ),
    packed(
      'half a config',
      'open/json-syntax',
      (all) => {
        config(all, (text) => text.slice(0, 40))
      },
      'model.keras/config.json, line 1, column 41: expected , or }, found the end of the file.',
    ),
    packed(
      'kernels that Keras has quantized',
      'open/keras-quantized',
      (all) => {
        config(all, (text) =>
          text.replace(
            /("name": "result", "trainable": true, "dtype": )\{[^}]*\{[^}]*\}[^}]*\}/,
            '$1{"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}}',
          ),
        )
      },
      'model.keras: the weights of layer result were quantized by Keras itself (int8), with scales of its own beside them, which are not read here.',
    ),
    {
      name: '.keras: a letter of the config turned',
      files: () => flipped('"result"', 2),
      code: 'open/zip-damaged',
      message: 'model.keras cannot be unpacked: config.json: its checksum does not match.',
    },
    {
      name: '.keras: a bit of a weight turned',
      files: () => flipped('SNOD', 900),
      code: 'open/zip-damaged',
      message: 'model.keras cannot be unpacked: model.weights.h5: its checksum does not match.',
    },
    {
      name: '.keras: cut',
      files: () => [
        memoryFile('model.keras', kerasBytes('small.keras3.keras').subarray(0, 30_000)),
      ],
      code: 'open/zip-damaged',
      message:
        'model.keras cannot be unpacked: its end record is missing, so it was probably cut short.',
    },
  ],
  'keras',
)
