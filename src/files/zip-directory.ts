import { WARNING_MISSING_ZIP64_EXTRA_FIELD, ZipReader } from '@zip.js/zip.js/lib/zip-core-custom.js'
import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { StudioError } from '../core/errors'
import type { BundleFile } from './file-bundle'
import { damaged, zipError } from './zip-errors'
import { ZipSource } from './zip-source'

/** Entries that are listed in one go, which takes about 20 ms. */
const BATCH = 500

/** Folders, and what macOS and Windows leave in archives. */
function isClutter(path: string): boolean {
  return /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)|\/$/.test(path)
}

/** @param raw as the archive holds it: code page 437 has pictures where ASCII has control characters */
function isUnsafe(path: string, raw: Uint8Array): boolean {
  return (
    path === '' ||
    /^\/|^[a-z]:|\\|\p{Cc}/iu.test(path) ||
    path.split('/').includes('..') ||
    raw.some((byte) => byte < 32 || byte === 127)
  )
}

/**
 * The entries of a zip whose names are safe and mean something, from its directory alone.
 * @param most entries that are allowed
 * @param between called with the number of bytes read so far, here and when entries are read; throws to cancel
 * @throws StudioError 'open/zip-damaged', 'open/zip-path', 'open/too-many', 'open/not-read'
 */
export async function readDirectory(
  file: BundleFile,
  most: number,
  between: (done: number) => Promise<void>,
): Promise<FileEntry[]> {
  const source = new ZipSource(file, between)
  const reader = new ZipReader(source, {
    // Its rules for names are laxer than those above.
    filenameValidation: 'tolerant',
    // The directory decides; what stands before an entry may differ, as with some streaming packers.
    checkLocalDirectory: false,
    checkOverlappingEntry: true,
  })
  let count = 0
  let seen = 0
  const entries = new Map<string, FileEntry>()
  try {
    for await (const entry of reader.getEntriesGenerator({
      onprogress: (_, total) => {
        count = total
        return undefined
      },
    })) {
      if (count > most)
        throw new StudioError('open/too-many', {
          file: file.path,
          field: 'entries',
          found: count,
          limit: most,
        })
      if (++seen % BATCH === 0) await between(source.done)
      const path = entry.filename
      if (isUnsafe(path, entry.rawFilename))
        throw new StudioError('open/zip-path', { file: file.path, entry: path })
      if (isClutter(path)) continue
      if (entries.has(path)) damaged(file, `two entries are called ${path}`)
      if (!entry.directory) entries.set(path, entry)
      else if (entry.uncompressedSize > 0) damaged(file, `${path} is a folder that has bytes`)
    }
  } catch (error) {
    throw zipError(file, error)
  }
  const wide = reader.warnings?.find(({ reason }) => reason === WARNING_MISSING_ZIP64_EXTRA_FIELD)
  if (wide !== undefined) damaged(file, `${wide.filename ?? ''}: its 64-bit size is missing`)
  source.listed()
  return [...entries.values()]
}
