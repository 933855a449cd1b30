import { strToU8 } from 'fflate'
import { crc32 } from '../core/crc32'
import { deflatePiece, deflateSmallest, deflateUnfinished } from '../core/deflate/deflate-smallest'
import type { Between } from './between'
import { runBetween } from './run-between'

/** 1980-01-01 00:00, the first moment a zip can name, written as numbers: no clock, no time zone. */
const DOS_DATE = (1 << 5) | 1
const DOS_TIME = 0
/** Version 2.0 of the format: deflate. */
const VERSION = 20
const UTF8_NAMES = 1 << 11
const STORED = 0
const DEFLATED = 8

/** Archives up to this long are worth the strategies that take ten times as long. */
const THOROUGH_BYTES = 2 ** 21
/** Larger files that are made in pieces are deflated in pieces of this, each by itself. */
export const PIECE_BYTES = 2 ** 22
/** Most bytes of one stored block. */
const MOST_TAIL = 0xffff

/** A file on its way into an archive. */
export interface ZipSource {
  readonly path: string
  /** Of `bytes`, where those are made anew whenever they are read. */
  readonly size?: number
  readonly bytes: Uint8Array
  /** Bytes [from, to) alone, of a file that nobody should hold as a whole where it is large. */
  readonly read?: (from: number, to: number) => Uint8Array
  /**
   * The end of the file, in a block of its own that is stored as it is: bytes that may still change, at
   * a length that is known.
   */
  readonly tail?: Uint8Array
}

/** Bytes that lie elsewhere than among the script's own, such as a Blob. */
interface Sized {
  readonly size: number
}

type Bytes = Uint8Array<ArrayBuffer>

/** A file as an archive holds it. */
export interface PackedFile<Packed extends Bytes | Sized = Bytes> {
  readonly path: string
  readonly method: typeof STORED | typeof DEFLATED
  /** Without the tail. */
  readonly packed: readonly Packed[]
  readonly size: number
  readonly crc: number
  readonly tail: Bytes | null
}

interface WrittenEntry {
  readonly name: Uint8Array
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly offset: number
}

/**
 * Writes a zip whose bytes depend on nothing but the files: their order, no time, each file deflated by
 * the strategy that makes it smallest.
 * @returns the archive in parts, for a Blob without a copy
 */
export async function writeZip(files: readonly ZipSource[], between: Between): Promise<Bytes[]> {
  return joinZip(await packFiles(files, between))
}

/** Deflates files for an archive. */
export function packFiles(files: readonly ZipSource[], between: Between): Promise<PackedFile[]> {
  return packEach(files, between, (packed) => packed)
}

/**
 * Deflates files one after the other and hands each to a store as soon as it is done, so that no more than one is
 * held here.
 * @param keep puts bytes where they are kept
 */
export async function packEach<Packed extends Bytes | Sized>(
  files: readonly ZipSource[],
  between: Between,
  keep: (packed: Bytes) => Packed,
): Promise<PackedFile<Packed>[]> {
  const total = files.reduce((sum, file) => sum + (file.size ?? file.bytes.length), 0)
  const packed: PackedFile<Packed>[] = []
  let done = 0
  for (const file of files) {
    const soFar = done
    const { path, read, size = 0 } = file
    if (read !== undefined && size > PIECE_BYTES) {
      const whole = { path, size, read }
      packed.push(await packInPieces(whole, keep, (ofFile) => between(soFar + ofFile, total)))
      done += size
    } else {
      const whole = await runBetween(pack(file, total <= THOROUGH_BYTES), () =>
        between(soFar, total),
      )
      packed.push({ ...whole, packed: whole.packed.map((part) => keep(part)) })
      done += whole.size
    }
    await between(done, total)
  }
  return packed
}

/** Bytes of the archive that `writeZip` would make, without holding it. */
export async function zippedBytes(files: readonly ZipSource[], between: Between): Promise<number> {
  return zipLength(joinZip(await packEach(files, between, ({ length }) => ({ size: length }))))
}

function* pack(
  { path, bytes, tail }: ZipSource,
  thoroughly: boolean,
): Generator<undefined, PackedFile, undefined> {
  const whole = { path, size: bytes.length, crc: crc32(bytes) }
  if (tail !== undefined) {
    if (tail.length > MOST_TAIL) throw new RangeError(`${path}: a tail of ${tail.length} bytes`)
    const packed = (yield* deflateUnfinished(bytes)).slice()
    return { ...whole, method: DEFLATED, packed: [packed], tail: tail.slice() }
  }
  const deflated = yield* deflateSmallest(bytes, thoroughly)
  return {
    ...whole,
    method: deflated === null ? STORED : DEFLATED,
    packed: [(deflated ?? bytes).slice()],
    tail: null,
  }
}

/** Empty, and the last one: it ends a stream of pieces. */
export const LAST_BLOCK = Uint8Array.of(1, 0, 0, 0xff, 0xff)

/** A large file, of which no more than a piece is there at once: each is deflated by itself, to its last byte. */
async function packInPieces<Packed extends Bytes | Sized>(
  { path, read, size }: Required<Pick<ZipSource, 'path' | 'read' | 'size'>>,
  keep: (packed: Bytes) => Packed,
  between: (done: number) => Promise<void>,
): Promise<PackedFile<Packed>> {
  const packed: Packed[] = []
  let crc = 0
  for (let from = 0; from < size; from += PIECE_BYTES) {
    const to = Math.min(size, from + PIECE_BYTES)
    const piece = read(from, to)
    crc = crc32(piece, crc)
    const part = await runBetween(deflatePiece(piece), () => between(from))
    packed.push(keep(part.slice()))
    await between(to)
  }
  return { path, size, crc, method: DEFLATED, packed: [...packed, keep(LAST_BLOCK)], tail: null }
}

/**
 * The same file with another end; its archive keeps its length.
 * @throws RangeError when the tail has another length
 */
export function withTail(file: PackedFile, tail: Uint8Array): PackedFile {
  if (file.tail?.length !== tail.length)
    throw new RangeError(
      `${file.path}: a tail of ${tail.length} bytes for ${file.tail?.length ?? 0}`,
    )
  return { ...file, tail: tail.slice() }
}

/** Puts packed files into an archive, in parts. */
export function joinZip<Packed extends Bytes | Sized>(
  files: readonly PackedFile<Packed>[],
): (Bytes | Packed)[] {
  return partsOf(files).map(({ part }) => part)
}

/** What an archive says of its files: where it stands, byte for byte, all but their contents. */
export function zipRecords<Packed extends Bytes | Sized>(
  files: readonly PackedFile<Packed>[],
): { readonly at: number; readonly bytes: Bytes }[] {
  return partsOf(files).flatMap(({ at, part, isRecord }) =>
    isRecord ? [{ at, bytes: part as Bytes }] : [],
  )
}

interface ZipPart<Packed> {
  readonly at: number
  readonly part: Bytes | Packed
  readonly isRecord: boolean
}

function partsOf<Packed extends Bytes | Sized>(
  files: readonly PackedFile<Packed>[],
): ZipPart<Packed>[] {
  const parts: ZipPart<Packed>[] = []
  const entries: WrittenEntry[] = []
  let offset = 0
  const write = (part: Bytes | Packed, isRecord: boolean): void => {
    parts.push({ at: offset, part, isRecord })
    offset += zipLength([part])
  }
  for (const { path, method, packed, size, crc, tail } of files) {
    const last = tail === null ? [] : [storedBlock(tail), tail]
    const entry: WrittenEntry = {
      name: strToU8(path),
      method,
      crc: tail === null ? crc : crc32(tail, crc),
      packedSize: zipLength([...packed, ...last]),
      size: size + (tail?.length ?? 0),
      offset,
    }
    entries.push(entry)
    write(localHeader(entry), true)
    for (const part of [...packed, ...last]) write(part, false)
  }
  const directory = offset
  for (const entry of entries) write(directoryEntry(entry), true)
  write(endRecord(entries.length, offset - directory, directory), true)
  return parts
}

/** Head of the last block of a deflate stream, one that holds its bytes as they are (RFC 1951, 3.2.4). */
function storedBlock({ length }: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(1, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff)
}

/** Length of an archive in parts. */
export function zipLength(parts: readonly (Uint8Array | Sized)[]): number {
  return parts.reduce((sum, part) => sum + ('size' in part ? part.size : part.length), 0)
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
