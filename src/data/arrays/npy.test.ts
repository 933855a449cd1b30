import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../core/errors'
import { memoryFile } from '../../files/file-bundle'
import { readNpy } from './npy'
import { requireSource } from '../data-wishes'
import { readData } from '../read-data'

interface GoldenFile {
  readonly name: string
  readonly base64: string
}

const golden = JSON.parse(readFileSync('golden/npy.json', 'utf8')) as {
  readonly arrays: readonly (GoldenFile & {
    readonly shape: readonly number[]
    readonly values: readonly number[]
  })[]
  readonly refused: readonly (GoldenFile & { readonly found: string })[]
  readonly archives: readonly GoldenFile[]
  readonly samples: readonly number[]
  readonly labels: readonly number[]
}

const go = () => Promise.resolve()
const bytesOf = ({ base64 }: GoldenFile): Uint8Array =>
  Uint8Array.from(Buffer.from(base64, 'base64'))
const wishes = { choices: {}, inputs: [] }

describe('files written by NumPy', () => {
  it.each(golden.arrays.map((item) => [item.name, item] as const))('%s', async (_, item) => {
    const array = await readNpy(memoryFile('x.npy', bytesOf(item)), go)
    expect(array.shape).toEqual(item.shape)
    expect([...array.values]).toEqual(item.values)
  })

  it.each(golden.refused.map((item) => [item.name, item] as const))(
    'that hold no numbers: %s',
    async (_, item) => {
      const refusal = readNpy(memoryFile('x.npy', bytesOf(item)), go)
      await expect(refusal).rejects.toMatchObject({
        code: 'data/field',
        params: { field: 'the type', found: item.found },
      })
    },
  )

  it.each(golden.archives.map((item) => [item.name, item] as const))(
    'as an archive: %s',
    async (_, item) => {
      const source = requireSource(await readData([memoryFile('a.npz', bytesOf(item))], wishes, go))
      expect(source.samples[0]).toMatchObject({
        kind: 'numbers',
        count: 4,
        shape: [3],
        values: Float32Array.from(golden.samples),
      })
      expect(source.labels).toMatchObject({ values: Int32Array.from(golden.labels) })
    },
  )
})

const kinds = ['|b1', '|u1', '|i1', '<u2', '>u2', '<i2', '>i2', '<u4', '>u4', '<i4', '>i4'].concat([
  '<u8',
  '>u8',
  '<i8',
  '>i8',
  '<f4',
  '>f4',
  '<f8',
  '>f8',
])

/** Writes with DataView alone, and knows nothing of the reader. */
function write(
  descr: string,
  shape: readonly number[],
  values: readonly number[],
  version: number,
  fortran: boolean,
): Uint8Array {
  const little = !descr.startsWith('>')
  const size = Number(descr.slice(2))
  const sides = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${sides}, }\n`
  const begin = version === 1 ? 10 : 12
  const bytes = new Uint8Array(begin + dict.length + values.length * size)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0])
  const view = new DataView(bytes.buffer)
  if (version === 1) view.setUint16(8, dict.length, true)
  else view.setUint32(8, dict.length, true)
  bytes.set(new TextEncoder().encode(dict), begin)
  values.forEach((value, index) => {
    const at = begin + dict.length + index * size
    if (descr.endsWith('f4')) view.setFloat32(at, value, little)
    else if (descr.endsWith('f8')) view.setFloat64(at, value, little)
    else
      for (let byte = 0; byte < size; byte++) {
        const place = at + (little ? byte : size - 1 - byte)
        bytes[place] = Number((BigInt(value) >> BigInt(8 * byte)) & 255n)
      }
  })
  return bytes
}

/** Any value that a kind can hold and a double holds exactly. */
function valueOf(descr: string): fc.Arbitrary<number> {
  const plain = { noNaN: true, noDefaultInfinity: true }
  if (descr.endsWith('f4')) return fc.float(plain)
  if (descr.endsWith('f8')) return fc.double(plain)
  if (descr.endsWith('b1')) return fc.integer({ min: 0, max: 1 })
  const bits = Math.min(53, 8 * Number(descr.slice(2)))
  return descr[1] === 'u'
    ? fc.maxSafeNat().map((value) => value % 2 ** bits)
    : fc.maxSafeInteger().map((value) => (value % 2 ** (bits - 1)) + 0)
}

const files = fc
  .record({
    descr: fc.constantFrom(...kinds),
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
    version: fc.integer({ min: 1, max: 3 }),
  })
  .chain((form) => {
    const length = form.shape.reduce((product, side) => product * side, 1)
    return fc
      .array(valueOf(form.descr), { minLength: length, maxLength: length })
      .map((values) => ({ ...form, values }))
  })

describe('arrays of any kind', () => {
  it('come back as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(files, async ({ descr, shape, values, version }) => {
        const bytes = write(descr, shape, values, version, false)
        const array = await readNpy(memoryFile('x.npy', bytes), go)
        expect(array.shape).toEqual(shape)
        expect([...array.values]).toEqual(values)
        expect(array.values instanceof Uint8Array).toBe(descr === '|u1')
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('are turned from Fortran order', async () => {
    await fc.assert(
      fc.asyncProperty(files, async ({ descr, shape, values, version }) => {
        const bytes = write(descr, shape, values, version, true)
        const array = await readNpy(memoryFile('x.npy', bytes), go)
        // Row-major place of each value whose first index runs fastest.
        const expected = [...values]
        values.forEach((value, from) => {
          let rest = from
          const index = shape.map((side) => {
            const place = rest % side
            rest = (rest - place) / side
            return place
          })
          expected[index.reduce((to, place, axis) => to * (shape[axis] ?? 1) + place, 0)] = value
        })
        expect([...array.values]).toEqual(expected)
      }),
      { seed: 2, numRuns: 300 },
    )
  })

  it('are refused or read, never anything else, whatever the header says', async () => {
    const piece = fc.constantFrom(
      ...["'descr'", "'fortran_order'", "'shape'", "'<f8'", "'|u1'", 'True', 'False', 'None'],
      ...['(', ')', '[', ']', '{', '}', ',', ':', ' ', '2', '3L', '-1', "'", '"', '\\', '#', 'é'],
      ...["{'descr': '|u1', ", "'fortran_order': False, ", "'shape': (2, 3)", '}'],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 24 }), async (pieces) => {
        const header = pieces.join('')
        const bytes = new Uint8Array(10 + header.length + 6)
        bytes.set([
          0x93,
          0x4e,
          0x55,
          0x4d,
          0x50,
          0x59,
          1,
          0,
          header.length & 255,
          header.length >> 8,
        ])
        bytes.set(Buffer.from(header, 'latin1'), 10)
        try {
          const { values } = await readNpy(memoryFile('x.npy', bytes), go)
          expect(values).toHaveLength(6)
        } catch (error) {
          if (!(error instanceof StudioError)) throw error
          expect(error.code).toMatch(/^data\//)
        }
      }),
      { seed: 3, numRuns: 3000 },
    )
  })

  it('stop where the caller says so', async () => {
    for (const [descr, fortran] of [
      ['<f4', false],
      ['|u1', true],
    ] as const) {
      const file = memoryFile('x.npy', write(descr, [2, 2], [1, 2, 3, 4], 1, fortran))
      await expect(readNpy(file, () => Promise.reject(new Error('stop')))).rejects.toThrow('stop')
    }
  })

  it('allocate nothing for a size that the file does not have', async () => {
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 200), }\n"
    const start = new Uint8Array(10 + header.length)
    start.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0])
    start.set(Buffer.from(header, 'latin1'), 10)
    const asked: number[] = []
    const file = {
      path: 'x.npy',
      size: start.length,
      read: (from: number, to: number) => {
        asked.push(to)
        return Promise.resolve(start.slice(from, to))
      },
    }
    await expect(readNpy(file, go)).rejects.toMatchObject({
      code: 'data/length',
      params: { expected: start.length + 8 * 200_000_000, found: start.length },
    })
    expect(Math.max(...asked)).toBe(start.length)
  })
})
