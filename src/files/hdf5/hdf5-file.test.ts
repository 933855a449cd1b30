import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { memoryFile } from '../file-bundle'
import { readHdf5 } from './hdf5-file'
import type { Hdf5Group } from './hdf5-file'
import type { Hdf5Dataset } from './dataset'
import { numberBytes } from './number-kind'
import type { NumberKind } from './number-kind'
import { readNumbers } from './read-numbers'

const go = () => Promise.resolve()

interface Form {
  readonly kind: string
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

const folder = 'testing/files/hdf5'
const forms = JSON.parse(readFileSync(`${folder}/forms.json`, 'utf8')) as Record<string, Form>

const bytesOf = (name: string) => new Uint8Array(readFileSync(`${folder}/${name}`))

const open = (name: string, bytes = bytesOf(name)) => readHdf5(memoryFile(name, bytes), go)

/** Everything that lies in a group, by path. */
function* datasetsIn(group: Hdf5Group): Generator<Hdf5Dataset> {
  yield* group.datasets.values()
  for (const inside of group.groups.values()) yield* datasetsIn(inside)
}

const isKind = (kind: string): kind is NumberKind => kind in numberBytes

/** Written by h5py: as always, with the order of names kept, with the newest structures that HDF5 has, and behind a user block. */
const files = ['earliest.h5', 'tracked.h5', 'latest.h5', 'behind.h5']

test.each(files)('%s: all numbers as h5py finds them', async (name) => {
  const { source, root } = await open(name)
  const found: Record<string, Form> = {}
  for (const dataset of datasetsIn(root)) {
    const { path, shape, type } = dataset
    const kind = type.kind === 'opaque' ? 'bfloat16' : type.kind
    if (!isKind(kind)) throw new Error(`${path} is ${kind}`)
    const values = Array.from(await readNumbers(source, dataset, kind, go))
    found[path] = { kind, shape, values }
  }
  expect(found).toEqual(forms)
  expect(Object.keys(found).length).toBe(27)
})

test.each(files)('%s: attributes and names', async (name) => {
  const { root } = await open(name)
  const { attributes, groups } = root
  expect([...attributes].sort()).toEqual([
    ['bytes', 'of any length'],
    ['count', -7],
    ['fixed', ['one', 'three']],
    ['none', null],
    ['text', 'as long as it takes'],
    ['texts', ['ein', 'zwei', '三']],
  ])
  const many = groups.get('many')
  expect(many?.groups.size).toBe(40)
  for (const [group, { attributes: own }] of many?.groups ?? [])
    expect(`group_${String(own.get('index'))}`).toBe(group)
  expect(many?.attributes.size).toBe(12)
  for (const [attribute, value] of many?.attributes ?? [])
    expect(`attribute_${String(value)}`).toBe(attribute)
})

/** h5py opens these, too. */
test.each([
  ['come since', () => Uint8Array.of(...new Uint8Array(1024), ...bytesOf('latest.h5'))],
  ['gone since', () => bytesOf('behind.h5').subarray(2048)],
  ['grown since', () => Uint8Array.of(...new Uint8Array(2048), ...bytesOf('behind.h5'))],
])('a user block that has %s', async (_, bytes) => {
  const { source, root } = await open('moved.h5', bytes())
  const dataset = root.groups.get('chunked')?.datasets.get('shuffle')
  if (dataset === undefined) throw new Error('nothing there')
  const values = Array.from(await readNumbers(source, dataset, 'float32', go))
  expect(values).toEqual(forms['/chunked/shuffle']?.values)
})
