import { expect, test } from 'vitest'
import { memoryFile } from '../../file-bundle'
import { readHdf5 } from '../hdf5-file'
import type { Hdf5Group } from '../hdf5-file'
import { readNumbers } from '../read-numbers'
import { writtenHdf5 } from './write-hdf5'
import type { WrittenDataset, WrittenGroup } from './write-hdf5'

const go = () => Promise.resolve()

type Attributes = WrittenGroup['attributes']

function group(
  groups: Readonly<Record<string, WrittenGroup>>,
  datasets: Readonly<Record<string, WrittenDataset>>,
  attributes: Attributes = new Map(),
): WrittenGroup {
  return {
    ...{ attributes, groups: new Map(Object.entries(groups)) },
    datasets: new Map(Object.entries(datasets)),
  }
}

function dataset(
  kind: WrittenDataset['kind'],
  shape: readonly number[],
  values: Float32Array | Uint16Array | Int32Array | Uint8Array,
): WrittenDataset {
  const bytes = new Uint8Array(values.buffer)
  return { kind, shape, content: (from, to) => bytes.subarray(from, to) }
}

/** More names than one node of a tree over tables holds: 8 in a table, 32 tables in a node. */
const many = Object.fromEntries(
  Array.from({ length: 300 }, (_, index) => [
    `layer_${index}`,
    group({}, { '0': dataset('float32', [2], Float32Array.of(index, -0)) }),
  ]),
)

/** More than one attribute may take. */
const names = Array.from({ length: 3000 }, (_, index) => `eine längere Bezeichnung, ${index}`)

const root = group(
  { many: group(many, {}), empty: group({}, {}) },
  {
    scalar: dataset('int32', [], Int32Array.of(-7)),
    half: dataset('float16', [2, 2], Uint16Array.of(0x3c00, 0xbc00, 0x7bff, 1)),
    bytes: dataset('uint8', [3], Uint8Array.of(1, 2, 255)),
    truth: dataset('bool', [2], Uint8Array.of(0, 1)),
    nothing: dataset('float32', [0, 3], new Float32Array(0)),
  },
  new Map<string, string | readonly string[]>([
    ['model_config', 'ü'.repeat(70_000)],
    ['backend', 'tensorflow'],
    ['weight_names', []],
    ['layer_names', names],
  ]),
)

test('groups, attributes and numbers are read as they were written', async () => {
  const file = writtenHdf5(root)
  const bytes = file.content()
  const { root: read, source } = await readHdf5(memoryFile('x.h5', bytes), go)
  const numbers = async (of: Hdf5Group | undefined, name: string): Promise<unknown> => {
    const found = of?.datasets.get(name)
    if (found === undefined) throw new Error(`${name} is not there`)
    const { kind } = found.type
    if (kind === 'opaque' || kind === 'other' || kind === 'text' || kind === 'texts')
      throw new Error(kind)
    return [kind, found.shape, await readNumbers(source, found, kind, go)]
  }
  expect(await numbers(read, 'scalar')).toEqual(['int32', [], Int32Array.of(-7)])
  const halves = Float32Array.of(1, -1, 65504, 2 ** -24)
  expect(await numbers(read, 'half')).toEqual(['float16', [2, 2], halves])
  expect(await numbers(read, 'bytes')).toEqual(['uint8', [3], Int32Array.of(1, 2, 255)])
  expect(await numbers(read, 'truth')).toEqual(['bool', [2], Uint8Array.of(0, 1)])
  expect(await numbers(read, 'nothing')).toEqual(['float32', [0, 3], new Float32Array(0)])
  const folder = read.groups.get('many')
  expect(folder?.groups.size).toBe(300)
  for (const index of [0, 7, 8, 255, 256, 299])
    expect(await numbers(folder?.groups.get(`layer_${index}`), '0')).toEqual([
      ...['float32', [2]],
      Float32Array.of(index, -0),
    ])
  expect(read.groups.get('empty')?.groups.size).toBe(0)
  const { attributes } = read
  expect(attributes.get('model_config')).toBe('ü'.repeat(70_000))
  expect([attributes.get('backend'), attributes.get('weight_names')]).toEqual(['tensorflow', []])
  const parts = [attributes.get('layer_names0'), attributes.get('layer_names1')].flat()
  expect([parts, attributes.has('layer_names2')]).toEqual([names, false])
})

test('any piece of a file is that piece of the whole', () => {
  const file = writtenHdf5(root)
  const whole = file.content()
  expect(whole.length).toBe(file.size)
  for (const [from, to] of [
    [0, 1],
    [95, 97],
    [file.size - 70, file.size - 3],
    [1000, 30_000],
  ] as const)
    expect(file.content(from, to)).toEqual(whole.slice(from, to))
})
