import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { bundleOf, smallModel, textBytes } from '../../testing/files/layers-files'
import { memoryFile } from '../files/file-bundle'
import type { BundleFile, FileBundle } from '../files/file-bundle'
import { collectFiles } from './collect-files'
import type { CollectedFiles } from './collect-files'
import { openModel } from './importers'

function pick(bundle: FileBundle, ...paths: string[]): BundleFile[] {
  return bundle.filter((file) => paths.includes(file.path))
}

function received(collected: CollectedFiles): FileBundle {
  if (collected.status !== 'incomplete') throw new Error('already complete')
  return collected.received
}

const bundle = bundleOf(smallModel())
const [first, second] = ['group1-shard1of2.bin', 'group1-shard2of2.bin'] as const

test('files dropped one by one, in any order, until nothing is missing', async () => {
  const one = await collectFiles([], pick(bundle, second))
  expect(one).toMatchObject({ status: 'incomplete', missing: ['model.json'] })
  const two = await collectFiles(received(one), pick(bundle, 'model.json'))
  expect(two).toMatchObject({ status: 'incomplete', missing: [first] })
  const three = await collectFiles(received(two), pick(bundle, first))
  expect(three.status).toBe('ready')
  if (three.status === 'ready')
    expect((await openModel(three.bundle, () => Promise.resolve())).weights).toHaveLength(4)
})

test('a new file replaces the old one of its name, from whatever folder', async () => {
  const cut = memoryFile(`old/${first}`, new Uint8Array(3))
  const one = await collectFiles([], [cut, ...pick(bundle, 'model.json')])
  const two = await collectFiles(received(one), pick(bundle, first))
  const files = await collectFiles(received(two), pick(bundle, second))
  if (files.status !== 'ready') throw new Error('incomplete')
  expect(files.bundle.map((file) => [file.path, file.size]).sort()).toEqual([
    [first, 70],
    [second, 70],
    ['model.json', bundle.find((file) => file.path === 'model.json')?.size],
  ])
})

test('a folder with other files around the model is complete', async () => {
  const folder = bundle.map((file) => ({ ...file, path: `net/${file.path}` }))
  const extras = [
    memoryFile('net/README.md', textBytes('# hi')),
    memoryFile('net/labels.json', textBytes('["a"]')),
  ]
  const collected = await collectFiles([], [...folder, ...extras])
  expect(collected.status).toBe('ready')
  if (collected.status === 'ready')
    expect((await openModel(collected.bundle, () => Promise.resolve())).name).toBe('net')
})

test('a zip is complete by itself and starts over', async () => {
  const zip = memoryFile('model.zip', zipSync({ 'a.txt': textBytes('x') }))
  expect(await collectFiles(pick(bundle, second), [zip])).toEqual({
    status: 'ready',
    bundle: [zip],
  })
})

test('shards of the same name in two folders are told apart by their folder, or refused', async () => {
  const twin = memoryFile(`backup/${first}`, new Uint8Array(70))
  expect((await collectFiles([], [...bundle, twin])).status).toBe('ready')
  const [json, ...shards] = bundle
  if (json === undefined) throw new Error()
  const moved = shards.map((file) => ({ ...file, path: `a/${file.path}` }))
  await expect(collectFiles([], [json, ...moved, twin])).rejects.toMatchObject({
    code: 'open/ambiguous-shard',
    params: { shard: first, found: `a/${first}, backup/${first}` },
  })
})

test.each([
  [
    'a picture alone',
    [memoryFile('cat.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a))],
    'open/is-image',
  ],
  ['two models', [...bundle, memoryFile('b/model.json', textBytes('{}'))], 'open/several-models'],
])('%s is refused at once', async (_, files, code) => {
  await expect(collectFiles([], files)).rejects.toMatchObject({ code })
})
