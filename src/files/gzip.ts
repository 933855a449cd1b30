import { Gunzip } from 'fflate'
import { crc32 } from '../core/crc32'
import { StudioError } from '../core/errors'
import type { Between } from './between'
import { memoryFile } from './file-bundle'
import type { BundleFile } from './file-bundle'
import { limits } from './limits'
import { readBytes } from './read-bytes'
import type { ZipBounds } from './zip-archive'

const CHUNK = 64 * 1024

/** Unpacks gzip piece by piece. */
export class GzipReader {
  private readonly file: BundleFile
  private readonly gunzip: Gunzip
  private readonly check: GzipCheck
  private pieces: Uint8Array[] = []

  constructor(file: BundleFile) {
    this.file = file
    this.check = new GzipCheck(file)
    this.gunzip = new Gunzip((bytes) => {
      this.pieces.push(bytes)
      this.check.add(bytes)
    })
    this.gunzip.onmember = (start) => {
      this.check.end(start)
    }
  }

  /**
   * What the next bytes of the file unpack to.
   * @param ended whether they are the last ones
   * @throws StudioError 'data/gzip' where they are damaged
   */
  async push(bytes: Uint8Array, ended: boolean): Promise<readonly Uint8Array[]> {
    const { file } = this
    try {
      this.gunzip.push(bytes, ended)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new StudioError('data/gzip', { file: file.path, reason })
    }
    if (ended) this.check.end(file.size)
    await this.check.settle()
    const { pieces } = this
    this.pieces = []
    return pieces
  }
}

/** Whether bytes are the start of gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * A gzipped file, unpacked into memory; its name without `.gz`.
 * @throws StudioError 'data/gzip', 'data/too-large' of one that unpacks to more than it may, 'open/not-read'
 */
export async function gunzipped(
  file: BundleFile,
  between: Between,
  bounds: Omit<ZipBounds, 'zipEntries'> = limits,
): Promise<BundleFile> {
  const path = file.path.replace(/\.gz$/i, '')
  const reader = new GzipReader(file)
  const most = Math.min(
    bounds.zipBytes,
    Math.max(bounds.zipFloorBytes, file.size * bounds.zipRatio),
  )
  const pieces: Uint8Array[] = []
  let size = 0
  for (let at = 0; at < file.size;) {
    const end = Math.min(file.size, at + CHUNK)
    const bytes = await readBytes(file, at, end)
    if (at === 0 && !isGzip(bytes))
      throw new StudioError('data/gzip', { file: file.path, reason: 'invalid gzip data' })
    for (const piece of await reader.push(bytes, end === file.size)) {
      pieces.push(piece)
      size += piece.length
    }
    if (size > most)
      throw new StudioError('data/too-large', {
        file: file.path,
        field: 'the number of bytes it unpacks to',
        found: `more than ${most}`,
        limit: most,
      })
    at = end
    await between(at, file.size)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return memoryFile(path, whole)
}

/**
 * Holds what was unpacked to the checksum and the length that gzip writes behind it; fflate does not,
 * and most damaged files unpack to something.
 */
class GzipCheck {
  private readonly file: BundleFile
  private readonly ended: {
    readonly end: number
    readonly crc: number
    readonly length: number
  }[] = []
  private crc = 0
  private length = 0

  constructor(file: BundleFile) {
    this.file = file
  }

  add(bytes: Uint8Array): void {
    this.crc = crc32(bytes, this.crc)
    this.length += bytes.length
  }

  /** @param end of this member of the file, of which there can be several */
  end(end: number): void {
    this.ended.push({ end, crc: this.crc, length: this.length })
    this.crc = 0
    this.length = 0
  }

  async settle(): Promise<void> {
    for (const { end, crc, length } of this.ended.splice(0)) {
      const bytes = await readBytes(this.file, Math.max(0, end - 8), end)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const agrees =
        bytes.length === 8 &&
        view.getUint32(0, true) === crc &&
        view.getUint32(4, true) === length % 2 ** 32
      if (!agrees)
        throw new StudioError('data/gzip', {
          file: this.file.path,
          reason: 'its checksum does not match',
        })
    }
  }
}
