import { strFromU8, unzipSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textBytes } from '../../testing/files/layers-files'
import { memoryFile } from './file-bundle'
import { readZip } from './zip-archive'
import {
  joinZip,
  packEach,
  packFiles,
  withTail,
  writeZip,
  zipLength,
  zippedBytes,
} from './zip-writer'

const go = () => Promise.resolve()

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(zipLength(parts))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const noise = Uint8Array.from({ length: 900 }, (_, index) => ((index * index) ^ (index >> 3)) & 255)
const files = [
  { path: 'größe.bin', bytes: new Uint8Array(3_000).fill(3, 100) },
  { path: 'empty', bytes: new Uint8Array(0) },
  { path: 'noise.bin', bytes: noise },
]

describe('a zip', () => {
  it('is read back by the studio and by fflate, and depends on the files alone', async () => {
    const zip = joined(await writeZip(files, go))
    const bundle = await readZip(memoryFile('x.zip', zip), go)
    expect(bundle.map(({ path, size }) => [path, size])).toEqual(
      files.map(({ path, bytes }) => [path, bytes.length]),
    )
    expect(unzipSync(zip)).toEqual(
      Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])),
    )
    expect(joined(await writeZip(files, go))).toEqual(zip)
    expect(zip.length).toBeLessThan(900 + 600)
  })

  it('hands each file to a store before it makes the next one, and joins what is kept there', async () => {
    const order: string[] = []
    const made = files.map(({ path, bytes }) => ({
      path,
      size: bytes.length,
      get bytes(): Uint8Array {
        order.push(path)
        return bytes
      },
    }))
    const kept = await packEach(made, go, (packed) => {
      order.push('kept')
      return new Blob([packed])
    })
    expect(order).toEqual(files.flatMap(({ path }) => [path, 'kept']))
    const zip = new Uint8Array(await new Blob(joinZip(kept)).arrayBuffer())
    expect(zip).toEqual(joined(await writeZip(files, go)))
    expect(await zippedBytes(made, go)).toBe(zip.length)
  })

  it('makes a large file in pieces, those that do not shrink as they are', async () => {
    const size = 2 ** 22 + 70_000
    const asked: number[] = []
    const random = Uint8Array.from(
      { length: 70_000 },
      (_, at) => Math.imul(at + 1, 2654435761) >>> 24,
    )
    const large = {
      ...{ path: 'a.onnx', size },
      get bytes(): Uint8Array {
        throw new Error('all of it at once')
      },
      read: (from: number, to: number) => {
        asked.push(to - from)
        return from === 0 ? new Uint8Array(to - from) : random
      },
    }
    const zip = joined(await writeZip([large], go))
    expect(asked).toEqual([2 ** 22, 70_000])
    expect(zip.length).toBeLessThan(85_000)
    const [again] = await readZip(memoryFile('z.zip', zip), go)
    const bytes = await again?.read(0, size)
    expect(bytes?.length).toBe(size)
    expect(bytes?.subarray(2 ** 22)).toEqual(random)
  })

  it('can be stopped in the middle of a file', async () => {
    let calls = 0
    const stopped = packFiles([{ path: 'a', bytes: new Uint8Array(400_000).fill(1) }], () =>
      ++calls === 9 ? Promise.reject(new Error('stop')) : go(),
    )
    await expect(stopped).rejects.toThrow('stop')
  })
})

describe('the tail of a file', () => {
  const head = textBytes('{"fixed":"' + 'again and again '.repeat(40) + '",')

  it('may change while the archive keeps its length', async () => {
    const [packed] = await packFiles(
      [{ path: 'report.json', bytes: head, tail: textBytes('"a":      0}') }],
      go,
    )
    if (packed === undefined) throw new Error('nothing packed')
    const length = zipLength(joinZip([packed]))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 9_999_999 }), async (number) => {
        const tail = textBytes(`"a":${String(number).padStart(7)}}`)
        const zip = joined(joinZip([withTail(packed, tail)]))
        expect(zip.length).toBe(length)
        const text = strFromU8(unzipSync(zip)['report.json'] ?? new Uint8Array(0))
        expect((JSON.parse(text) as { a: number }).a).toBe(number)
        const [read] = await readZip(memoryFile('x.zip', zip), go)
        expect(await read?.read(0, read.size)).toEqual(Uint8Array.of(...head, ...tail))
      }),
      { seed: 6, numRuns: 50 },
    )
    // The head is deflated all the same.
    expect(length).toBeLessThan(300)
  })

  it('keeps its length, and has one that a block can hold', async () => {
    const [packed] = await packFiles([{ path: 'a', bytes: head, tail: textBytes('tail') }], go)
    if (packed === undefined) throw new Error('nothing packed')
    expect(() => withTail(packed, textBytes('tails'))).toThrow(RangeError)
    const [plain] = await packFiles([{ path: 'a', bytes: head }], go)
    expect(() => plain && withTail(plain, textBytes('tail'))).toThrow(RangeError)
    const long = packFiles([{ path: 'a', bytes: head, tail: new Uint8Array(65_536) }], go)
    await expect(long).rejects.toThrow(RangeError)
  })
})
