import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { npyBytes, npyFile, npyTexts } from '../../../testing/files/foreign-data'
import { memoryFile } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { requireSource } from '../data-wishes'
import type { DataWishes } from '../data-wishes'
import { readData } from '../read-data'
import { readClassArrays } from './class-arrays'

const go = () => Promise.resolve()
const words = ['cat', 'dog', 'owl']
const wishes: DataWishes = {
  choices: {},
  input: [8, 8, 1],
  output: { columns: 3, kind: 'probabilities', meaning: 'classes' },
}

/** Rows of one class: the pixel of the class is bright. */
const rowsOf = (label: number, rows: number): number[] =>
  Array.from({ length: rows * 64 }, (_, at) => (at % 64 === label ? 255 : (at * 7) % 100))

const arrayOf = (label: number, rows: number): Uint8Array =>
  npyBytes('|u1', [rows, 64], rowsOf(label, rows))

function facts(found: Awaited<ReturnType<typeof readData>>) {
  const { name, samples, labels } = requireSource(found)
  if (samples.kind !== 'numbers' || labels?.kind !== 'classes') throw new Error('no classes')
  const { count, shape, values } = samples
  const size = values.length / count
  return {
    name,
    shape,
    classNames: labels.classNames,
    labels: [...labels.values],
    brightest: Array.from({ length: count }, (_, row) =>
      values.subarray(row * size, (row + 1) * size).indexOf(255),
    ),
  }
}

describe('one array for each class', () => {
  const files = words.map((word, label) => memoryFile(`${word}.npy`, arrayOf(label, 4 + label)))

  it.each<[string, BundleFile[]]>([
    ['loose', files],
    ['loose, in another order', files.toReversed()],
    [
      'as Quick, Draw! is downloaded',
      words.map((word, label) =>
        memoryFile(`full_numpy_bitmap_${word}.npy`, arrayOf(label, 4 + label)),
      ),
    ],
    [
      'in an npz',
      [
        memoryFile(
          'd.npz',
          zipSync(Object.fromEntries(words.map((word, i) => [`${word}.npy`, arrayOf(i, 4 + i)]))),
        ),
      ],
    ],
  ])('%s', async (_, dropped) => {
    const found = await readData(dropped, wishes, go)
    const { labels, ...others } = facts(found)
    expect(others).toMatchObject({ shape: [8, 8, 1], classNames: words })
    // The pixel that is bright says the class.
    expect(labels).toEqual(others.brightest)
    expect(labels.filter((label) => label === 2)).toHaveLength(6)
    expect(found.reading.controls.map(({ id }) => id)).toEqual(['arraysAre'])
    expect(found.reading.notes.map(({ id }) => id)).toEqual(['arraysAreClasses', 'rowsShaped'])
    expect(found.reading.notes[1]?.params).toEqual({ size: 64, shape: '8 × 8 × 1' })
    expect(found.reading.account).toEqual({ read: 3, leftOut: [] })
  })

  it('names the data by the classes', async () => {
    expect(facts(await readData(files, wishes, go)).name).toBe('cat + dog + owl')
  })

  it('can be samples and labels instead', async () => {
    const pair = [
      memoryFile('first.npy', arrayOf(0, 6)),
      memoryFile('second.npy', npyBytes('<f4', [6, 64], rowsOf(1, 6))),
    ]
    const classes = await readData(pair, wishes, go)
    expect(facts(classes).classNames).toEqual(['first', 'second'])
    const told = await readData(
      pair,
      { ...wishes, choices: { arraysAre: ['samplesAndLabels'] } },
      go,
    )
    expect(told.reading.problem?.code).toBe('data/several')
    expect(told.reading.controls.map(({ id }) => id)).toEqual([
      'arraysAre',
      'samplesArray',
      'labelsArray',
    ])
  })

  it.each<[string, BundleFile[]]>([
    ['x and y', [memoryFile('x.npy', arrayOf(0, 4)), memoryFile('y.npy', arrayOf(1, 4))]],
    ['splits', [memoryFile('train.npy', arrayOf(0, 4)), memoryFile('test.npy', arrayOf(1, 5))]],
    [
      'arrays of other sides',
      [
        memoryFile('cat.npy', arrayOf(0, 4)),
        memoryFile('dog.npy', npyBytes('|u1', [4], [1, 2, 3, 4])),
      ],
    ],
    [
      'texts',
      [
        memoryFile('cat.npy', arrayOf(0, 4)),
        memoryFile('names.npy', npyTexts('<U3', [4, 1], ['a', 'b', 'c', 'd'])),
      ],
    ],
  ])('is not seen in %s', async (_, dropped) => {
    const { reading } = await readData(dropped, wishes, go)
    expect(reading.controls.map(({ id }) => id)).not.toContain('arraysAre')
  })

  it('reads only the first rows of what is too large together, and no byte behind them', async () => {
    const [rows, size, bytes] = [200_000, 784, 2 ** 20]
    let furthest = 0
    const large = (name: string): BundleFile => {
      const header = npyFile('|u1', [rows, size], new Uint8Array())
      return {
        path: `${name}.npy`,
        size: header.length + rows * size,
        read: (from, to) => {
          furthest = Math.max(furthest, to)
          const read = new Uint8Array(to - from)
          read.set(header.subarray(from, Math.max(from, Math.min(to, header.length))))
          return Promise.resolve(read)
        },
      }
    }
    const files = [large('cat'), large('dog')]
    const { found } = await readClassArrays(files, (path) => path.slice(0, 3), wishes, go, bytes)
    const most = Math.floor(bytes / (2 * size))
    expect(found?.samples.shape).toEqual([2 * most, size])
    expect(found?.notes[1]).toEqual({ id: 'firstRows', params: { count: most, total: 2 * rows } })
    expect(found?.labels.values.filter((label) => label === 1)).toHaveLength(most)
    expect(furthest).toBeLessThan(200 + most * size)
  })
})

describe('rows of numbers for a model of pictures', () => {
  const labels = Array.from({ length: 6 }, (_, i) => i % 3)
  const read = (
    sides: readonly number[],
    values: number[],
    input: DataWishes['input'],
    choices = {},
  ) =>
    readData(
      [
        memoryFile(
          'd.npz',
          zipSync({
            'X.npy': npyBytes('|u1', sides, values),
            'y.npy': npyBytes('<i4', [6], labels),
          }),
        ),
      ],
      { ...wishes, input, choices },
      go,
    )

  it.each<[string, DataWishes['input'], readonly number[]]>([
    ['grey', [8, 8, 1], [8, 8, 1]],
    ['a plane', [8, 8], [8, 8]],
    ['of any size', [null, null, 1], [8, 8, 1]],
    ['of one known side', [4, null, 1], [4, 16, 1]],
    ['channels first', [1, 8, 8], [8, 8, 1]],
  ])('are read as a picture: %s', async (_, input, shape) => {
    const found = await read(
      [6, 64],
      labels.flatMap((label) => rowsOf(label, 1)),
      input,
    )
    expect(requireSource(found).samples).toMatchObject({ shape })
    expect(found.reading.notes).toContainEqual({
      id: 'rowsShaped',
      params: { size: 64, shape: shape.join(' × ') },
    })
  })

  /** A ramp down, in colours: red rises, green falls, blue is even. */
  const colours = Array.from({ length: 64 }, (_, at) => {
    const y = Math.floor(at / 8)
    return [20 * y, 200 - 20 * y, 90]
  })
  const planar = [0, 1, 2].flatMap((channel) => colours.map((pixel) => pixel[channel] ?? 0))
  const interleaved = colours.flat()

  it.each<[string, number[], string]>([
    ['one channel after the other, as CIFAR has them', planar, 'channelsFirst'],
    ['pixel by pixel', interleaved, 'asStored'],
  ])('of colours lie %s', async (_, row, order) => {
    const found = await read(
      [6, 192],
      labels.flatMap(() => row),
      [8, 8, 3],
    )
    expect(found.reading.controls).toContainEqual(
      expect.objectContaining({
        id: 'axisOrder',
        value: [order],
        options: ['asStored', 'channelsFirst'],
      }),
    )
    const { samples } = requireSource(found)
    if (samples.kind !== 'numbers') throw new Error('no numbers')
    expect([...samples.values.subarray(0, 192)]).toEqual(interleaved)
    const told = await read(
      [6, 192],
      labels.flatMap(() => row),
      [8, 8, 3],
      {
        axisOrder: [order === 'asStored' ? 'channelsFirst' : 'asStored'],
      },
    )
    const other = requireSource(told).samples
    if (other.kind !== 'numbers') throw new Error('no numbers')
    expect([...other.values.subarray(0, 192)]).not.toEqual(interleaved)
  })

  it.each<[string, readonly number[], DataWishes['input']]>([
    ['another length', [6, 64], [9, 9, 1]],
    ['no square', [6, 60], [null, null, 1]],
    ['a model of rows', [6, 64], [64]],
  ])('stay as they are for %s', async (_, sides, input) => {
    const count = (sides[0] ?? 0) * (sides[1] ?? 0)
    const found = await read(
      sides,
      Array.from({ length: count }, (_value, at) => at % 251),
      input,
    )
    expect(requireSource(found).samples).toMatchObject({ shape: sides.slice(1) })
    expect(found.reading.notes.map(({ id }) => id)).not.toContain('rowsShaped')
  })
})

describe('arrays that a model should make', () => {
  const makes: DataWishes = {
    choices: {},
    input: [8, 8, 1],
    output: { columns: null, sides: [8, 8, 1], kind: 'scores', meaning: 'numbers' },
  }
  const pictures = Array.from({ length: 4 * 64 }, (_, at) => (at * 37) % 256)
  const read = (entries: Record<string, Uint8Array>, how: DataWishes = makes) =>
    readData(
      Object.entries(entries).map(([name, bytes]) => memoryFile(`${name}.npy`, bytes)),
      how,
      go,
    )
  const X = npyBytes('|u1', [4, 8, 8], pictures)

  it.each<[string, Record<string, Uint8Array>, object]>([
    ['x and y', { x: X, y: npyBytes('<f4', [4, 8, 8], pictures) }, { shape: [8, 8] }],
    [
      'noisy and clean',
      { noisy: X, clean: npyBytes('|u1', [4, 8, 8, 1], pictures) },
      { shape: [8, 8, 1] },
    ],
    ['images and masks', { images: X, masks: X }, { shape: [8, 8] }],
    ['flat rows', { X, y: npyBytes('<f4', [4, 64], pictures) }, { shape: [8, 8, 1] }],
  ])('are read: %s', async (_, entries, labels) => {
    const found = await read(entries)
    expect(found.reading.problem).toBeNull()
    expect(requireSource(found).labels).toMatchObject({ kind: 'arrays', ...labels })
    expect(requireSource(found).samples).toMatchObject({ shape: expect.arrayContaining([8]) as [] })
  })

  it('of 0 and 1 in bytes are numbers', async () => {
    const found = await read({
      X,
      y: npyBytes(
        '|u1',
        [4, 8, 8],
        pictures.map((value) => value & 1),
      ),
    })
    const { labels } = requireSource(found)
    expect(labels?.kind === 'arrays' && labels.values).toBeInstanceOf(Float64Array)
  })

  it('are refused where the model makes one row of numbers', async () => {
    const { reading } = await read({ X, y: npyBytes('<f4', [4, 8, 8], pictures) }, wishes)
    expect(reading.problem).toEqual({
      code: 'data/field',
      params: {
        file: 'y.npy',
        field: 'the shape of the labels',
        expected: 'one or two axes',
        found: '4 × 8 × 8',
      },
    })
  })

  it.each([[[4, 1, 1, 3]], [[4, 3, 1, 1]], [[4, 1, 3]]])(
    'of one side, %j, are rows',
    async (shape) => {
      const found = await read({ X, y: npyBytes('<f4', shape, pictures.slice(0, 12)) }, wishes)
      expect(requireSource(found).labels).toMatchObject({ kind: 'numbers', names: ['', '', ''] })
    },
  )
})
