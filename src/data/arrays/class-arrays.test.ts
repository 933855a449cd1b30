import { onlyInput } from '../../../testing/files/own-data-cases'
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
  inputs: onlyInput([8, 8, 1]),
  output: { columns: 3, kind: 'probabilities', meaning: 'classes' },
}

/** Rows of one class: the pixel of the class is bright. */
const rowsOf = (label: number, rows: number): number[] =>
  Array.from({ length: rows * 64 }, (_, at) => (at % 64 === label ? 255 : (at * 7) % 100))

const arrayOf = (label: number, rows: number): Uint8Array =>
  npyBytes('|u1', [rows, 64], rowsOf(label, rows))

function facts(found: Awaited<ReturnType<typeof readData>>) {
  const {
    name,
    samples: [samples],
    labels,
  } = requireSource(found)
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

  const draw = 'full_numpy_bitmap_'
  it.each<[string, string[], string]>([
    ['of Quick, Draw! one is a train', ['airplane', 'bus', 'car', 'train'], draw],
    ['of Quick, Draw! two are called by such words', ['train', 'x-ray'], draw],
    ['one is a train', ['airplane', 'bus', 'car', 'train'], ''],
    ['one of two is a train', ['bus', 'train'], ''],
    ['one is an x-ray', ['airplane', 'bus', 'x-ray'], ''],
    ['two are called by such words', ['airplane', 'bus', 'train', 'x-ray'], ''],
  ])('%s', async (_, names, prefix) => {
    const dropped = names.map((name, label) =>
      memoryFile(`${prefix}${name}.npy`, arrayOf(label, 3 + label)),
    )
    const found = await readData(dropped, wishes, go)
    const { classNames, labels, brightest } = facts(found)
    expect(classNames).toEqual(names)
    expect(labels).toEqual(brightest)
    expect(names.map((_name, at) => labels.filter((label) => label === at).length)).toEqual(
      names.map((_name, at) => 3 + at),
    )
    expect(found.reading.account).toEqual({ read: names.length, leftOut: [] })
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
    [
      'two splits and another',
      ['train', 'test', 'more'].map((name, at) => memoryFile(`${name}.npy`, arrayOf(at, 4))),
    ],
    [
      'labels of each sample',
      [memoryFile('digits.npy', arrayOf(0, 4)), memoryFile('labels.npy', arrayOf(1, 4))],
    ],
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
