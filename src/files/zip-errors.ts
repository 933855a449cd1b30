import {
  ERR_AMBIGUOUS_ARCHIVE,
  ERR_BAD_FORMAT,
  ERR_CENTRAL_DIRECTORY_NOT_FOUND,
  ERR_ENCRYPTED_CENTRAL_DIRECTORY,
  ERR_ENTRY_DATA_OUT_OF_BOUNDS,
  ERR_EOCDR_LOCATOR_ZIP64_NOT_FOUND,
  ERR_EOCDR_NOT_FOUND,
  ERR_INVALID_COMPRESSED_DATA,
  ERR_INVALID_UNCOMPRESSED_SIZE,
  ERR_LOCAL_FILE_HEADER_NOT_FOUND,
  ERR_OVERLAPPING_ENTRY,
  ERR_SPLIT_ZIP_FILE,
  ERR_UNSUPPORTED_UINT64,
} from '@zip.js/zip.js/lib/zip-core-custom.js'
import type { FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js'
import { StudioError, isStudioError } from '../core/errors'
import { shortName } from '../core/short-text'
import type { BundleFile } from './file-bundle'

/** An entry and where it lies, `/` separated. */
export interface ZipItem {
  readonly entry: FileEntry
  readonly path: string
}

/** @throws StudioError 'open/zip-damaged' */
export function damaged(file: BundleFile, reason: string): never {
  throw new StudioError('open/zip-damaged', { file: file.path, reason })
}

const noEnd = 'its end record is missing, so it was probably cut short'

/** What zip.js says of an archive, in the studio's words. */
const ofArchives = new Map([
  [ERR_BAD_FORMAT, noEnd],
  [ERR_EOCDR_NOT_FOUND, noEnd],
  [ERR_EOCDR_LOCATOR_ZIP64_NOT_FOUND, 'its 64-bit end record is not where the file says'],
  [ERR_CENTRAL_DIRECTORY_NOT_FOUND, 'its directory is not readable'],
  [ERR_ENCRYPTED_CENTRAL_DIRECTORY, 'its directory is encrypted'],
  [ERR_UNSUPPORTED_UINT64, 'a size in its directory is larger than any file'],
  [ERR_SPLIT_ZIP_FILE, 'it is one of several parts'],
  [ERR_AMBIGUOUS_ARCHIVE, 'more follows its end record, another archive or other bytes'],
])

/** What zip.js says of an entry. */
const ofEntries = new Map([
  [ERR_LOCAL_FILE_HEADER_NOT_FOUND, 'it does not start where the directory says'],
  [ERR_ENTRY_DATA_OUT_OF_BOUNDS, 'it ends outside the file'],
  [ERR_OVERLAPPING_ENTRY, 'its bytes are also those of another entry'],
  [ERR_INVALID_COMPRESSED_DATA, 'its compressed bytes are not readable'],
])

/** An error of zip.js as one of the studio's; errors of the studio pass as they are. */
export function zipError(file: BundleFile, thrown: unknown, item?: ZipItem): StudioError {
  if (isStudioError(thrown)) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const reason =
    item === undefined
      ? (ofArchives.get(message) ?? message)
      : `${shortName(item.path)}: ${reasonOf(item.entry, message)}`
  return new StudioError('open/zip-damaged', { file: file.path, reason })
}

function reasonOf(entry: FileEntry, message: string): string {
  if (message === ERR_INVALID_UNCOMPRESSED_SIZE)
    return `it does not unpack to the ${entry.uncompressedSize} bytes that the directory says`
  return ofEntries.get(message) ?? message
}
