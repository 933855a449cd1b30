import { inflateSync } from 'fflate'
import { crc32 } from '../core/crc32'
import { giveBack } from '../core/give-back'
import { shortName } from '../core/short-text'
import type { Between } from './between'
import type { BundleFile, FileBundle } from './file-bundle'
import { readBytes } from './read-bytes'
import { dataStart, listZip, openZip } from './zip-archive'
import { damaged } from './zip-errors'
import type { ZipItem } from './zip-errors'
import { LAST_BLOCK, PIECE_BYTES, zipLength, zipRecords } from './zip-writer'
import type { PackedFile } from './zip-writer'

/** A file of an archive, as it was packed. */
type InPieces = PackedFile<Blob | PackedFile['packed'][number]>

/**
 * Opens an archive that has just been written, and holds what it says of its files to what was written. A file that was deflated in pieces is read by these, out of the archive, so
 * that no more than one of them is in memory, and is held to its checksum first; others are inflated as `openZip` does it.
 * @param packed what the archive was joined of
 * @throws StudioError 'open/zip-damaged', and as `openZip`
 */
export async function openWritten(
  zip: BundleFile,
  packed: readonly InPieces[],
  between: Between,
): Promise<FileBundle> {
  await checkRecords(zip, packed)
  const files = await openZip(zip, between)
  const items = await listZip(zip, between)
  const found: BundleFile[] = []
  for (const [index, file] of files.entries()) {
    const item = items[index]
    const own = packed[index]
    if (own === undefined || item === undefined || own.packed.length < 2) found.push(file)
    else found.push(await opened(zip, item, own, between))
  }
  return found
}

/** Names, sizes, checksums and places, in front of each file and at the end. */
async function checkRecords(zip: BundleFile, packed: readonly InPieces[]): Promise<void> {
  for (const { at, bytes } of zipRecords(packed)) {
    const found = at + bytes.length > zip.size ? null : await readBytes(zip, at, at + bytes.length)
    if (found === null || bytes.some((byte, place) => byte !== found[place]))
      damaged(zip, 'it says something else of its files than was written')
  }
}

async function opened(
  zip: BundleFile,
  item: ZipItem,
  { packed }: InPieces,
  between: Between,
): Promise<BundleFile> {
  const { crc32: told } = item.entry
  const file = new PackedPieces(zip, item, await dataStart(zip, item), packed)
  if ((await file.checksum(between)) !== told)
    damaged(zip, `${shortName(item.path)}: its checksum does not match`)
  return file
}

class PackedPieces implements BundleFile {
  readonly readsCopies = true
  readonly path: string
  readonly size: number
  /** Where each piece begins in the archive, and where the last one ends. */
  private readonly places: readonly number[]
  private last: { readonly piece: number; readonly bytes: Promise<Uint8Array> } | null = null

  constructor(
    private readonly zip: BundleFile,
    item: ZipItem,
    begin: number,
    packed: InPieces['packed'],
  ) {
    this.path = item.path
    this.size = item.entry.uncompressedSize
    const places = [begin]
    for (const part of packed.slice(0, -1)) places.push((places.at(-1) ?? 0) + zipLength([part]))
    this.places = places
    if (places.length - 1 !== Math.ceil(this.size / PIECE_BYTES))
      damaged(zip, `${shortName(item.path)}: it has other pieces than were written`)
  }

  /** Of all of it, in the room of one piece. */
  async checksum(between: Between): Promise<number> {
    const room = new Uint8Array(Math.min(PIECE_BYTES, this.size))
    let crc = 0
    for (let at = 0; at < this.size; at += PIECE_BYTES) {
      crc = crc32(await this.inflated(at / PIECE_BYTES, room), crc)
      await between(Math.min(this.size, at + PIECE_BYTES), this.size)
    }
    giveBack(room)
    return crc
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const to = Math.min(this.size, end)
    const first = start / PIECE_BYTES
    // Who reads it piece by piece needs none of them twice.
    if (Number.isInteger(first) && to - start === this.sizeOf(first)) return this.inflated(first)
    const out = new Uint8Array(to - start)
    for (let at = start; at < to;) {
      const piece = Math.floor(at / PIECE_BYTES)
      const stop = Math.min(to, (piece + 1) * PIECE_BYTES)
      const bytes = await this.piece(piece)
      out.set(bytes.subarray(at - piece * PIECE_BYTES, stop - piece * PIECE_BYTES), at - start)
      at = stop
    }
    return out
  }

  private piece(piece: number): Promise<Uint8Array> {
    if (this.last?.piece !== piece) this.last = { piece, bytes: this.inflated(piece) }
    return this.last.bytes
  }

  private sizeOf(piece: number): number {
    return Math.min(PIECE_BYTES, this.size - piece * PIECE_BYTES)
  }

  /** @param room for it; without one it is the caller's */
  private async inflated(piece: number, room?: Uint8Array): Promise<Uint8Array> {
    const [from = 0, to = from] = this.places.slice(piece, piece + 2)
    const packed = await readBytes(this.zip, from, to)
    // What is missing to a stream by itself.
    const stream = new Uint8Array(packed.length + LAST_BLOCK.length)
    stream.set(packed)
    stream.set(LAST_BLOCK, packed.length)
    if (this.zip.readsCopies === true) giveBack(packed)
    const size = this.sizeOf(piece)
    let bytes: Uint8Array
    try {
      bytes = inflateSync(stream, { out: room?.subarray(0, size) ?? new Uint8Array(size) })
    } catch {
      return damaged(this.zip, `${shortName(this.path)}: its compressed bytes are not readable`)
    } finally {
      giveBack(stream)
    }
    if (bytes.length !== size)
      damaged(this.zip, `${shortName(this.path)}: its compressed bytes are not readable`)
    return bytes
  }
}
