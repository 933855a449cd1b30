import { expect, test } from 'vitest'
import { memoryFile } from '../../files/file-bundle'
import { readCompanions } from './companions'

const file = (path: string, size = 1) => memoryFile(path, new Uint8Array(size))
const pathsOf = async (paths: readonly string[]): Promise<readonly string[]> => {
  const found = await readCompanions(
    file('net/model.json'),
    paths.map((path) => file(path)),
  )
  return found.map(({ path }) => path)
}

test('files that may tell of a model are read by their names, those beside it first', async () => {
  const told = [
    ...['labels.txt', 'class_names.json', 'imagenet_class_index.json', 'cat_to_name.json'],
    ...['model_meta.json', 'metadata.yaml', 'data.yml', 'mscoco_label_map.pbtxt', 'coco.names'],
    ...[
      'preprocessor_config.json',
      'processor_config.json',
      'dict.txt',
      'labels (1).txt',
      'signature.json',
    ],
  ]
  expect(await pathsOf([...told, 'README.md', 'train.py', 'notes.txt', 'data.json'])).toEqual(told)
  expect(await pathsOf(['other/labels.txt', 'net/labels.txt'])).toEqual([
    'net/labels.txt',
    'other/labels.txt',
  ])
})

test('not so where they are empty, longer than any list, or very many', async () => {
  const odd = [file('labels.txt', 0), file('names.txt', 4 * 2 ** 20 + 1)]
  expect(await readCompanions(file('model.json'), odd)).toEqual([])
  const many = Array.from({ length: 40 }, (_, at) => `labels${at}.txt`)
  expect(await pathsOf(many)).toHaveLength(16)
})
