import { Inflate } from 'fflate'
import { crc32 } from '../core/crc32'
import { StudioError } from '../core/errors'
import { joinBytes } from '../core/join-arrays'
import { memoryFile } from './file-bundle'
import type { BundleFile, FileBundle } from './file-bundle'
import { limits } from './limits'
import { readBytes } from './read-bytes'
import { isZip } from './sniff'
import { damaged, readDirectory, viewOf } from './zip-directory'
import type { ZipEntry } from './zip-directory'
import type { Between } from './between'

const LOCAL_HEADER = 0x04034b50
const CHUNK = 256 * 1024

/** The part of `limits` that concerns archives. */
export type ZipBounds = Pick<
  Record<keyof typeof limits, number>,
  'zipEntries' | 'zipBytes' | 'zipRatio' | 'zipFloorBytes'
>

/** Many small files, such as pictures; one of them is in memory at a time. */
const indexBounds: ZipBounds = {
  zipEntries: 250_000,
  zipBytes: limits.zipFloorBytes,
  zipRatio: limits.zipRatio,
  zipFloorBytes: 64 * 2 ** 20,
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
  between: Between,
  bounds: ZipBounds = limits,
): Promise<FileBundle> {
  const entries = await readDirectory(file, bounds.zipEntries)
  const total = entries.reduce((sum, entry) => sum + entry.packedSize, 0)
  const unpacker = new Unpacker(file, total, between, bounds)
  const bundle: BundleFile[] = []
  for (const entry of entries) bundle.push(memoryFile(entry.path, await unpacker.unpack(entry)))
  return bundle
}

/**
 * The files of a zip that is too large to unpack as a whole: each is inflated, in full, when it is
 * read, and the last one is kept. Every entry is held to the bounds by itself.
 * @throws StudioError as `readZip`; what is wrong with an entry is thrown when that is read
 */
export async function indexZip(
  file: BundleFile,
  bounds: ZipBounds = indexBounds,
): Promise<FileBundle> {
  const entries = await readDirectory(file, bounds.zipEntries)
  let last: { readonly entry: ZipEntry; readonly bytes: Promise<Uint8Array> } | null = null
  const unpacked = (entry: ZipEntry): Promise<Uint8Array> => {
    if (last?.entry === entry) return last.bytes
    const unpacker = new Unpacker(file, entry.packedSize, () => Promise.resolve(), bounds)
    last = { entry, bytes: unpacker.unpack(entry) }
    return last.bytes
  }
  return entries.map((entry) => ({
    path: entry.path,
    size: entry.size,
    read: async (start, end) => (await unpacked(entry)).subarray(start, end),
  }))
}

class Unpacker {
  private bytesIn = 0
  private bytesOut = 0

  constructor(
    private readonly file: BundleFile,
    private readonly total: number,
    private readonly between: Between,
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
    await this.between(this.bytesIn, this.total)
    return chunk
  }

  private async collect(entry: ZipEntry, pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for await (const piece of pieces) {
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
    return joinBytes(parts)
  }
}
