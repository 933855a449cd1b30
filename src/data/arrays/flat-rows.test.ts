import { onlyInput } from '../../../testing/files/own-data-cases'
import type { OnlySides } from '../../../testing/files/own-data-cases'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { npyBytes } from '../../../testing/files/foreign-data'
import { memoryFile } from '../../files/file-bundle'
import { requireSource } from '../data-wishes'
import type { DataWishes } from '../data-wishes'
import { readData } from '../read-data'

const go = () => Promise.resolve()
const wishes: DataWishes = {
  choices: {},
  inputs: onlyInput([8, 8, 1]),
  output: { columns: 3, kind: 'probabilities', meaning: 'classes' },
}

/** Rows of one class: the pixel of the class is bright. */
const rowsOf = (label: number, rows: number): number[] =>
  Array.from({ length: rows * 64 }, (_, at) => (at % 64 === label ? 255 : (at * 7) % 100))

describe('rows of numbers for a model of pictures', () => {
  const labels = Array.from({ length: 6 }, (_, i) => i % 3)
  const read = (sides: readonly number[], values: number[], input: OnlySides, choices = {}) =>
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
      { ...wishes, inputs: onlyInput(input), choices },
      go,
    )

  it.each<[string, OnlySides, readonly number[]]>([
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
    expect(requireSource(found).samples[0]).toMatchObject({ shape })
    expect(found.reading.notes).toContainEqual({
      id: 'rowsShaped',
      params: { size: 64, shape: shape.join(' × ') },
    })
  })

  it.each<[string, readonly number[], OnlySides, readonly number[]]>([
    ['in front', [6, 1, 8, 8, 1], [8, 8, 1], [8, 8, 1]],
    ['behind', [6, 8, 8, 1, 1], [8, 8, 1], [8, 8, 1]],
    ['before channels first', [6, 1, 1, 8, 8], [1, 8, 8], [8, 8, 1]],
  ])('lose sides of one that the input has not: %s', async (_, sides, input, shape) => {
    const found = await read(
      sides,
      labels.flatMap((label) => rowsOf(label, 1)),
      input,
    )
    expect(requireSource(found).samples[0]).toMatchObject({ shape })
    expect(found.reading.notes[0]).toEqual({
      id: 'rowsShaped',
      params: { size: sides.slice(1).join(' × '), shape: shape.join(' × ') },
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
    const {
      samples: [samples],
    } = requireSource(found)
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
    const [other] = requireSource(told).samples
    if (other.kind !== 'numbers') throw new Error('no numbers')
    expect([...other.values.subarray(0, 192)]).not.toEqual(interleaved)
  })

  it.each<[string, readonly number[], OnlySides]>([
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
    expect(requireSource(found).samples[0]).toMatchObject({ shape: sides.slice(1) })
    expect(found.reading.notes.map(({ id }) => id)).not.toContain('rowsShaped')
  })
})

describe('arrays that a model should make', () => {
  const makes: DataWishes = {
    choices: {},
    inputs: onlyInput([8, 8, 1]),
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
    expect(requireSource(found).samples[0]).toMatchObject({
      shape: expect.arrayContaining([8]) as [],
    })
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
