import { onlyInput } from '../../../testing/files/own-data-cases'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { npyBytes, npyFile, npyTexts } from '../../../testing/files/foreign-data'
import { memoryFile } from '../../files/file-bundle'
import { requireSource } from '../data-wishes'
import type { ReadData } from '../data-wishes'
import { readData } from '../read-data'
import type { ReadingChoices } from '../reading/reading'

const go = () => Promise.resolve()
const COUNT = 40
const classes = Array.from({ length: COUNT }, (_, i) => i % 3)
/** Pictures of 8 x 8 whose pixel of the class is bright. */
const pixels = classes.flatMap((label, i) =>
  Array.from({ length: 64 }, (_, p) => (p === label ? 200 : (i + p) % 40)),
)
const X = npyBytes('|u1', [COUNT, 8, 8, 1], pixels)
const y = npyBytes('<i4', [COUNT], classes)
const words = ['cat', 'dog', 'horse']
const texts = classes.map((label) => words[label] ?? '')

function read(
  entries: Record<string, Uint8Array>,
  choices: ReadingChoices = {},
  input: readonly number[] | null = [8, 8, 1],
): Promise<ReadData> {
  const named = Object.fromEntries(
    Object.entries(entries).map(([name, bytes]) => [`${name}.npy`, bytes]),
  )
  return readData([memoryFile('a.npz', zipSync(named))], { choices, inputs: onlyInput(input) }, go)
}

/** Sides of the samples, names of the classes, and the classes of the first three samples. */
function facts(found: ReadData) {
  const {
    samples: [samples],
    labels,
  } = requireSource(found)
  if (samples.kind !== 'numbers' || labels?.kind !== 'classes') throw new Error('no classes')
  const size = samples.values.length / samples.count
  const brightest = Array.from({ length: samples.count }, (_, i) => {
    const values = samples.values.subarray(i * size, (i + 1) * size)
    return values.indexOf(Math.max(...values))
  })
  return {
    shape: samples.shape,
    classNames: labels.classNames,
    labels: [...labels.values],
    brightest,
  }
}

describe('archives with more than numbers', () => {
  it.each<[string, Record<string, Uint8Array>, readonly string[]]>([
    ['texts as labels', { X, y: npyTexts('<U5', [COUNT], texts) }, words],
    ['bytes as labels', { X, y: npyTexts('|S5', [COUNT], texts) }, words],
    ['big-endian texts as labels', { X, labels: npyTexts('>U9', [COUNT], texts) }, words],
    ['a column of texts as labels', { X, labels: npyTexts('<U5', [COUNT, 1], texts) }, words],
    ['names of the classes', { X, y, class_names: npyTexts('<U5', [3], words) }, words],
    ['names called labels', { X, y, label_names: npyTexts('<U5', [3], words) }, words],
    ['a date', { X, y, created: npyTexts('<U10', [], ['2026-01-01']) }, ['0', '1', '2']],
    ['a remark', { X, y, about: npyTexts('|S4', [1], ['mine']) }, ['0', '1', '2']],
    ['one number', { X, y, version: npyBytes('<i4', [], [3]) }, ['0', '1', '2']],
    ['dates that nobody needs', { X, y, when: objects('<M8[D]', COUNT) }, ['0', '1', '2']],
    ['Python objects that nobody needs', { X, y, meta: objects('|O', 1) }, ['0', '1', '2']],
  ])('%s', async (_, entries, names) => {
    const { classNames, labels, brightest } = facts(await read(entries))
    expect(classNames).toEqual(names)
    expect(labels).toEqual(classes)
    expect(brightest).toEqual(classes)
  })

  it('without names are told apart by their axes, whatever their numbers', async () => {
    for (const entries of [
      { arr_0: X, arr_1: y },
      { arr_0: y, arr_1: X },
    ])
      expect(facts(await read(entries)).labels).toEqual(classes)
  })

  it('say whose names the classes have', async () => {
    const { reading } = await read({ X, y, class_names: npyTexts('<U5', [3], words) })
    expect(reading.notes).toEqual([{ id: 'namesOfArray', params: { names: 'cat, dog, horse' } }])
    expect(reading.preview).toMatchObject({
      arrays: [{ role: 'samples' }, { role: 'labels' }, { role: 'names' }],
    })
  })

  it('say what is not used', async () => {
    const { reading } = await read({ X, y, created: npyTexts('<U10', [], ['2026-01-01']) })
    expect(reading.notes).toContainEqual({
      id: 'arraysUnused',
      params: { count: 1, names: 'created' },
    })
    expect(reading.preview).toMatchObject({
      arrays: [{ role: 'samples' }, { role: 'labels' }, { role: 'unused', dtype: 'text' }],
    })
  })

  it('are refused where samples or labels hold something else', async () => {
    const refusal = { code: 'data/field', params: { field: 'the type', found: '|O' } }
    await expect(read({ X: objects('|O', 4), y })).rejects.toMatchObject(refusal)
    const labels = { X, y: objects('|O', COUNT) }
    const { reading, source } = await read(labels)
    expect(source).toBeNull()
    expect(reading.problem).toMatchObject(refusal)
    expect(reading.controls).toContainEqual(
      expect.objectContaining({ id: 'labelsArray', value: ['y'], options: ['', 'X', 'y'] }),
    )
    const without = await read(labels, { labelsArray: [''] })
    expect(without.reading.problem).toBeNull()
    expect(without.source?.labels).toBeNull()
    const cut = npyTexts('<U5', [COUNT], texts).slice(0, -1)
    await expect(read({ X, y: cut })).rejects.toMatchObject({ code: 'data/length' })
  })

  it('can be told which array is which', async () => {
    const entries = { first: X, second: X, third: y, fourth: npyBytes('<i4', [COUNT], classes) }
    const found = await read(entries)
    expect(found.source).toBeNull()
    expect(found.reading.problem?.code).toBe('data/several')
    expect(found.reading.controls.map(({ id }) => id)).toEqual(['samplesArray', 'labelsArray'])
    const told = await read(entries, { samplesArray: ['second'], labelsArray: ['third'] })
    expect(facts(told).labels).toEqual(classes)
    const none = await read({ X, y }, { labelsArray: [''] })
    expect(requireSource(none).labels).toBeNull()
  })
})

describe('the order of axes', () => {
  const rgb = classes.flatMap((_, i) =>
    pixels.slice(i * 64, (i + 1) * 64).flatMap((value) => [value, value, value]),
  )
  /** Element [i, h, w, c] of the pictures in another order of axes. */
  const moved = (order: readonly number[]): { shape: number[]; values: number[] } => {
    const sides = [COUNT, 8, 8, 3]
    const shape = order.map((axis) => sides[axis] ?? 0)
    const values = Array.from({ length: rgb.length }, (_, at) => {
      const index = [0, 0, 0, 0]
      let rest = at
      for (let place = 3; place >= 0; place--) {
        const side = shape[place] ?? 1
        index[order[place] ?? 0] = rest % side
        rest = Math.floor(rest / side)
      }
      const [i = 0, h = 0, w = 0, c = 0] = index
      return rgb[((i * 8 + h) * 8 + w) * 3 + c] ?? 0
    })
    return { shape, values }
  }

  it.each<[string, '|u1' | '<f4', readonly number[], string]>([
    ['channels first', '|u1', [0, 3, 1, 2], 'channelsFirst'],
    ['channels first, as fractions', '<f4', [0, 3, 1, 2], 'channelsFirst'],
    ['samples last', '|u1', [1, 2, 3, 0], 'samplesLast'],
    ['as models have it', '|u1', [0, 1, 2, 3], 'asStored'],
  ])('is recognised: %s', async (_, type, order, expected) => {
    const { shape, values } = moved(order)
    const found = await read({ X: npyBytes(type, shape, values), y }, {}, [8, 8, 3])
    expect(found.reading.controls.find(({ id }) => id === 'axisOrder')?.value).toEqual([expected])
    const { shape: sides, brightest } = facts(found)
    expect(sides).toEqual([8, 8, 3])
    expect(brightest.map((place) => Math.floor(place / 3))).toEqual(classes)
  })

  it('can be put right', async () => {
    const { shape, values } = moved([0, 3, 1, 2])
    const stored = await read({ X: npyBytes('|u1', shape, values), y }, { axisOrder: ['asStored'] })
    expect(requireSource(stored).samples[0]).toMatchObject({ shape: [3, 8, 8] })
  })
})

/** Values of a type that cannot be read, eight bytes each. */
function objects(descr: string, count: number): Uint8Array {
  return npyFile(descr, [count], new Uint8Array(8 * count))
}
