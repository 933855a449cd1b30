import { deflateSync } from 'fflate'
import { describe, expect, it, test } from 'vitest'
import { textBytes } from '../../testing/files/layers-files'
import { expectNoEnglish, sentence } from '../../testing/files/refusals'
import { wideExtra, zipBytes } from '../../testing/files/zip-bytes'
import type { ZipEnd, ZipPart } from '../../testing/files/zip-bytes'
import { crc32 } from '../core/crc32'
import { isStudioError } from '../core/errors'
import type { StudioError } from '../core/errors'
import { joinBytes } from '../core/join-arrays'
import { createRandom } from '../core/random'
import { memoryFile } from './file-bundle'
import type { BundleFile } from './file-bundle'
import { limits } from './limits'
import { indexZip, readZip } from './zip-archive'

const go = () => Promise.resolve()
const hello = textBytes('hello hello hello hello')
const noise = Uint8Array.from(
  { length: 5000 },
  (_, index) => ((index * index) ^ (index >> 3)) & 255,
)

async function refusalOf(work: Promise<unknown>): Promise<StudioError> {
  try {
    await work
  } catch (error) {
    if (isStudioError(error)) return error
    throw error
  }
  throw new Error('unpacked')
}

const named = (bytes: Uint8Array): BundleFile => memoryFile('x.zip', bytes)
const refused = (bytes: Uint8Array, bounds = {}): Promise<StudioError> =>
  refusalOf(readZip(named(bytes), go, { ...limits, ...bounds }))

const one = (part: Omit<ZipPart, 'name'>, end?: ZipEnd): Uint8Array =>
  zipBytes([{ name: 'a.bin', data: hello, ...part }], end)

const three = (end: ZipEnd): Uint8Array =>
  zipBytes(
    ['a', 'b', 'c'].map((name) => ({ name: `${name}.bin`, data: hello })),
    end,
  )

it('a sentence says of a name of 60,000 letters where it lies and how it ends', async () => {
  const name = `folder/${'x'.repeat(60_000)}/../net.bin`
  const error = await refused(zipBytes([{ name, data: hello }]))
  expect(error.code).toBe('open/zip-path')
  const { entry } = error.params
  expect(entry).toMatch(/^folder\/x+\.\.\.x+\/\.\.\/net\.bin$/)
  expect(entry).toHaveLength(120)
})

describe('a zip that lies is refused with a sentence', () => {
  const sizes = 'a.bin: it does not unpack to the'
  const nowhere = 'a.bin: it does not start where the directory says'
  const tooLarge = 'a size in its directory is larger than any file'

  test.each<[string, Uint8Array, string]>([
    ['fewer bytes, stored', one({ method: 0, says: { size: 5 } }), `${sizes} 5 bytes`],
    ['more bytes, stored', one({ method: 0, says: { size: 99 } }), `${sizes} 99 bytes`],
    ['no bytes, stored', one({ method: 0, says: { size: 0 } }), `${sizes} 0 bytes`],
    ['fewer bytes, deflated', one({ says: { size: 5 } }), `${sizes} 5 bytes`],
    ['more bytes, deflated', one({ says: { size: 99 } }), `${sizes} 99 bytes`],
    ['no bytes, deflated', one({ says: { size: 0 } }), `${sizes} 0 bytes`],
    ['another checksum, stored', one({ method: 0, says: { crc: 7 } }), 'a.bin: its checksum'],
    ['another checksum, deflated', one({ says: { crc: 7 } }), 'a.bin: its checksum'],
    ['nothing packed', one({ says: { packedSize: 0 } }), 'a.bin: its compressed bytes are not'],
    ['less packed', one({ says: { packedSize: 4 } }), 'a.bin: its compressed bytes are not'],
    ['what is not deflated', one({ packed: noise }), 'a.bin: its compressed bytes are not'],
    ['an entry behind the end', one({ says: { offset: 1e6 } }), nowhere],
    ['an entry in the directory', one({ says: { offset: 60 } }), nowhere],
    ['an entry longer than the file', one({ says: { packedSize: 1e6 } }), 'a.bin: it ends outside'],
    ['an entry that needs 64 bits', one({ says: { offset: 2 ** 32 - 1 } }), 'a.bin: its 64-bit'],
    [
      'a 64-bit size cut short',
      one({ says: { size: 2 ** 32 - 1 }, extra: wideExtra(9n).subarray(0, 8) }),
      'a.bin: its 64-bit size is missing',
    ],
    [
      'a 64-bit size below zero',
      one({ says: { size: 2 ** 32 - 1 }, extra: wideExtra(2n ** 64n - 1n) }),
      tooLarge,
    ],
    ['a 64-bit offset below zero', one({}, { wide: { offset: 2n ** 64n - 1n } }), tooLarge],
    ['a 64-bit length below zero', one({}, { wide: { size: 2n ** 64n - 2n } }), tooLarge],
    ['a folder with bytes', one({ says: { attributes: 16 } }), 'a.bin is a folder that has bytes'],
    ['more entries than there are', one({}, { count: 2 }), 'its directory is not readable'],
    ['fewer entries than there are', three({ count: 2 }), 'its directory holds more entries'],
    ['no entries, where there are some', three({ count: 0 }), 'its directory holds more entries'],
    [
      'fewer entries, counted in 64 bits',
      three({ wide: { count: 1n } }),
      'its directory holds more entries than its end record counts',
    ],
    ['another disk', one({}, { disk: 3 }), 'it is one of several parts'],
    [
      'two entries on the same bytes',
      zipBytes([
        { name: 'a.bin', data: hello },
        { name: 'b.bin', data: hello, again: true },
      ]),
      'b.bin: its bytes are also those of another entry',
    ],
    [
      'an entry within the bytes of another',
      within(),
      'a.bin: its bytes are also those of another entry',
    ],
    [
      'two archives in one',
      one({}, { comment: joinBytes([one({}), new Uint8Array(0)]) }),
      'more follows its end record',
    ],
    ['a megabyte after the end', joinBytes([one({}), new Uint8Array(2 ** 20)]), 'its end record'],
    ['nothing but an end', zipBytes([], { offset: 1e6, size: 46, count: 1 }), 'its '],
  ])('%s', async (_, bytes, reason) => {
    const error = await refused(bytes)
    expect(error.code).toBe('open/zip-damaged')
    expect(sentence(error.toData())).toContain(`x.zip cannot be unpacked: ${reason}`)
    expectNoEnglish(error)
  })

  /** b.bin is stored, and its bytes are the local header and the bytes of a.bin. */
  function within(): Uint8Array {
    const inner = zipBytes([{ name: 'a.bin', data: hello }])
    const header = 30 + 'b.bin'.length
    return zipBytes([
      { name: 'b.bin', data: inner, method: 0 },
      { name: 'a.bin', data: hello, again: true, says: { offset: header } },
    ])
  }

  test('lies that do not matter: what comes out is right', async () => {
    const lies = [
      one({}, { offset: 1e6 }),
      one({}, { size: 2 ** 32 - 16 }),
      one({}, { wide: { offset: 2n ** 53n - 1n } }),
      one({}, { comment: Uint8Array.of(0x50, 0x4b, 5, 6, ...new Uint8Array(18), 1, 2) }),
      joinBytes([textBytes('#!/bin/sh\nunzip $0\n'), one({})]),
    ]
    for (const lie of lies) {
      const [entry, ...others] = await readZip(named(lie), go)
      expect(others).toEqual([])
      expect(await entry?.read(0, 99)).toEqual(hello)
    }
  })
})

describe('what an archive may not hold has a code of its own', () => {
  test.each([
    '../a.bin',
    'a/../../b.bin',
    '..',
    '/etc/passwd',
    'C:/a.bin',
    'c:a.bin',
    'a\\..\\..\\b.bin',
    'a\0b.bin',
    'a\x7fb.bin',
    '',
  ])('the name %j', async (name) => {
    // In UTF-8, and in whatever code page.
    for (const flags of [1 << 11, 0]) {
      const error = await refused(zipBytes([{ name, data: hello, flags }]))
      expect([error.code, error.params['file']]).toEqual(['open/zip-path', 'x.zip'])
    }
  })

  test('another name in an extra field', async () => {
    const path = textBytes('../../a.bin')
    const head = new DataView(new ArrayBuffer(9))
    head.setUint16(0, 0x7075, true)
    head.setUint16(2, 5 + path.length, true)
    head.setUint8(4, 1)
    const bytes = (crc: number): Uint8Array => {
      head.setUint32(5, crc, true)
      return one({ flags: 0, extra: joinBytes([new Uint8Array(head.buffer.slice(0)), path]) })
    }
    // The checksum of "a.bin"; with another one the field is not of this name.
    expect((await refused(bytes(crc32(textBytes('a.bin'))))).params['entry']).toBe('../../a.bin')
    expect(await readZip(named(bytes(7)), go)).toHaveLength(1)
  })

  test.each([1, 9, 12, 14, 93, 95, 98])('compression %d', async (method) => {
    expect((await refused(one({ method, packed: noise }))).toData()).toEqual({
      code: 'open/zip-method',
      params: { file: 'x.zip', entry: 'a.bin', method },
    })
  })

  test('encryption, before anything else is unpacked', async () => {
    const bytes = zipBytes([
      { name: 'a.bin', data: hello, says: { crc: 1 } },
      { name: 'b.bin', data: hello, flags: 1 },
    ])
    expect((await refused(bytes)).params).toEqual({ file: 'x.zip', entry: 'b.bin' })
  })
})

describe('nothing is read or given room before it is judged', () => {
  const watched = (bytes: Uint8Array, size = bytes.length) => {
    const ranges: [start: number, end: number][] = []
    const file: BundleFile = {
      path: 'x.zip',
      size,
      read: (start, end) => {
        ranges.push([start, end])
        // The bytes stand at the end of a file of zeros.
        const before = size - bytes.length
        const range = new Uint8Array(end - start)
        const [from, to] = [Math.max(0, start - before), Math.max(0, end - before)]
        if (to > from) range.set(bytes.subarray(from, to), Math.max(0, before - start))
        return Promise.resolve(range)
      },
    }
    return { file, ranges }
  }
  const listed = async (bytes: Uint8Array, size?: number) => {
    const { file, ranges } = watched(bytes, size)
    const error = await refusalOf(indexZip(file, go))
    return { error, ranges }
  }

  test('entries by the count in the end record, 16 and 64 bits', async () => {
    for (const end of [{ count: 10_001 }, { wide: { count: 10n ** 6n } }]) {
      const error = await refused(one({}, end))
      expect([error.code, error.params['limit']]).toEqual(['open/too-many', 10_000])
    }
    const wrapped = zipBytes(
      Array.from({ length: 2 ** 17 }, () => ({ name: 'a', method: 0 })),
      { count: 0 },
    )
    expect((await refused(wrapped)).params['found']).toBe(2 ** 17)
  })

  test('a directory of hundreds of megabytes', async () => {
    const end = zipBytes([], { size: 600 * 2 ** 20, offset: 100, count: 9 })
    const { error, ranges } = await listed(end, 700 * 2 ** 20)
    expect(error.code).toBe('open/zip-damaged')
    expectNoEnglish(error)
    for (const [start, stop] of ranges) expect(stop - start).toBeLessThanOrEqual(2 ** 27)
  })

  test('a directory made to keep us busy', async () => {
    // It does not stand where the end record says, and neither do its entries.
    const parts = Array.from({ length: 4000 }, (_, index) => ({
      name: 'a',
      method: 0,
      again: index > 0,
      says: { offset: 70_000 * (1 + (index % 900)) },
    }))
    const { error, ranges } = await listed(zipBytes(parts, { offset: 8 }), 100 * 2 ** 20)
    expect(error.code).toBe('open/zip-damaged')
    expect(ranges.length).toBeLessThanOrEqual(1000)
  })

  test('entries that promise more than they may: no byte of them is read', async () => {
    const data = new Uint8Array(2 ** 20)
    const part = { data, method: 0, says: { size: 2 ** 30 } }
    const { file, ranges } = watched(one(part))
    const error = await refusalOf(readZip(file, go))
    expect(error.toData()).toEqual({
      code: 'open/zip-bomb',
      params: { file: 'x.zip', entry: 'a.bin', limit: limits.zipFloorBytes },
    })
    // The end of the file, where the directory is.
    for (const [start] of ranges) expect(start).toBeGreaterThan(2 ** 19)
  })

  test('many that share their bytes', async () => {
    const data = new Uint8Array(100_000)
    const bytes = zipBytes(
      Array.from({ length: 50 }, (_, index) => ({ name: `${index}`, data, again: index > 0 })),
    )
    expect((await refused(bytes, { zipFloorBytes: 4_000_000 })).code).toBe('open/zip-bomb')
  })

  test('of one that unpacks to more than it says, the first pieces', async () => {
    const bomb = one({ packed: deflateSync(new Uint8Array(2 ** 25)), says: { size: 10 } })
    expect((await refused(bomb)).params['reason']).toContain('it does not unpack to the 10 bytes')
  })
})

test('whatever is changed in a zip, it unpacks as it was or is refused', async () => {
  const seeds = [
    zipBytes([
      { name: 'a', data: hello },
      { name: 'b', data: noise.subarray(0, 40), method: 0 },
    ]),
    zipBytes([{ name: 'a', data: hello, says: { size: 2 ** 32 - 1 }, extra: wideExtra(23n) }], {
      wide: {},
      comment: textBytes('note'),
    }),
  ]
  const wanted = new Map([
    ['a', hello],
    ['b', noise.slice(0, 40)],
  ])
  const random = createRandom(17)
  let opened = 0
  for (let round = 0; round < 600; round++) {
    const seed = seeds[round % 2] ?? hello
    const cut = random.below(4) === 0 ? random.below(seed.length) : seed.length
    const bytes = seed.slice(0, cut)
    for (let changes = 1 + random.below(3); changes > 0; changes--)
      bytes[random.below(bytes.length)] = [0, 1, 127, 128, 255][random.below(5)] ?? 0
    try {
      for (const file of await readZip(named(bytes), go)) {
        const data = wanted.get(file.path)
        if (data !== undefined) expect(await file.read(0, file.size)).toEqual(data)
        opened++
      }
    } catch (error) {
      if (!isStudioError(error)) throw error
    }
  }
  expect(opened).toBeGreaterThan(50)
})
