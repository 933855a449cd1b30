import { StudioError } from '../../core/errors'
import { shortName } from '../../core/short-text'
import type { BundleFile } from '../file-bundle'
import { limits } from '../limits'
import { readBytes } from '../read-bytes'
import { Hdf5Cursor } from './hdf5-cursor'

/** Structures are small and lie close to each other: they are read in pages. */
const PAGE = 64 * 1024
const KEPT_PAGES = 64
/** Structures after which somebody may cancel. */
const BATCH = 500

/**
 * An HDF5 file by ranges. Every address and length in it is a promise of whoever wrote it: nothing is read, and no room
 * made, beyond the end of the file.
 */
export class Hdf5Source {
  /** Of addresses and of lengths, as the superblock says. */
  offsetBytes = 8
  lengthBytes = 8
  private readonly pages = new Map<number, Promise<Uint8Array>>()
  private structures = 0

  /** @param between called now and then while structures are read; throws to cancel */
  constructor(
    readonly file: BundleFile,
    private readonly between: () => Promise<void>,
  ) {}

  /** @throws StudioError 'open/h5-damaged' */
  damaged(place: string, reason: string): never {
    throw new StudioError('open/h5-damaged', {
      file: this.file.path,
      place: shortName(place),
      reason,
    })
  }

  /** @throws StudioError 'open/h5-unsupported' */
  unsupported(place: string, found: string): never {
    throw new StudioError('open/h5-unsupported', {
      file: this.file.path,
      place: shortName(place),
      found,
    })
  }

  /**
   * Some bytes of a structure, to be read field by field.
   * @param place what messages call the object that it belongs to
   * @throws StudioError 'open/h5-damaged' where they are not all in the file, 'open/too-many', 'open/not-read'
   */
  async cursor(place: string, at: number, length: number): Promise<Hdf5Cursor> {
    if (++this.structures > limits.h5Structures)
      throw new StudioError('open/too-many', {
        file: this.file.path,
        field: 'HDF5 structures',
        found: this.structures,
        limit: limits.h5Structures,
      })
    if (this.structures % BATCH === 0) await this.between()
    return new Hdf5Cursor(this, place, await this.bytes(place, at, length))
  }

  /** As many bytes as are left of the file, and no more than `length`. */
  atMost(at: number, length: number): number {
    return Math.max(0, Math.min(length, this.file.size - at))
  }

  /** @throws StudioError 'open/h5-damaged' where they are not all in the file, 'open/not-read' */
  async bytes(place: string, at: number, length: number): Promise<Uint8Array> {
    if (at + length > this.file.size) this.damaged(place, 'it lies outside the file')
    const first = Math.floor(at / PAGE)
    const last = Math.floor((at + length - 1) / PAGE)
    if (length === 0) return new Uint8Array(0)
    if (first === last)
      return (await this.page(first)).subarray(at - first * PAGE, at - first * PAGE + length)
    if (last > first + 1) return readBytes(this.file, at, at + length)
    const out = new Uint8Array(length)
    const head = (await this.page(first)).subarray(at - first * PAGE)
    out.set(head)
    out.set((await this.page(last)).subarray(0, length - head.length), head.length)
    return out
  }

  private page(index: number): Promise<Uint8Array> {
    const known = this.pages.get(index)
    if (known !== undefined) return known
    const [oldest] = this.pages.keys()
    if (this.pages.size >= KEPT_PAGES && oldest !== undefined) this.pages.delete(oldest)
    const start = index * PAGE
    const page = readBytes(this.file, start, Math.min(this.file.size, start + PAGE))
    this.pages.set(index, page)
    return page
  }
}
