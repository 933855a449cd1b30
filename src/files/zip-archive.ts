import { Uint8ArrayWriter } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { crc32 } from '../core/crc32'
import { StudioError } from '../core/errors'
import { shortName } from '../core/short-text'
import type { Between } from './between'
import { memoryFile } from './file-bundle'
import type { BundleFile, FileBundle } from './file-bundle'
import { limits } from './limits'
import { readBytes } from './read-bytes'
import type { NameEncoding } from './name-encoding'
import { isZip } from './sniff'
import { readDirectory } from './zip-directory'
import type { ZipDirectory } from './zip-directory'
import { damaged, zipError } from './zip-errors'
import type { ZipItem } from './zip-errors'

const STORED = 0
const DEFLATED = 8

/** The part of `limits` that concerns what comes out of archives. */
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

/** A few files, of which one may be as large as weights are; those that are deflated are held in memory. */
const memberBounds: ZipBounds = { ...limits, zipBytes: 2 ** 32 }

/** Bytes that are compared with a checksum at once. */
const CHECKED_BYTES = 4 * 2 ** 20

/**
 * Unpacks a zip into memory. The directory is read first, so names and sizes are judged before a byte is
 * inflated. The sizes are only what the archive's author says, but no entry gets more room than that.
 * @throws StudioError 'open/zip-damaged', 'open/zip-bomb', 'open/zip-path', 'open/zip-nested',
 * 'open/zip-encrypted', 'open/zip-method', 'open/too-many', 'open/not-read'
 */
export async function readZip(
  file: BundleFile,
  between: Between,
  bounds: ZipBounds = limits,
): Promise<FileBundle> {
  const bundle: BundleFile[] = []
  for (const item of await listZip(file, between, bounds))
    bundle.push(memoryFile(item.path, await unpack(file, item)))
  return bundle
}

/**
 * The files of a zip that `readZip` would unpack, each inflated when it is read; the last one is kept.
 * @throws StudioError as `readZip`; what is wrong with an entry is thrown when that is read
 */
export async function openZip(
  file: BundleFile,
  between: Between,
  bounds: ZipBounds = limits,
): Promise<FileBundle> {
  return unpackedOnRead(file, await listZip(file, between, bounds), () => undefined)
}

/** A file of a zip that is read where it lies. */
export interface ZipMember extends BundleFile {
  /**
   * Holds its bytes to their checksum, without keeping them.
   * @throws StudioError 'open/zip-damaged', 'open/not-read'
   */
  readonly check: (between: Between) => Promise<void>
}

/**
 * The files of a zip, not read: a stored one is a range of the zip, however large it is; others are inflated when they are
 * read, and the last one is kept. Nothing compares a range with its checksum unless `check` is called.
 * @throws StudioError as `readZip`; what is wrong with an entry is thrown when that is read
 */
export async function zipMembers(
  file: BundleFile,
  between: Between,
  bounds: ZipBounds = memberBounds,
): Promise<readonly ZipMember[]> {
  const items = await listZip(file, between, bounds)
  const inflated = unpackedOnRead(file, items, () => undefined)
  const members: ZipMember[] = []
  for (const [index, item] of items.entries()) {
    const whole = inflated[index]
    if (whole === undefined) continue
    const { entry, path } = item
    members.push(
      entry.compressionMethod === STORED
        ? await storedMember(file, item)
        : { ...whole, path, check: async () => void (await whole.read(0, whole.size)) },
    )
  }
  return members
}

/** Signature, lengths of the name and of what else is said, then the bytes (APPNOTE 4.3.7). */
const LOCAL_BYTES = 30
const LOCAL_SIGNATURE = 0x04034b50

/**
 * Where the bytes of an entry begin, from what stands before them.
 * @throws StudioError 'open/zip-damaged', 'open/not-read'
 */
export async function dataStart(file: BundleFile, { entry, path }: ZipItem): Promise<number> {
  const { offset, compressedSize } = entry
  const name = shortName(path)
  if (offset + LOCAL_BYTES > file.size)
    damaged(file, `${name}: it does not start where the directory says`)
  const bytes = await readBytes(file, offset, offset + LOCAL_BYTES)
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (head.getUint32(0, true) !== LOCAL_SIGNATURE)
    damaged(file, `${name}: it does not start where the directory says`)
  const from = offset + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true)
  if (from + compressedSize > file.size) damaged(file, `${name}: it ends outside the file`)
  return from
}

async function storedMember(file: BundleFile, item: ZipItem): Promise<ZipMember> {
  const { entry, path } = item
  const { uncompressedSize: size, compressedSize } = entry
  const name = shortName(path)
  const from = await dataStart(file, item)
  if (size !== compressedSize)
    damaged(file, `${name}: it does not unpack to the ${size} bytes that the directory says`)
  return {
    path,
    size,
    read: (start, end) => file.read(from + start, from + Math.min(size, end)),
    check: async (between) => {
      let crc = 0
      for (let at = 0; at < size; at += CHECKED_BYTES) {
        const end = Math.min(size, at + CHECKED_BYTES)
        crc = crc32(await readBytes(file, from + at, from + end), crc)
        await between(end, size)
      }
      if (crc !== entry.crc32) damaged(file, `${name}: its checksum does not match`)
    },
  }
}

/**
 * What lies in a zip that `readZip` would unpack, from its directory alone.
 * @throws StudioError as `readZip`
 */
export async function listZip(
  file: BundleFile,
  between: Between,
  bounds: ZipBounds = limits,
): Promise<readonly ZipItem[]> {
  const listing = { most: bounds.zipEntries, nameEncoding: null }
  const { items } = await readDirectory(file, listing, (done) =>
    // What is read ahead may be read twice.
    between(Math.min(done, file.size), file.size),
  )
  for (const item of items) checkForm(file, item)
  checkSizes(file, items, bounds)
  return items
}

/** What lies in a zip that was not unpacked. */
export interface ZipIndex extends Omit<ZipDirectory, 'items'> {
  readonly files: FileBundle
}

/**
 * The files of a zip that is too large to unpack as a whole: each is inflated, in full, when it is
 * read, and the last one is kept. Every entry is held to the bounds by itself.
 * @param between while the directory is read
 * @param nameEncoding of names that do not say theirs; null: the likeliest
 * @throws StudioError as `readZip`; what is wrong with an entry is thrown when that is read
 */
export async function indexZip(
  file: BundleFile,
  between: Between,
  nameEncoding: NameEncoding | null = null,
  bounds: ZipBounds = indexBounds,
): Promise<ZipIndex> {
  let listing = true
  const { items, ...others } = await readDirectory(
    file,
    { most: bounds.zipEntries, nameEncoding },
    async (done) => {
      // Whoever reads an entry later waits for nobody's cancel.
      if (listing) await between(Math.min(done, file.size), file.size)
    },
  )
  listing = false
  const files = unpackedOnRead(file, items, (item) => {
    checkForm(file, item)
    checkSizes(file, [item], bounds)
  })
  return { ...others, files }
}

/** @param check called before an entry is inflated; what it throws is thrown to whoever reads */
function unpackedOnRead(
  file: BundleFile,
  items: readonly ZipItem[],
  check: (item: ZipItem) => void,
): FileBundle {
  let last: { readonly item: ZipItem; readonly bytes: Promise<Uint8Array> } | null = null
  const unpacked = (item: ZipItem): Promise<Uint8Array> => {
    if (last?.item === item) return last.bytes
    check(item)
    last = { item, bytes: unpack(file, item) }
    return last.bytes
  }
  return items.map((item) => ({
    path: item.path,
    size: item.entry.uncompressedSize,
    read: async (start: number, end: number) => (await unpacked(item)).subarray(start, end),
  }))
}

function checkForm(file: BundleFile, { path, entry }: ZipItem): void {
  const { encrypted, compressionMethod } = entry
  const name = shortName(path)
  if (encrypted) throw new StudioError('open/zip-encrypted', { file: file.path, entry: name })
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED)
    throw new StudioError('open/zip-method', {
      file: file.path,
      entry: name,
      method: compressionMethod,
    })
}

function checkSizes(file: BundleFile, items: readonly ZipItem[], bounds: ZipBounds): void {
  let bytesIn = 0
  let bytesOut = 0
  for (const { path, entry } of items) {
    bytesIn += entry.compressedSize
    bytesOut += entry.uncompressedSize
    const allowed = Math.min(
      bounds.zipBytes,
      Math.max(bounds.zipFloorBytes, bytesIn * bounds.zipRatio),
    )
    if (bytesOut > allowed)
      throw new StudioError('open/zip-bomb', {
        file: file.path,
        entry: shortName(path),
        limit: allowed,
      })
  }
}

async function unpack(file: BundleFile, item: ZipItem): Promise<Uint8Array> {
  const { entry, path } = item
  let bytes: Uint8Array
  try {
    bytes = await entry.getData(new Uint8ArrayWriter())
  } catch (error) {
    throw zipError(file, error, item)
  }
  // zip.js can check it too, by way of gzip, where every engine says something else of damaged bytes.
  const name = shortName(path)
  if (crc32(bytes) !== entry.crc32) damaged(file, `${name}: its checksum does not match`)
  if (isZip(bytes) && /\.zip$/i.test(path))
    throw new StudioError('open/zip-nested', { file: file.path, entry: name })
  return bytes
}
