import { Inflate, strFromU8 } from 'fflate'
import { crc32 } from '../core/crc32'
import { StudioError } from '../core/errors'
import { memoryFile } from '../core/file-bundle'
import type { BundleFile, FileBundle } from '../core/file-bundle'
import type { Checkpoint } from './format'
import { limits } from './limits'
import { readBytes } from './read-bytes'
import { isZip } from './sniff'

const END_RECORD = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL_HEADER = 0x04034b50
const ZIP64_EXTRA = 1
const CHUNK = 256 * 1024
const TOO_LARGE = 0xffffffff

/** The part of `limits` that concerns archives. */
export type ZipBounds = Pick<
  Record<keyof typeof limits, number>,
  'zipEntries' | 'zipBytes' | 'zipRatio' | 'zipFloorBytes'
>

interface ZipEntry {
  readonly path: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly offset: number
}

/**
 * Unpacks a zip into memory. The directory is read first, so names are judged before a byte is
 * inflated; then every entry is inflated in pieces while the bytes that really come out are counted,
 * because the sizes in the archive are only what its author says.
 * @throws StudioError 'open/zip-damaged', 'open/zip-bomb', 'open/zip-path', 'open/zip-nested',
 * 'open/zip-encrypted', 'open/zip-method', 'open/too-many', 'open/not-read'
 */
export async function readZip(
  file: BundleFile,
  checkpoint: Checkpoint,
  bounds: ZipBounds = limits,
): Promise<FileBundle> {
  const entries = await readDirectory(file, bounds)
  for (const entry of entries) checkPath(file.path, entry.path)
  const wanted = entries.filter((entry) => !isClutter(entry.path))
  const total = wanted.reduce((sum, entry) => sum + entry.packedSize, 0)
  const unpacker = new Unpacker(file, total, checkpoint, bounds)
  const bundle: BundleFile[] = []
  const seen = new Set<string>()
  for (const entry of wanted) {
    if (seen.has(entry.path)) damaged(file, `two entries are called ${entry.path}`)
    seen.add(entry.path)
    bundle.push(memoryFile(entry.path, await unpacker.unpack(entry)))
  }
  return bundle
}

function damaged(file: BundleFile, reason: string): never {
  throw new StudioError('open/zip-damaged', { file: file.path, reason })
}

/** Folders, and what macOS and Windows leave in archives. */
function isClutter(path: string): boolean {
  return /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)|\/$/.test(path)
}

function checkPath(file: string, path: string): void {
  const unsafe =
    path === '' || /^\/|^[a-z]:|\\|\p{Cc}/iu.test(path) || path.split('/').includes('..')
  if (unsafe) throw new StudioError('open/zip-path', { file, entry: path })
}

async function readDirectory(file: BundleFile, bounds: ZipBounds): Promise<ZipEntry[]> {
  // The end record has 22 bytes and a comment of at most 65,535.
  const start = Math.max(0, file.size - 22 - 65_535)
  const tail = await readBytes(file, start, file.size)
  const view = viewOf(tail)
  let at = tail.length - 22
  while (at >= 0 && view.getUint32(at, true) !== END_RECORD) at--
  if (at < 0) return damaged(file, 'its end record is missing, so it was probably cut short')
  const count = view.getUint16(at + 10, true)
  const size = view.getUint32(at + 12, true)
  const offset = view.getUint32(at + 16, true)
  if (count > bounds.zipEntries)
    throw new StudioError('open/too-many', {
      file: file.path,
      field: 'entries',
      found: count,
      limit: bounds.zipEntries,
    })
  if (offset + size > start + at) return damaged(file, 'its directory lies outside the file')
  return parseDirectory(file, await readBytes(file, offset, offset + size), count)
}

function parseDirectory(file: BundleFile, bytes: Uint8Array, count: number): ZipEntry[] {
  const view = viewOf(bytes)
  const entries: ZipEntry[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY)
      return damaged(file, `entry ${index + 1} of its directory is not readable`)
    const nameLength = view.getUint16(at + 28, true)
    const extraLength = view.getUint16(at + 30, true)
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true)
    if (next > bytes.length)
      return damaged(file, `entry ${index + 1} of its directory is cut short`)
    const name = bytes.subarray(at + 46, at + 46 + nameLength)
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    const [size, packedSize, offset] = zip64Values(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ])
    if (packedSize > file.size || offset > file.size)
      return damaged(file, `entry ${index + 1} lies outside the file`)
    entries.push({
      path: strFromU8(name),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize,
      size,
      offset,
    })
    at = next
  }
  return entries
}

/** Some tools use 64-bit fields for small archives too: each replaces a value of all ones, in order. */
function zip64Values(
  extra: Uint8Array,
  values: readonly [number, number, number],
): readonly [number, number, number] {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_EXTRA) continue
    let field = at + 4
    const end = Math.min(extra.length, field + view.getUint16(at + 2, true))
    const wide = (value: number): number => {
      if (value !== TOO_LARGE || field + 8 > end) return value
      field += 8
      return view.getUint32(field - 8, true) + view.getUint32(field - 4, true) * 2 ** 32
    }
    return [wide(values[0]), wide(values[1]), wide(values[2])]
  }
  return values
}

class Unpacker {
  private bytesIn = 0
  private bytesOut = 0

  constructor(
    private readonly file: BundleFile,
    private readonly total: number,
    private readonly checkpoint: Checkpoint,
    private readonly bounds: ZipBounds,
  ) {}

  async unpack(entry: ZipEntry): Promise<Uint8Array> {
    if ((entry.flags & 1) === 1)
      throw new StudioError('open/zip-encrypted', { file: this.file.path, entry: entry.path })
    if (entry.method !== 0 && entry.method !== 8)
      throw new StudioError('open/zip-method', {
        file: this.file.path,
        entry: entry.path,
        method: entry.method,
      })
    const header = viewOf(await readBytes(this.file, entry.offset, this.within(entry.offset + 30)))
    if (header.getUint32(0, true) !== LOCAL_HEADER)
      return this.damaged(entry, 'it does not start where the directory says')
    const start = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true)
    const end = this.within(start + entry.packedSize)
    const pieces = entry.method === 0 ? this.stored(start, end) : this.inflated(entry, start, end)
    const bytes = await this.collect(entry, pieces)
    if (bytes.length !== entry.size)
      return this.damaged(entry, `${bytes.length} bytes came out instead of ${entry.size}`)
    if (crc32(bytes) !== entry.crc) return this.damaged(entry, 'its checksum does not match')
    if (isZip(bytes) && /\.zip$/i.test(entry.path))
      throw new StudioError('open/zip-nested', { file: this.file.path, entry: entry.path })
    return bytes
  }

  private within(end: number): number {
    if (end > this.file.size) damaged(this.file, 'an entry ends outside the file')
    return end
  }

  private damaged(entry: ZipEntry, reason: string): never {
    return damaged(this.file, `${entry.path}: ${reason}`)
  }

  private async *stored(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += CHUNK) yield await this.readChunk(at, end)
  }

  private async *inflated(entry: ZipEntry, start: number, end: number): AsyncGenerator<Uint8Array> {
    const ready: Uint8Array[] = []
    const inflate = new Inflate((bytes) => {
      ready.push(bytes)
    })
    for (let at = start; at < end; at += CHUNK) {
      const chunk = await this.readChunk(at, end)
      // Deflate can turn 1 byte into 1,032, so small steps keep a bomb from growing unseen.
      for (let step = 0; step < chunk.length; step += 16 * 1024) {
        const final = at + chunk.length >= end && step + 16 * 1024 >= chunk.length
        try {
          inflate.push(chunk.subarray(step, step + 16 * 1024), final)
        } catch (error) {
          this.damaged(entry, error instanceof Error ? error.message : String(error))
        }
        yield* ready.splice(0)
      }
    }
  }

  private async readChunk(at: number, end: number): Promise<Uint8Array> {
    const chunk = await readBytes(this.file, at, Math.min(end, at + CHUNK))
    this.bytesIn += chunk.length
    await this.checkpoint(this.bytesIn, this.total)
    return chunk
  }

  private async collect(entry: ZipEntry, pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let length = 0
    for await (const piece of pieces) {
      length += piece.length
      this.bytesOut += piece.length
      const allowed = Math.min(
        this.bounds.zipBytes,
        Math.max(this.bounds.zipFloorBytes, this.bytesIn * this.bounds.zipRatio),
      )
      if (this.bytesOut > allowed)
        throw new StudioError('open/zip-bomb', {
          file: this.file.path,
          entry: entry.path,
          limit: allowed,
        })
      parts.push(piece)
    }
    const bytes = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
