import {
  WARNING_MISSING_ZIP64_EXTRA_FIELD,
  WARNING_TRAILING_CENTRAL_DIRECTORY_DATA,
  ZipReader,
} from '@zip.js/zip.js/lib/zip-core-custom.js'
import { StudioError } from '../core/errors'
import { shortName } from '../core/short-text'
import { isClutter } from './clutter'
import type { BundleFile } from './file-bundle'
import type { NameEncoding } from './name-encoding'
import { damaged, zipError } from './zip-errors'
import type { ZipItem } from './zip-errors'
import { ZipNames } from './zip-names'
import type { NamedEntry, NamesInZip } from './zip-names'
import { ZipSource } from './zip-source'

/** Entries that are listed in one go, which takes about 20 ms. */
const BATCH = 500

/** Of an entry in the directory, without its name, extra field and comment. */
const ENTRY_BYTES = 46
const ENTRY_SIGNATURE = 0x02014b50

/** What the directory of a zip lists. */
export interface ZipDirectory {
  readonly items: readonly ZipItem[]
  /** Paths of folders, without a `/` at the end. */
  readonly folders: readonly string[]
  /** Paths of what operating systems leave in archives. */
  readonly clutter: readonly string[]
  readonly names: NamesInZip
}

/** How a zip is listed. */
export interface ZipListing {
  /** Most entries that are allowed. */
  readonly most: number
  /** Encoding of names that do not say theirs; null: the likeliest. */
  readonly nameEncoding: NameEncoding | null
}

/**
 * What lies in a zip, if all its names are safe, from its directory alone.
 * @param between called with the number of bytes read so far, here and when entries are read; throws to cancel
 * @throws StudioError 'open/zip-damaged', 'open/zip-path', 'open/too-many', 'open/not-read'
 */
export async function readDirectory(
  file: BundleFile,
  { most, nameEncoding }: ZipListing,
  between: (done: number) => Promise<void>,
): Promise<ZipDirectory> {
  const source = new ZipSource(file, between)
  await source.preferWide()
  const reader = new ZipReader(source, {
    // Its rules for names are laxer than those above.
    filenameValidation: 'tolerant',
    // The directory decides; what stands before an entry may differ, as with some streaming packers.
    checkLocalDirectory: false,
    checkOverlappingEntry: true,
  })
  let count = 0
  let seen = 0
  let listedBytes = 0
  const names = new ZipNames(file)
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
      const { rawComment, rawExtraField, rawFilename } = entry
      listedBytes += ENTRY_BYTES + rawFilename.length + rawExtraField.length + rawComment.length
      if (++seen % BATCH === 0) await between(source.done)
      names.add(entry)
    }
  } catch (error) {
    throw zipError(file, error)
  }
  const warned = (about: string) => reader.warnings?.find(({ reason }) => reason === about)
  // A count that is too small would leave files out without a word; some packers leave other bytes there.
  if (
    warned(WARNING_TRAILING_CENTRAL_DIRECTORY_DATA) !== undefined &&
    (await isEntry(source, (reader.directoryOffset ?? 0) + listedBytes))
  )
    damaged(file, 'its directory holds more entries than its end record counts')
  const wide = warned(WARNING_MISSING_ZIP64_EXTRA_FIELD)
  if (wide !== undefined)
    damaged(file, `${shortName(wide.filename ?? '')}: its 64-bit size is missing`)
  const listed = sorted(file, names.read(nameEncoding))
  source.listed()
  return listed
}

/** Whether an entry of a directory begins at a place. */
async function isEntry(source: ZipSource, at: number): Promise<boolean> {
  const bytes = await source.readUint8Array(at, 4)
  return (
    bytes.length === 4 && new DataView(bytes.slice().buffer).getUint32(0, true) === ENTRY_SIGNATURE
  )
}

/** @throws StudioError 'open/zip-damaged' */
function sorted(
  file: BundleFile,
  { items, names }: { readonly items: readonly NamedEntry[]; readonly names: NamesInZip },
): ZipDirectory {
  const folders: string[] = []
  const clutter: string[] = []
  const files: ZipItem[] = []
  for (const { entry, path } of items) {
    if (isClutter(path)) clutter.push(path)
    else if (path.endsWith('/')) folders.push(path.replace(/\/+$/, ''))
    else if (!entry.directory) files.push({ entry, path })
    else if (entry.uncompressedSize > 0)
      damaged(file, `${shortName(path)} is a folder that has bytes`)
    else folders.push(path)
  }
  return { items: files, folders, clutter, names }
}
