import { deflateSync, strToU8 } from 'fflate'
import { crc32 } from '../core/crc32'
import type { ExportedFile } from '../formats/format'
import type { Between } from './between'

/** 1980-01-01 00:00, the first moment a zip can name, written as numbers: no clock, no time zone. */
const DOS_DATE = (1 << 5) | 1
const DOS_TIME = 0
/** Version 2.0 of the format: deflate. */
const VERSION = 20
const UTF8_NAMES = 1 << 11
const STORED = 0
const DEFLATED = 8
const LEVEL = 6

interface WrittenEntry {
  readonly name: Uint8Array
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly offset: number
}

/**
 * Writes a zip whose bytes depend on nothing but the files: their order, no time, deflate level 6.
 *
 * Each file is deflated in one call, about 35 ms per MiB: shards have 4 MiB, so a worker stays
 * responsive between them. fflate 0.8.3 cannot do it in pieces: its streaming `Deflate` searches the
 * empty window before the first byte, and data that starts with zeros, as pruned weights do, comes out
 * with distances that no decoder accepts.
 * @returns the archive in parts, for a Blob without a copy
 */
export async function writeZip(
  files: readonly ExportedFile[],
  between: Between,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const entries: WrittenEntry[] = []
  const total = files.reduce((sum, file) => sum + file.bytes.length, 0)
  let offset = 0
  let done = 0
  const write = (part: Uint8Array<ArrayBuffer>): void => {
    parts.push(part)
    offset += part.length
  }
  for (const { path, bytes } of files) {
    const deflated = deflateSync(bytes, { level: LEVEL })
    const packed = deflated.length < bytes.length ? deflated : bytes.slice()
    const entry: WrittenEntry = {
      name: strToU8(path),
      method: packed === deflated ? DEFLATED : STORED,
      crc: crc32(bytes),
      packedSize: packed.length,
      size: bytes.length,
      offset,
    }
    entries.push(entry)
    write(localHeader(entry))
    write(packed)
    done += bytes.length
    await between(done, total)
  }
  const directory = offset
  for (const entry of entries) write(directoryEntry(entry))
  write(endRecord(entries.length, offset - directory, directory))
  return parts
}

/** Length of an archive in parts. */
export function zipLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}

function localHeader(entry: WrittenEntry): Uint8Array<ArrayBuffer> {
  return record(0x04034b50, [[VERSION, 2], ...common(entry)], entry.name)
}

function directoryEntry(entry: WrittenEntry): Uint8Array<ArrayBuffer> {
  return record(
    0x02014b50,
    [
      [VERSION, 2],
      [VERSION, 2],
      ...common(entry),
      // Comment, disk and both kinds of attributes: none.
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [entry.offset, 4],
    ],
    entry.name,
  )
}

function common(entry: WrittenEntry): [number, number][] {
  return [
    [UTF8_NAMES, 2],
    [entry.method, 2],
    [DOS_TIME, 2],
    [DOS_DATE, 2],
    [entry.crc, 4],
    [entry.packedSize, 4],
    [entry.size, 4],
    [entry.name.length, 2],
    [0, 2],
  ]
}

function endRecord(count: number, size: number, offset: number): Uint8Array<ArrayBuffer> {
  return record(0x06054b50, [
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [size, 4],
    [offset, 4],
    [0, 2],
  ])
}

/** A signature, then little-endian fields of 2 or 4 bytes, then a name. */
function record(
  signature: number,
  fields: readonly (readonly [value: number, bytes: number])[],
  name: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const length = fields.reduce((sum, [, bytes]) => sum + bytes, 4)
  const bytes = new Uint8Array(length + name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, signature, true)
  let at = 4
  for (const [value, size] of fields) {
    if (size === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += size
  }
  bytes.set(name, at)
  return bytes
}
