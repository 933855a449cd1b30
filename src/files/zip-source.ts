import { Reader, configure } from '@zip.js/zip.js/lib/zip-core-custom.js'
import type { CreateReadableOptions } from '@zip.js/zip.js/lib/zip-core-custom.js'
import type { BundleFile } from './file-bundle'
import { limits } from './limits'
import { readBytes } from './read-bytes'
import { damaged } from './zip-errors'

/** Most bytes that are read of an entry at once. */
const READ_BYTES = 256 * 1024
/** Read along with fewer bytes: after the header of an entry come its data, then the next header. */
const AHEAD_BYTES = 64 * 1024

/** The record at the end of a zip, what stands before it where it has a 64-bit twin, and their signatures. */
const END_BYTES = 22
const LOCATOR_BYTES = 20
const END_SIGNATURE = 0x06054b50
const LOCATOR_SIGNATURE = 0x07064b50
/** Where the record says how many entries there are; all ones: its twin says it. */
const COUNT_AT = 10
const COUNT_BYTES = 2

configure({
  // The studio unpacks in its own worker, and its policy lets in no other.
  useWebWorkers: false,
  // Deflate can turn 1 byte into 1,032, so small steps keep a bomb from growing unseen.
  chunkSize: 16 * 1024,
})

/** A file as zip.js reads it: in ranges, with a place to stop after each. */
export class ZipSource extends Reader<BundleFile> {
  /** Bytes read so far. */
  done = 0
  private ahead: { readonly start: number; readonly bytes: Uint8Array } = {
    start: 0,
    bytes: new Uint8Array(0),
  }
  private rangesLeft: number = limits.zipListingReads
  private mostBytes: number = limits.zipDirectoryBytes
  /** Place of a count that is shown as one that the 64-bit end record has. */
  private countAt = Infinity

  /** @param between called with the number of bytes read so far */
  constructor(
    private readonly file: BundleFile,
    private readonly between: (done: number) => Promise<void>,
  ) {
    super(file)
    this.size = file.size
  }

  /**
   * To be asked before zip.js reads: an archive with two end records is read by its 64-bit one. zip.js does so only where
   * the other leaves something open; else it takes the 76 bytes of the second for a part of the directory, and passes
   * over a first entry of just that length. PyTorch always writes both, the names of its entries begin with the file's.
   */
  async preferWide(): Promise<void> {
    const start = this.size - END_BYTES - LOCATOR_BYTES
    const bytes = await this.readUint8Array(start, END_BYTES + LOCATOR_BYTES)
    if (bytes.length < END_BYTES + LOCATOR_BYTES) return
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const isWide =
      view.getUint32(0, true) === LOCATOR_SIGNATURE &&
      view.getUint32(LOCATOR_BYTES, true) === END_SIGNATURE
    if (isWide) this.countAt = this.size - END_BYTES + COUNT_AT
  }

  /** The entries are known: from here on those who read them keep the bounds. */
  listed(): void {
    this.rangesLeft = Infinity
    this.mostBytes = Infinity
    this.countAt = Infinity
  }

  override createReadable(
    options?: CreateReadableOptions,
  ): ReturnType<Reader<BundleFile>['createReadable']> {
    return super.createReadable({ ...options, chunkSize: READ_BYTES })
  }

  /** @throws StudioError 'open/not-read', 'open/zip-damaged' */
  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    const end = Math.min(this.size, index + length)
    if (index < 0 || index >= end) return new Uint8Array(0)
    const bytes = await this.range(index, end)
    if (end <= this.countAt || index >= this.countAt + COUNT_BYTES) return bytes
    return bytes
      .slice()
      .fill(0xff, Math.max(0, this.countAt - index), this.countAt - index + COUNT_BYTES)
  }

  private async range(index: number, end: number): Promise<Uint8Array> {
    const { start, bytes } = this.ahead
    if (index >= start && end <= start + bytes.length)
      return bytes.subarray(index - start, end - start)
    if (end - index >= AHEAD_BYTES) return this.read(index, end)
    const more = await this.read(index, Math.min(this.size, index + AHEAD_BYTES))
    this.ahead = { start: index, bytes: more }
    return more.subarray(0, end - index)
  }

  private async read(start: number, end: number): Promise<Uint8Array> {
    if (end - start > this.mostBytes || this.rangesLeft-- === 0)
      damaged(this.file, 'its directory is like none that packers write')
    const bytes = await readBytes(this.file, start, end)
    this.done += bytes.length
    await this.between(this.done)
    return bytes
  }
}
