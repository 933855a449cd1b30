import { Uint8ArrayWriter } from '@zip.js/zip.js/lib/zip-core-custom.js'
import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { crc32 } from '../core/crc32'
import { StudioError } from '../core/errors'
import type { Between } from './between'
import { memoryFile } from './file-bundle'
import type { BundleFile, FileBundle } from './file-bundle'
import { limits } from './limits'
import { isZip } from './sniff'
import { readDirectory } from './zip-directory'
import { damaged, zipError } from './zip-errors'

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
  const entries = await readDirectory(file, bounds.zipEntries, (done) =>
    // What is read ahead may be read twice.
    between(Math.min(done, file.size), file.size),
  )
  for (const entry of entries) checkForm(file, entry)
  checkSizes(file, entries, bounds)
  const bundle: BundleFile[] = []
  for (const entry of entries) bundle.push(memoryFile(entry.filename, await unpack(file, entry)))
  return bundle
}

/**
 * The files of a zip that is too large to unpack as a whole: each is inflated, in full, when it is
 * read, and the last one is kept. Every entry is held to the bounds by itself.
 * @param between while the directory is read
 * @throws StudioError as `readZip`; what is wrong with an entry is thrown when that is read
 */
export async function indexZip(
  file: BundleFile,
  between: Between,
  bounds: ZipBounds = indexBounds,
): Promise<FileBundle> {
  let listing = true
  const entries = await readDirectory(file, bounds.zipEntries, async (done) => {
    // Whoever reads an entry later waits for nobody's cancel.
    if (listing) await between(Math.min(done, file.size), file.size)
  })
  listing = false
  let last: { readonly entry: FileEntry; readonly bytes: Promise<Uint8Array> } | null = null
  const unpacked = (entry: FileEntry): Promise<Uint8Array> => {
    if (last?.entry === entry) return last.bytes
    checkForm(file, entry)
    checkSizes(file, [entry], bounds)
    last = { entry, bytes: unpack(file, entry) }
    return last.bytes
  }
  return entries.map((entry) => ({
    path: entry.filename,
    size: entry.uncompressedSize,
    read: async (start, end) => (await unpacked(entry)).subarray(start, end),
  }))
}

function checkForm(file: BundleFile, { filename, encrypted, compressionMethod }: FileEntry): void {
  if (encrypted) throw new StudioError('open/zip-encrypted', { file: file.path, entry: filename })
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED)
    throw new StudioError('open/zip-method', {
      file: file.path,
      entry: filename,
      method: compressionMethod,
    })
}

function checkSizes(file: BundleFile, entries: readonly FileEntry[], bounds: ZipBounds): void {
  let bytesIn = 0
  let bytesOut = 0
  for (const entry of entries) {
    bytesIn += entry.compressedSize
    bytesOut += entry.uncompressedSize
    const allowed = Math.min(
      bounds.zipBytes,
      Math.max(bounds.zipFloorBytes, bytesIn * bounds.zipRatio),
    )
    if (bytesOut > allowed)
      throw new StudioError('open/zip-bomb', {
        file: file.path,
        entry: entry.filename,
        limit: allowed,
      })
  }
}

async function unpack(file: BundleFile, entry: FileEntry): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = await entry.getData(new Uint8ArrayWriter())
  } catch (error) {
    throw zipError(file, error, entry)
  }
  // zip.js can check it too, by way of gzip, where every engine says something else of damaged bytes.
  if (crc32(bytes) !== entry.crc32) damaged(file, `${entry.filename}: its checksum does not match`)
  if (isZip(bytes) && /\.zip$/i.test(entry.filename))
    throw new StudioError('open/zip-nested', { file: file.path, entry: entry.filename })
  return bytes
}
