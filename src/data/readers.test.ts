import { onlyInput } from '../../testing/files/own-data-cases'
import fc from 'fast-check'
import { gzipSync, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { npyBytes } from '../../testing/files/foreign-data'
import { memoryFile } from '../files/file-bundle'
import type { FileBundle } from '../files/file-bundle'
import { readIdx } from './idx'
import { readNpy } from './arrays/npy'
import { requireSource } from './data-wishes'
import { readData } from './read-data'

const go = () => Promise.resolve()
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = async (
  bundle: FileBundle,
  labelColumns: string[] | null = null,
  features: number | null = null,
) => {
  const choices = labelColumns === null ? {} : { labelColumns }
  const found = await readData(
    bundle,
    { choices, inputs: onlyInput(features === null ? null : [features]) },
    go,
  )
  return { ...found, source: requireSource(found) }
}

const sides = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

describe('NumPy arrays', () => {
  it('come back as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(sides, fc.nat(), async (shape, seed) => {
        const values = Float64Array.from({ length: product(shape) }, (_, i) => (i * 37 + seed) / 8)
        for (const [descr, kept] of [
          ['<f8', values],
          ['<f4', Float64Array.from(Float32Array.from(values))],
          ['<i4', values.map(Math.trunc)],
        ] as const) {
          const array = await readNpy(memoryFile('x.npy', npyBytes(descr, shape, kept)), go)
          expect(array.shape).toEqual(shape)
          expect(array.values).toEqual(kept)
        }
      }),
      { seed: 1, numRuns: 40 },
    )
  })

  // Written by NumPy 2.4: np.asfortranarray, big-endian, booleans, halves, 64-bit integers.
  it.each([
    [
      'fortran',
      "{'descr': '<i4', 'fortran_order': True, 'shape': (2, 3), }",
      '000000000300000001000000040000000200000005000000',
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ],
    [
      'big-endian',
      "{'descr': '>i2', 'fortran_order': False, 'shape': (3,), }",
      '0001fffe012c',
      [3],
      [1, -2, 300],
    ],
    ['bool', "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", '010001', [3], [1, 0, 1]],
    [
      'half',
      "{'descr': '<f2', 'fortran_order': False, 'shape': (2,), }",
      '003e00c1',
      [2],
      [1.5, -2.5],
    ],
    [
      'int64',
      "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }",
      '0700000000000000fbffffffffffffff',
      [2],
      [7, -5],
    ],
  ])('of other kinds: %s', async (_, header, hex, shape, values) => {
    const padded = `${header.padEnd(117)}\n`
    const bytes = Uint8Array.of(
      0x93,
      ...utf8('NUMPY'),
      1,
      0,
      padded.length,
      0,
      ...utf8(padded),
      ...Buffer.from(hex, 'hex'),
    )
    const array = await readNpy(memoryFile('x.npy', bytes), go)
    expect(array.shape).toEqual(shape)
    expect([...array.values]).toEqual(values)
  })
})

describe('IDX', () => {
  it('is read packed and unpacked, images with their labels', async () => {
    const header = (type: number, ...shape: number[]): number[] => [
      0,
      0,
      type,
      shape.length,
      ...shape.flatMap((side) => [0, 0, side >> 8, side & 255]),
    ]
    const images = Uint8Array.of(...header(8, 5, 2, 3), ...Array.from({ length: 30 }, (_, i) => i))
    const labels = Uint8Array.of(...header(8, 5), 3, 1, 4, 1, 5)
    for (const pack of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array) => gzipSync(bytes)]) {
      const array = await readIdx(memoryFile('a-idx3-ubyte.gz', pack(images)), go)
      expect(array).toMatchObject({ shape: [5, 2, 3] })
      expect([...array.values].slice(0, 4)).toEqual([0, 1, 2, 3])
      const { source } = await read([
        memoryFile('t10k-labels-idx1-ubyte.gz', pack(labels)),
        memoryFile('t10k-images-idx3-ubyte.gz', pack(images)),
      ])
      expect(source).toMatchObject({
        format: 'idx',
        samples: [{ count: 5, shape: [2, 3] }],
        labels: { kind: 'classes', numbers: [1, 3, 4, 5], values: Int32Array.of(1, 0, 2, 0, 3) },
      })
    }
    const floats = Uint8Array.of(...header(13, 1), 0x3f, 0xc0, 0, 0)
    expect([...(await readIdx(memoryFile('a.idx', floats), go)).values]).toEqual([1.5])
  })
})

describe('archives of arrays', () => {
  it('give the test arrays where there are several', async () => {
    const x = (count: number) => npyBytes('|u1', [count, 2], new Uint8Array(2 * count).fill(count))
    const y = (count: number) => npyBytes('<i4', [count], new Int32Array(count))
    const entries = {
      'x_train.npy': x(9),
      'y_train.npy': y(9),
      'x_test.npy': x(4),
      'y_test.npy': y(4),
    }
    const { source } = await read([memoryFile('digits.npz', zipSync(entries))])
    expect(source).toMatchObject({ name: 'digits', samples: [{ count: 4 }] })
    expect(source.labels).toMatchObject({ values: { length: 4 } })
  })
})

describe('tables', () => {
  const table = async (
    text: string,
    labels: string[] | null = null,
    features: number | null = null,
  ) => (await read([memoryFile('t.csv', utf8(text))], labels, features)).source

  it('have names, numbers, and a column of classes', async () => {
    const source = await table('a;b;species\n1,5;2;"cat; big"\n-3;4e1;dog\n0;1;"cat; big"\n')
    expect(source.samples[0]).toMatchObject({ count: 3, shape: [2] })
    expect(source.samples[0].kind === 'numbers' && [...source.samples[0].values]).toEqual([
      1.5, 2, -3, 40, 0, 1,
    ])
    expect(source.labels).toEqual({
      kind: 'classes',
      classNames: ['cat; big', 'dog'],
      values: Int32Array.of(0, 1, 0),
    })
  })

  it('without a header call their columns by number', async () => {
    const { reading } = await read([memoryFile('t.csv', utf8('1,2,3\n4,5,6\n'))])
    expect(reading.preview).toMatchObject({
      columns: [
        { name: 'column 1', role: 'input' },
        { name: 'column 2', role: 'input' },
        { name: 'column 3', role: 'label' },
      ],
    })
  })

  it('leave to the labels what the model has no inputs for', async () => {
    const three = 'a,b,c\n1,2,3\n4,5,6\n'
    expect((await table(three, null, 3)).labels).toBeNull()
    expect((await table(three, null, 1)).labels).toMatchObject({
      values: Float64Array.of(2, 3, 5, 6),
    })
    expect((await table('y,a,b\n1,2,3\n4,5,6\n', null, 2)).labels).toMatchObject({
      numbers: [1, 4],
    })
    expect((await table(three, [])).labels).toBeNull()
  })

  it('take a comma for a decimal one only where cells are parted otherwise, and no hex', async () => {
    const semicolons = await table('a;b\n1,5;2\n3,5;4\n', [])
    expect(semicolons.samples[0].kind === 'numbers' && [...semicolons.samples[0].values]).toEqual([
      1.5, 2, 3.5, 4,
    ])
    const thousands = await table('a,b\n"1,500",2\n3,4\n', [])
    expect(thousands.samples[0].kind === 'numbers' && [...thousands.samples[0].values]).toEqual([
      1500, 2, 3, 4,
    ])
    await expect(table('a,b\n"1,50,0",2\n3,4\n', [])).rejects.toThrow(/table-column.*1,50,0/)
    await expect(table('a,b\n0x10,2\n3,4\n', [])).rejects.toThrow(/table-column.*0x10/)
    await expect(table('a,b\n1e300,2\n3,4\n', [])).rejects.toThrow(/in the range of float32/)
  })

  it('end their lines in any way, and tell equal names apart', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { reading, source } = await read([
        memoryFile('t.csv', utf8(['x,x,y', '1,2,"a"', '3,4,"b"', ''].join(end))),
      ])
      expect(reading.preview).toMatchObject({
        columns: [{ name: 'x' }, { name: 'x (2)' }, { name: 'y' }],
      })
      expect(source.labels).toMatchObject({ classNames: ['a', 'b'] })
    }
  })

  it('in an old encoding are read as what they likely are, and say so', async () => {
    const latin = Uint8Array.of(...utf8('a,label\n1,gr'), 0xfc, ...utf8('n\n2,rot\n'))
    const { source, reading } = await read([memoryFile('t.csv', latin)])
    expect(source.labels).toMatchObject({ classNames: ['grün', 'rot'] })
    expect(reading.notes).toContainEqual({ id: 'encoding', params: { encoding: 'windows-1252' } })
    const chosen = { choices: { tableEncoding: ['windows-1251'] }, inputs: [] }
    const other = await readData([memoryFile('t.csv', latin)], chosen, go)
    expect(requireSource(other).labels).toMatchObject({ classNames: ['grьn', 'rot'] })
  })

  it('are read in pieces, in UTF-8 with a mark and in UTF-16', async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `${i},${2 * i},größe ${i % 3}`)
    const text = `\uFEFFa,b,label\n${rows.join('\r\n')}`
    const wide = new Uint8Array(2 * text.length)
    for (let i = 0; i < text.length; i++)
      new DataView(wide.buffer).setUint16(2 * i, text.charCodeAt(i), true)
    for (const bytes of [utf8(text), wide]) {
      const { source } = await read([memoryFile('t.csv', bytes)])
      expect(source.samples[0]).toMatchObject({ count: 40_000, shape: [2] })
      expect(source.samples[0].kind === 'numbers' && source.samples[0].values.slice(-2)).toEqual(
        Float32Array.of(39_999, 79_998),
      )
      expect(source.labels).toMatchObject({ classNames: ['größe 0', 'größe 1', 'größe 2'] })
    }
  })
})
