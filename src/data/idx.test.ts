import fc from 'fast-check'
import { gzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { StudioError } from '../core/errors'
import { memoryFile } from '../files/file-bundle'
import { createRandom } from '../core/random'
import { readIdx } from './idx'
import { requireSource } from './data-wishes'
import { readData } from './read-data'

const go = () => Promise.resolve()

/** Bytes an element and how it is written, by the type in the magic number. */
const writers = {
  0x08: [
    1,
    (view: DataView, at: number, value: number) => {
      view.setUint8(at, value)
    },
  ],
  0x09: [
    1,
    (view: DataView, at: number, value: number) => {
      view.setInt8(at, value)
    },
  ],
  0x0b: [
    2,
    (view: DataView, at: number, value: number) => {
      view.setInt16(at, value)
    },
  ],
  0x0c: [
    4,
    (view: DataView, at: number, value: number) => {
      view.setInt32(at, value)
    },
  ],
  0x0d: [
    4,
    (view: DataView, at: number, value: number) => {
      view.setFloat32(at, value)
    },
  ],
  0x0e: [
    8,
    (view: DataView, at: number, value: number) => {
      view.setFloat64(at, value)
    },
  ],
} as const

type Type = keyof typeof writers

const finite = { noNaN: true, noDefaultInfinity: true }
const valuesOf: Readonly<Record<Type, fc.Arbitrary<number>>> = {
  0x08: fc.integer({ min: 0, max: 255 }),
  0x09: fc.integer({ min: -128, max: 127 }),
  0x0b: fc.integer({ min: -32_768, max: 32_767 }),
  0x0c: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  0x0d: fc.float(finite),
  0x0e: fc.double(finite),
}

function write(type: Type, shape: readonly number[], values: readonly number[]): Uint8Array {
  const [size, set] = writers[type]
  const begin = 4 + 4 * shape.length
  const bytes = new Uint8Array(begin + size * values.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0, 0, type, shape.length])
  shape.forEach((side, axis) => {
    view.setUint32(4 + 4 * axis, side)
  })
  values.forEach((value, index) => {
    set(view, begin + size * index, value)
  })
  return bytes
}

const files = fc
  .record({
    type: fc.constantFrom<Type[]>(0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e),
    shape: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  })
  .chain(({ type, shape }) => {
    const length = shape.reduce((product, side) => product * side, 1)
    return fc
      .array(valuesOf[type], { minLength: length, maxLength: length })
      .map((values) => ({ type, shape, values }))
  })

const noise = (length: number): number[] =>
  Array.from({ length }, (_, index) => ((index * 7919) >> 3) & 255)

describe('IDX files of any type', () => {
  it('come back as they were written, packed or not', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async ({ type, shape, values }, packed) => {
        const bytes = write(type, shape, values)
        const file = memoryFile('a.idx', packed ? gzipSync(bytes) : bytes)
        const array = await readIdx(file, go)
        expect(array.shape).toEqual(shape)
        expect([...array.values]).toEqual(values)
        expect(array.values instanceof Uint8Array).toBe(type === 0x08)
      }),
      { seed: 1, numRuns: 300 },
    )
  })

  it('are read over the seams of the pieces that a file is read in', async () => {
    // Noise does not pack, so that the packed file has several pieces too.
    const random = createRandom(3)
    const values = Array.from({ length: 200_000 }, () => random.below(256))
    const bytes = write(0x08, [2000, 100], values)
    for (const content of [bytes, gzipSync(bytes)]) {
      const steps: number[] = []
      const array = await readIdx(memoryFile('a.idx', content), (done) => {
        steps.push(done)
        return Promise.resolve()
      })
      expect(array.values).toEqual(Uint8Array.from(values))
      expect(steps.length).toBeGreaterThan(2)
      expect(steps.at(-1)).toBe(content.length)
    }
  })

  it('stop where the caller says so', async () => {
    const file = memoryFile('a.idx', write(0x08, [2, 2], [1, 2, 3, 4]))
    await expect(readIdx(file, () => Promise.reject(new Error('stop')))).rejects.toThrow('stop')
  })
})

describe('a packed IDX file', () => {
  const bytes = write(0x08, [2, 20, 20], noise(800))
  const packed = gzipSync(bytes)

  it('can have several members', async () => {
    for (const seam of [1, 4, 10, 16, 17, 500]) {
      const members = [bytes.slice(0, seam), bytes.slice(seam)].map((part) => gzipSync(part))
      const file = memoryFile('a.idx.gz', Uint8Array.from(members.flatMap((part) => [...part])))
      expect([...(await readIdx(file, go)).values]).toEqual(noise(800))
    }
  })

  it('is refused wherever it is cut short', async () => {
    for (let length = 0; length < packed.length; length++)
      await expect(
        readIdx(memoryFile('a.idx.gz', packed.slice(0, length)), go),
        `${length} bytes`,
      ).rejects.toBeInstanceOf(StudioError)
  })

  it('never gives other values where a bit of it is flipped', async () => {
    let refused = 0
    for (let place = 0; place < packed.length; place++) {
      const flipped = packed.slice()
      flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8))
      try {
        const { shape, values } = await readIdx(memoryFile('a.idx.gz', flipped), go)
        expect(shape).toEqual([2, 20, 20])
        expect([...values], `bit of byte ${place}`).toEqual(noise(800))
      } catch (error) {
        if (!(error instanceof StudioError)) throw error
        refused++
      }
    }
    // Ten bytes of gzip's header say when and where it was packed.
    expect(refused).toBeGreaterThan(packed.length - 10)
  })
})

describe('images and labels of MNIST', () => {
  const images = write(0x08, [3, 2, 2], noise(12))
  const labels = write(0x08, [3], [7, 2, 1])

  it.each([
    ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
    ['t10k-labels-idx1-ubyte', 't10k-images-idx3-ubyte'],
    ['first.idx3-ubyte.gz', 'second.idx1-ubyte.gz'],
    ['t10k-images-idx3-ubyte (1)', 't10k-labels-idx1-ubyte (1)'],
    ['t10k-images-idx3-ubyte (1).gz', 't10k-labels-idx1-ubyte(2).gz'],
  ])('are told apart: %s, %s', async (...names) => {
    const bundle = names.map((name) =>
      memoryFile(name, /images|first/.test(name) ? images : labels),
    )
    const source = requireSource(await readData(bundle, { choices: {}, inputs: [] }, go))
    expect(source.samples[0]).toMatchObject({
      kind: 'numbers',
      count: 3,
      shape: [2, 2],
      values: Uint8Array.from(noise(12)),
    })
    expect(source.labels).toEqual({
      kind: 'classes',
      classNames: ['1', '2', '7'],
      numbers: [1, 2, 7],
      values: Int32Array.of(2, 1, 0),
    })
  })
})
