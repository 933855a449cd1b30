import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/random'
import { memoryFile } from './file-bundle'
import type { BundleFile } from './file-bundle'
import { openWritten } from './written-zip'
import { PIECE_BYTES, joinZip, packEach, zipLength, zipRecords } from './zip-writer'
import type { ZipSource } from './zip-writer'

const go = () => Promise.resolve()

/** Two pieces and a bit: one that deflates, one that does not, one that does. */
const random = createRandom(5)
const bytes = new Uint8Array(2 * PIECE_BYTES + 12_345)
for (let at = PIECE_BYTES; at < 2 * PIECE_BYTES; at++) bytes[at] = random.below(256)
bytes.fill(3, 100, 5000)
bytes.fill(7, 2 * PIECE_BYTES + 1000)

const long: ZipSource = {
  ...{ path: 'model.onnx', size: bytes.length, bytes },
  read: (from, to) => bytes.subarray(from, to),
}
const card: ZipSource = { path: 'README.md', bytes: new TextEncoder().encode('text '.repeat(99)) }
const packed = await packEach([long, card], go, (part) => part)

function joined(): Uint8Array {
  const parts = joinZip(packed)
  const zip = new Uint8Array(zipLength(parts))
  let at = 0
  for (const part of parts) {
    zip.set(part, at)
    at += part.length
  }
  return zip
}

/** A file that tells the longest range that was read of it. */
function watched(zip: Uint8Array): { file: BundleFile; most: () => number } {
  let most = 0
  const file: BundleFile = {
    ...memoryFile('download.zip', zip),
    read: (start, end) => {
      most = Math.max(most, end - start)
      return Promise.resolve(zip.subarray(start, end))
    },
  }
  return { file, most: () => most }
}

const same = (one: Uint8Array | undefined, other: Uint8Array): boolean =>
  one !== undefined && Buffer.compare(one, other) === 0

describe('an archive that was just written', () => {
  it('is read by its pieces, any range of it, and no more than one of them at once', async () => {
    const { file, most } = watched(joined())
    const [model, text] = await openWritten(file, packed, go)
    expect([model?.path, model?.size, text?.path]).toEqual([
      'model.onnx',
      bytes.length,
      'README.md',
    ])
    const ends = [1, PIECE_BYTES, PIECE_BYTES + 1]
    for (const from of ends)
      for (const to of [...ends, bytes.length, bytes.length + 5].filter((one) => one > from))
        expect(same(await model?.read(from, to), bytes.subarray(from, to))).toBe(true)
    expect(same(await text?.read(0, card.bytes.length), card.bytes)).toBe(true)
    expect(most()).toBeLessThanOrEqual(PIECE_BYTES + 1000)
  })

  it('gives back what was read for it alone, and nothing that it hands out', async () => {
    const given: { readonly asked: number; readonly copy: Uint8Array }[] = []
    const zip = joined()
    const file: BundleFile = {
      ...memoryFile('download.zip', zip),
      readsCopies: true,
      read: (start, end) => {
        const copy = zip.slice(start, end)
        given.push({ asked: copy.length, copy })
        return Promise.resolve(copy)
      },
    }
    const [model] = await openWritten(file, packed, go)
    const [whole, piece, within] = [
      await model?.read(0, bytes.length),
      await model?.read(0, PIECE_BYTES),
      await model?.read(5, 500),
    ]
    expect(same(whole, bytes)).toBe(true)
    expect(same(piece, bytes.subarray(0, PIECE_BYTES))).toBe(true)
    expect(same(within, bytes.subarray(5, 500))).toBe(true)
    // Deflated data come in whatever parts a stream hands on; the shortest may be as long as what the zip says of its files.
    const lengths = packed[0]?.packed.slice(0, -1).map(({ length }) => length) ?? []
    const pieces = lengths.filter((length) => length > 1000)
    expect(pieces).not.toEqual([])
    const left = given.filter(({ asked }) => pieces.includes(asked)).map(({ copy }) => copy.length)
    expect(left.length).toBeGreaterThan(2 * pieces.length)
    expect(new Set(left)).toEqual(new Set([0]))
    expect(zip.length).toBeGreaterThan(PIECE_BYTES)
  })

  it('is refused where a byte of it is another', async () => {
    const whole = joined()
    const places = [60, Math.floor(whole.length / 2)]
    for (const at of places) {
      const zip = whole.slice()
      zip[at] = (zip[at] ?? 0) ^ 255
      await expect(openWritten(memoryFile('download.zip', zip), packed, go)).rejects.toMatchObject({
        code: 'open/zip-damaged',
      })
    }
  })

  it('is refused where any byte of what it says of its files is another', async () => {
    const whole = joined()
    const zip = memoryFile('download.zip', whole)
    const records = zipRecords(packed)
    expect(records.length).toBe(5)
    for (const { at: begin, bytes: record } of records)
      for (let at = begin; at < begin + record.length; at++) {
        const was = whole[at] ?? 0
        whole[at] = was ^ (1 << random.below(8))
        await expect(openWritten(zip, packed, go)).rejects.toMatchObject({
          code: 'open/zip-damaged',
        })
        whole[at] = was
      }
    await expect(
      openWritten(memoryFile('download.zip', whole.subarray(0, -1)), packed, go),
    ).rejects.toMatchObject({ code: 'open/zip-damaged' })
  })

  it('is refused where its pieces are others than were written', async () => {
    const [model, text] = packed
    if (model === undefined || text === undefined) throw new Error('nothing was packed')
    const [first, ...others] = model.packed
    if (first === undefined) throw new Error('no piece')
    const fewer = [{ ...model, packed: others }, text]
    const shifted = [{ ...model, packed: [first.subarray(1), ...others] }, text]
    for (const wrong of [fewer, shifted])
      await expect(
        openWritten(memoryFile('download.zip', joined()), wrong, go),
      ).rejects.toMatchObject({ code: 'open/zip-damaged' })
  })
})
