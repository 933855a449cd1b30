import { StudioError } from '../core/errors'
import type { BundleFile } from '../files/file-bundle'
import { GzipReader, isGzip } from '../files/gzip'
import { readBytes } from '../files/read-bytes'
import { requireUsableShape } from './arrays/array-source'
import { checkedCount, readElements } from './numbers'
import type { ElementForm, NumberArray } from './numbers'
import type { Between } from '../files/between'

const CHUNK = 64 * 1024

/** By the third byte of the magic number; all big-endian. */
const forms: Readonly<Record<number, ElementForm>> = {
  0x08: { bytes: 1, read: (view, at) => view.getUint8(at) },
  0x09: { bytes: 1, read: (view, at) => view.getInt8(at) },
  0x0b: { bytes: 2, read: (view, at) => view.getInt16(at) },
  0x0c: { bytes: 4, read: (view, at) => view.getInt32(at) },
  0x0d: { bytes: 4, read: (view, at) => view.getFloat32(at) },
  0x0e: { bytes: 8, read: (view, at) => view.getFloat64(at) },
}

/** Whether a file is IDX by its name, as MNIST's are called, packed or not, second downloads too. */
export function isIdxName(path: string): boolean {
  return /(?:[.-]idx\d?|-ubyte|-idx\d-\w+)(?: ?\(\d{1,3}\))?(?:\.gz)?$/i.test(path)
}

/**
 * Reads an IDX file, the format of MNIST, also gzipped.
 * @see http://yann.lecun.com/exdb/mnist/, "the IDX file format"
 * @throws StudioError 'data/field', 'data/length', 'data/gzip', 'data/too-large', 'data/is-empty',
 * 'data/non-finite', 'open/not-read'
 */
export async function readIdx(file: BundleFile, between: Between): Promise<NumberArray> {
  const source = new IdxBytes(file, between)
  const [first = 0, second = 0, type = 0, rank = 0] = await source.take(4)
  const { path } = file
  const form = forms[type]
  if (first !== 0 || second !== 0 || form === undefined || rank === 0)
    throw new StudioError('data/field', {
      file: path,
      field: 'the magic number',
      expected: 'an IDX file (00 00, a type, a number of axes)',
      found: [first, second, type, rank]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join(' '),
    })
  const sides = await source.take(4 * rank)
  const view = new DataView(sides.buffer, sides.byteOffset, sides.byteLength)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 * axis))
  const count = checkedCount(path, shape)
  requireUsableShape(path, shape)
  const header = 4 + 4 * rank
  const bytes = await source.rest(header, count * form.bytes)
  return {
    file: path,
    shape,
    values: type === 0x08 ? bytes : await readElements(path, bytes, count, form, between),
  }
}

/** The bytes of a file, unpacked where it is gzip, never more than asked for. */
class IdxBytes {
  private readonly file: BundleFile
  private readonly between: Between
  private readonly pieces: Uint8Array[] = []
  private gzip: GzipReader | null = null
  private read = 0
  private ended = false

  constructor(file: BundleFile, between: Between) {
    this.file = file
    this.between = between
  }

  /** The next bytes. */
  async take(count: number): Promise<Uint8Array> {
    const out = new Uint8Array(count)
    let done = 0
    while (done < count) {
      const piece = this.pieces.shift()
      if (piece === undefined) {
        if (this.ended) throw this.short(count, done)
        await this.more()
        continue
      }
      const used = piece.subarray(0, count - done)
      out.set(used, done)
      done += used.length
      if (used.length < piece.length) this.pieces.unshift(piece.subarray(used.length))
    }
    return out
  }

  /** Everything up to the end, which must come after exactly `count` bytes. */
  async rest(header: number, count: number): Promise<Uint8Array> {
    // A file that is not packed says its length; allocate nothing for one that lies.
    if (this.gzip === null && this.file.size !== header + count)
      throw new StudioError('data/length', {
        file: this.file.path,
        expected: header + count,
        found: this.file.size,
      })
    // Nor for a packed one: deflate makes at most 1,032 bytes of one.
    if (count > this.file.size * 1032)
      throw new StudioError('data/gzip', {
        file: this.file.path,
        reason: `${this.file.size} bytes cannot hold ${count}`,
      })
    const bytes = await this.take(count)
    // A bomb shows with the first byte too many.
    while (!this.ended && this.pieces.every((piece) => piece.length === 0)) await this.more()
    if (this.pieces.some((piece) => piece.length > 0))
      throw new StudioError('data/length', {
        file: this.file.path,
        expected: header + count,
        found: `more than ${header + count}`,
      })
    return bytes
  }

  private async more(): Promise<void> {
    const { file } = this
    const end = Math.min(file.size, this.read + CHUNK)
    const chunk = await readBytes(file, this.read, end)
    if (this.read === 0 && isGzip(chunk)) this.gzip = new GzipReader(file)
    this.read = end
    this.ended = end === file.size
    await this.between(end, file.size)
    const pieces = this.gzip === null ? [chunk] : await this.gzip.push(chunk, this.ended)
    this.pieces.push(...pieces)
  }

  private short(expected: number, found: number): StudioError {
    return this.gzip === null
      ? new StudioError('data/length', {
          file: this.file.path,
          expected: `at least ${this.file.size - found + expected}`,
          found: this.file.size,
        })
      : new StudioError('data/gzip', {
          file: this.file.path,
          reason: `it ends ${expected - found} bytes early`,
        })
  }
}
