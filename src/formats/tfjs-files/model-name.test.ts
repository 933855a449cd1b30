import { expect, test } from 'vitest'
import { memoryFile } from '../../files/file-bundle'
import { modelName } from './find-model-json'

test.each([
  ['a file of its own name', 'mobilenet.json', null, 'mobilenet'],
  ['one that is no second copy', 'net-50.json', null, 'net-50'],
  ['a second copy', 'net (2).json', null, 'net'],
  ['weights alone', 'net-weights_manifest.json', null, 'net'],
  ['a folder', 'lenet-5/model.json', null, 'lenet-5'],
  ['a second copy in a folder', 'birds/model-2.json', null, 'birds'],
  ['a folder around one that says nothing', 'birds/tfjs_model/model.json', null, 'birds'],
  ['a zip', 'model.json', 'birds.zip', 'birds'],
  ['a zip of a number', 'model.json', 'down/lenet-5.zip', 'lenet-5'],
  ['a zip that was loaded twice', 'model.json', 'birds (1).zip', 'birds'],
  ['a zip of a folder that says nothing', 'web_model/model.json', 'birds.zip', 'birds'],
  ['a folder in a zip', 'birds/model.json', 'all.zip', 'birds'],
  ['a zip that says nothing', 'model.json', 'model.zip', 'sequential_1'],
  ['loose files', 'model.json', null, 'sequential_1'],
])('a model is called as %s', (_, path, zip, name) => {
  expect(modelName(memoryFile(path, new Uint8Array()), zip, 'sequential_1')).toBe(name)
})
