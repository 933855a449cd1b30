import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { textBytes } from '../../testing/files/layers-files'
import { StudioError } from '../core/errors'
import { memoryFile } from './file-bundle'
import type { BundleFile } from './file-bundle'
import { limits } from './limits'
import { indexZip, openZip, readZip } from './zip-archive'

const go = () => Promise.resolve()

function zipOf(entries: Record<string, Uint8Array>, level: 0 | 6 = 6): Uint8Array {
  return zipSync(entries, { level })
}

function file(bytes: Uint8Array): BundleFile {
  return memoryFile('x.zip', bytes)
}

async function refused(bytes: Uint8Array, bounds = {}): Promise<StudioError> {
  try {
    await readZip(file(bytes), go, { ...limits, ...bounds })
  } catch (error) {
    if (error instanceof StudioError) return error
    throw error
  }
  throw new Error('unpacked')
}

/** Changes a field of every directory entry, or of the end record. */
function patch(bytes: Uint8Array, signature: number, offset: number, value: number): Uint8Array {
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  for (let at = 0; at + 4 <= copy.length; at++)
    if (view.getUint32(at, true) === signature) view.setUint16(at + offset, value, true)
  return copy
}

const ENTRY = 0x02014b50

describe('archives of every make open', () => {
  test.each([0, 6] as const)('level %d, folders kept, clutter left out', async (level) => {
    const bundle = await readZip(
      file(
        zipOf(
          {
            'net/model.json': textBytes('{}'),
            'net/größe.bin': new Uint8Array(300_000).fill(7),
            '__MACOSX/net/._model.json': textBytes('x'),
            'net/.DS_Store': textBytes('x'),
            'empty/': new Uint8Array(0),
            'net/empty.bin': new Uint8Array(0),
          },
          level,
        ),
      ),
      go,
    )
    expect(bundle.map((item) => [item.path, item.size])).toEqual([
      ['net/model.json', 2],
      ['net/größe.bin', 300_000],
      ['net/empty.bin', 0],
    ])
    expect(await bundle[1]?.read(299_998, 300_000)).toEqual(Uint8Array.of(7, 7))
  })

  test('a comment after the end', async () => {
    const zip = zipOf({ 'a.txt': textBytes('hello') })
    const comment = patch(Uint8Array.of(...zip, ...textBytes('note')), 0x06054b50, 20, 4)
    expect(await readZip(file(comment), go)).toHaveLength(1)
  })

  test('64-bit sizes of a small archive', async () => {
    const data = textBytes('sixty-four bits, written by a tool that always does')
    const zip = zip64(data)
    const [entry] = await readZip(file(zip), go)
    expect(await entry?.read(0, data.length)).toEqual(data)
  })
})

describe('archives that want too much are stopped', () => {
  const zeros = zipOf({ 'bomb.bin': new Uint8Array(4_000_000) })

  test('by the ratio', async () => {
    const error = await refused(zeros, { zipFloorBytes: 1_000_000 })
    expect(error.toData()).toEqual({
      code: 'open/zip-bomb',
      params: { file: 'x.zip', entry: 'bomb.bin', limit: 1_000_000 },
    })
  })

  test('by the total', async () => {
    expect((await refused(zeros, { zipBytes: 3_000_000 })).code).toBe('open/zip-bomb')
  })

  test('zeros below the floor are no attack', async () => {
    expect(await readZip(file(zeros), go)).toHaveLength(1)
  })

  test('by the number of entries', async () => {
    const entries = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`${index}.bin`, new Uint8Array(1)]),
    )
    const error = await refused(zipOf(entries), { zipEntries: 29 })
    expect(error.toData()).toEqual({
      code: 'open/too-many',
      params: { file: 'x.zip', field: 'entries', found: 30, limit: 29 },
    })
  })

  test('and a cancel arrives in the middle', async () => {
    const cancelled = new StudioError('engine/cancelled', {})
    const stopped = readZip(file(zipOf({ 'a.bin': new Uint8Array(2_000_000) }, 0)), (done) =>
      done > 500_000 ? Promise.reject(cancelled) : Promise.resolve(),
    )
    await expect(stopped).rejects.toBe(cancelled)
  })
})

describe('what cannot be unpacked is named', () => {
  const zip = zipOf({ 'a.txt': textBytes('hello hello hello hello') })

  test('encryption', async () => {
    expect((await refused(patch(zip, ENTRY, 8, 1))).code).toBe('open/zip-encrypted')
  })

  test('another compression', async () => {
    expect((await refused(patch(zip, ENTRY, 10, 93))).params).toEqual({
      file: 'x.zip',
      entry: 'a.txt',
      method: 93,
    })
  })

  test.each(['..\\evil', 'C:evil', 'a/../../b'])('the name %j', async (name) => {
    expect((await refused(zipOf({ [name]: textBytes('x') }))).toData()).toEqual({
      code: 'open/zip-path',
      params: { file: 'x.zip', entry: name },
    })
  })

  test('two entries of one name', async () => {
    const twice = zipOf({ 'a.bin': textBytes('x'), 'b.bin': textBytes('y') })
    const same = twice.map((byte, index) =>
      byte === 0x62 && twice[index + 1] === 0x2e && twice[index + 2] === 0x62 ? 0x61 : byte,
    )
    expect((await refused(same)).params['reason']).toBe('two entries are called a.bin')
  })

  test('every cut of a small archive', async () => {
    for (let length = 4; length < zip.length; length++)
      expect((await refused(zip.slice(0, length))).code).toBe('open/zip-damaged')
  })

  test('every byte of a small archive set to 255: unpacked as it was, or refused', async () => {
    for (let at = 0; at < zip.length; at++) {
      const damaged = zip.slice()
      damaged[at] = 255
      try {
        const [entry] = await readZip(file(damaged), go)
        if (entry?.path === 'a.txt')
          expect(await entry.read(0, entry.size)).toEqual(textBytes('hello hello hello hello'))
      } catch (error) {
        expect(error).toBeInstanceOf(StudioError)
      }
    }
  })
})

/** One entry whose sizes are in the 64-bit extra field, as Java and some Python tools write it. */
function zip64(data: Uint8Array): Uint8Array {
  const plain = zipOf({ 'a.txt': data })
  const view = new DataView(plain.buffer, plain.byteOffset)
  const directory = view.getUint32(plain.length - 22 + 16, true)
  const local = plain.slice(0, directory)
  const entry = plain.slice(directory, plain.length - 22)
  const extra = new Uint8Array(20)
  const extraView = new DataView(extra.buffer)
  extraView.setUint16(0, 1, true)
  extraView.setUint16(2, 16, true)
  extraView.setUint32(4, data.length, true)
  extraView.setUint32(12, local.length - 35, true)
  const entryView = new DataView(entry.buffer)
  entryView.setUint32(20, 0xffffffff, true)
  entryView.setUint32(24, 0xffffffff, true)
  entryView.setUint16(30, 20, true)
  const end = plain.slice(plain.length - 22)
  new DataView(end.buffer).setUint32(12, entry.length + 20, true)
  return Uint8Array.of(...local, ...entry, ...extra, ...end)
}

describe('a zip that is opened and not unpacked', () => {
  const entries = { 'a.bin': new Uint8Array(50_000).fill(3), 'b.bin': textBytes('text') }

  test('holds what is unpacked of it, and keeps the bounds of all of it at once', async () => {
    const zip = file(zipOf(entries))
    const opened = await openZip(zip, go)
    const unpacked = await readZip(zip, go)
    expect(opened.map(({ path, size }) => [path, size])).toEqual(
      unpacked.map(({ path, size }) => [path, size]),
    )
    for (const [index, entry] of opened.entries())
      expect(await entry.read(0, entry.size)).toEqual(await unpacked[index]?.read(0, entry.size))
    const tight = { ...limits, zipFloorBytes: 0, zipBytes: 50_003 }
    await expect(openZip(zip, go, tight)).rejects.toMatchObject({ code: 'open/zip-bomb' })
  })

  test('says what is wrong with an entry when that is read', async () => {
    const bytes = zipOf(entries, 0)
    const at = Buffer.from(bytes).indexOf('text')
    bytes[at] = 0
    const [first, second] = await openZip(file(bytes), go)
    expect((await first?.read(0, 1))?.[0]).toBe(3)
    await expect(second?.read(0, 4)).rejects.toMatchObject({ code: 'open/zip-damaged' })
  })
})

describe('an index of a zip', () => {
  const messageOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work
    } catch (error) {
      if (error instanceof StudioError) return error.message
    }
    return 'fine'
  }

  test('reads an entry when it is asked for', async () => {
    const photo = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) % 251)
    const bytes = zipOf({ 'cats/a.jpg': photo, 'dogs/b.jpg': photo.subarray(7) })
    let asked = 0
    const counted: BundleFile = {
      ...file(bytes),
      read: (start, end) => {
        asked += end - start
        return Promise.resolve(bytes.subarray(start, end))
      },
    }
    const [cat, dog] = (await indexZip(counted, go)).files
    expect([cat?.path, cat?.size, dog?.size]).toEqual(['cats/a.jpg', 100_000, 99_993])
    const before = asked
    expect(before).toBeLessThan(2 * 65_600)
    expect(await cat?.read(0, 100_000)).toEqual(photo)
    expect(await cat?.read(5, 9)).toEqual(photo.subarray(5, 9))
    expect(await dog?.read(0, 99_993)).toEqual(photo.subarray(7))
    expect(asked - before).toBeLessThan(bytes.length + 1000)
  })

  test('holds more entries than 16 bits count', async () => {
    const entries: Record<string, Uint8Array> = {}
    for (let i = 0; i < 70_000; i++) entries[`${i % 7}/${i}.png`] = Uint8Array.of(i % 256)
    const { files: bundle } = await indexZip(file(wide(zipOf(entries, 0), 70_000)), go)
    expect(bundle).toHaveLength(70_000)
    expect(await bundle[69_999]?.read(0, 1)).toEqual(Uint8Array.of(69_999 % 256))
  })

  test.each([29, 30, 31])('has a first name of %d letters and both end records', async (length) => {
    const names = [`${'n'.repeat(length - 9)}/data.pkl`, 'b.bin', 'c.bin']
    const entries = Object.fromEntries(names.map((name, index) => [name, Uint8Array.of(index)]))
    const bytes = wide(zipOf(entries, 0), 3)
    const end = bytes.length - 22
    // What the 64-bit record says, which that of before it could say, too.
    bytes.copyWithin(end + 10, end + 8, end + 10)
    bytes.copyWithin(end + 16, end - 76 + 48, end - 76 + 52)
    const { files: bundle } = await indexZip(file(bytes), go)
    expect(bundle.map(({ path }) => path)).toEqual(names)
    for (const [index, entry] of bundle.entries())
      expect(await entry.read(0, 1)).toEqual(Uint8Array.of(index))
  })

  test('can be left while it is read, and not later', async () => {
    const entries = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`${index}.png`, Uint8Array.of(index % 256)]),
    )
    const cancelled = new StudioError('engine/cancelled', {})
    let asked = 0
    const stopped = indexZip(file(zipOf(entries, 0)), () =>
      ++asked > 4 ? Promise.reject(cancelled) : go(),
    )
    await expect(stopped).rejects.toBe(cancelled)
    let open = true
    const { files: bundle } = await indexZip(file(zipOf(entries, 0)), () =>
      open ? go() : Promise.reject(cancelled),
    )
    open = false
    expect(await bundle[2999]?.read(0, 1)).toEqual(Uint8Array.of(2999 % 256))
  })

  test('refuses tricks with names at once, and bad entries when they are read', async () => {
    const bomb = zipOf({ 'a.png': new Uint8Array(80 * 2 ** 20) })
    const [entry] = (await indexZip(file(bomb), go)).files
    expect(await messageOf(entry?.read(0, 1) ?? Promise.resolve())).toMatch(/open\/zip-bomb/)
    expect(await messageOf(indexZip(file(zipOf({ '../a.png': Uint8Array.of(1) })), go))).toMatch(
      /open\/zip-path/,
    )
    const broken = patch(zipOf({ 'a.png': Uint8Array.of(1, 2, 3) }, 0), ENTRY, 16, 0)
    const [wrong] = (await indexZip(file(broken), go)).files
    expect(await messageOf(wrong?.read(0, 3) ?? Promise.resolve())).toMatch(/checksum/)
    expect(await messageOf(indexZip(file(bomb.subarray(0, 100)), go))).toMatch(/cut short/)
  })
})

/** fflate writes the count in 16 bits; this adds the 64-bit records that other tools write. */
function wide(bytes: Uint8Array, count: number): Uint8Array {
  const end = bytes.length - 22
  const old = new DataView(bytes.buffer, bytes.byteOffset + end, 22)
  const out = new Uint8Array(bytes.length + 76)
  out.set(bytes.subarray(0, end))
  const record = new DataView(out.buffer, end, 56)
  record.setUint32(0, 0x06064b50, true)
  record.setUint32(4, 44, true)
  record.setUint32(32, count, true)
  record.setUint32(40, old.getUint32(12, true), true)
  record.setUint32(48, old.getUint32(16, true), true)
  const locator = new DataView(out.buffer, end + 56, 20)
  locator.setUint32(0, 0x07064b50, true)
  locator.setUint32(8, end, true)
  out.set(bytes.subarray(end), end + 76)
  const last = new DataView(out.buffer, end + 76, 22)
  last.setUint16(10, 0xffff, true)
  last.setUint32(16, 0xffffffff, true)
  return out
}
