import { zipSync } from 'fflate'
import { expect, it } from 'vitest'
import { StudioError } from '../core/errors'
import { memoryFile } from '../files/file-bundle'
import type { BundleFile } from '../files/file-bundle'
import { isDataDrop } from './recognize-drop'

const go = () => Promise.resolve()
const byte = Uint8Array.of(1)
const loose = (...paths: string[]): BundleFile[] => paths.map((path) => memoryFile(path, byte))
const zipped = (...paths: string[]): BundleFile[] => [
  memoryFile('x.zip', zipSync(Object.fromEntries(paths.map((path) => [path, byte])))),
]

it.each([
  [true, ['cats/a.png', 'dogs/b.jpg']],
  [true, ['cats/a.png', 'names.json']],
  [true, ['table.csv']],
  [false, ['model.json', 'a.png']],
  [false, ['net.json', 'group1-shard1of1.bin']],
  [false, ['notes.txt']],
])('%s: %j, loose and in a zip', async (expected, paths) => {
  expect(await isDataDrop(loose(...paths), go)).toBe(expected)
  expect(await isDataDrop(zipped(...paths), go)).toBe(expected)
})

it.each([
  [true, zipped('a.png'), ['labels.csv', 'classes.txt']],
  [true, zipped('a.png'), ['metadata.jsonl', 'data.yaml']],
  [false, zipped('model.json', 'weights.bin'), ['metadata.yaml', 'label_map.pbtxt']],
  [true, [...zipped('train/a.png'), ...zipped('test/b.png')], []],
  [false, zipped('model.json', 'weights.bin'), ['labels.txt']],
  [false, [...zipped('a.png'), ...zipped('model.json', 'w.bin')], []],
])('%s: a zip beside others', async (expected, zips, others) => {
  expect(await isDataDrop([...zips, ...loose(...others)], go)).toBe(expected)
})

it.each([
  [
    true,
    'iris.data',
    '5.1,3.5,1.4,Iris-setosa\n4.9,3.0,1.4,Iris-setosa\n6.1,3.1,5.6,Iris-virginica\n',
  ],
  [true, 'x.txt', '1.0e+00 2.0e+00 0.0e+00\n3.0e+00 4.0e+00 1.0e+00\n5.0e+00 6.0e+00 1.0e+00\n'],
  [true, 'x.dat', 'a;b;label\n1,5;2,5;x\n3,5;4,5;y\n'],
  [false, 'labels.txt', '0 cat\n1 dog\n2 owl\n'],
  [false, 'labels.txt', 'golden retriever\nGreat Dane\nShih Tzu\n'],
  [false, 'val.txt', 'a/0.png 3 1 2\na/1.png 4 1 2\na/2.png 5 1 2\n'],
  [false, 'notes.txt', 'I have 2 of 3 left,\nwhich is as well.\n'],
])('%s: %s by what it holds', async (expected, path, text) => {
  const file = memoryFile(path, new TextEncoder().encode(text))
  expect(await isDataDrop([file], go)).toBe(expected)
  expect(await isDataDrop([file, ...loose('iris.names')], go)).toBe(expected)
  expect(await isDataDrop([file, ...loose('model.json')], go)).toBe(false)
})

it('leaves a broken zip to whoever opens it, but not a cancel', async () => {
  const [zip] = zipped('a.png')
  const broken = memoryFile('x.zip', (await zip?.read(0, 40)) ?? byte)
  expect(await isDataDrop([broken], go)).toBe(false)
  const cancelled = new StudioError('engine/cancelled', {})
  const stopped = isDataDrop(zipped('a.png'), () => Promise.reject(cancelled))
  await expect(stopped).rejects.toBe(cancelled)
})
