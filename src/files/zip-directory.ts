import { strFromU8 } from 'fflate'
import { StudioError } from '../core/errors'
import type { BundleFile } from './file-bundle'
import { readBytes } from './read-bytes'

const END_RECORD = 0x06054b50
const END_LOCATOR_64 = 0x07064b50
const END_RECORD_64 = 0x06064b50
const ENTRY = 0x02014b50
const ZIP64_EXTRA = 1
const TOO_LARGE = 0xffffffff
const TOO_MANY = 0xffff

export interface ZipEntry {
  readonly path: string
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly offset: number
}

/** @throws StudioError 'open/zip-damaged' */
export function damaged(file: BundleFile, reason: string): never {
  throw new StudioError('open/zip-damaged', { file: file.path, reason })
}

/** Folders, and what macOS and Windows leave in archives. */
function isClutter(path: string): boolean {
  return /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)|\/$/.test(path)
}

function checkPath(file: string, path: string): void {
  const unsafe =
    path === '' || /^\/|^[a-z]:|\\|\p{Cc}/iu.test(path) || path.split('/').includes('..')
  if (unsafe) throw new StudioError('open/zip-path', { file, entry: path })
}

/**
 * The entries of a zip whose names are safe and mean something, from its directory alone.
 * @param most entries that are allowed
 * @throws StudioError 'open/zip-damaged', 'open/zip-path', 'open/too-many', 'open/not-read'
 */
export async function readDirectory(file: BundleFile, most: number): Promise<ZipEntry[]> {
  const { count, size, offset, end } = await findDirectory(file)
  if (count > most)
    throw new StudioError('open/too-many', {
      file: file.path,
      field: 'entries',
      found: count,
      limit: most,
    })
  if (offset + size > end) return damaged(file, 'its directory lies outside the file')
  const entries = parseDirectory(file, await readBytes(file, offset, offset + size), count)
  for (const entry of entries) checkPath(file.path, entry.path)
  const wanted = entries.filter((entry) => !isClutter(entry.path))
  const seen = new Set<string>()
  for (const { path } of wanted) {
    if (seen.has(path)) damaged(file, `two entries are called ${path}`)
    seen.add(path)
  }
  return wanted
}

interface DirectoryPlace {
  readonly count: number
  readonly size: number
  readonly offset: number
  /** The directory must end before this. */
  readonly end: number
}

async function findDirectory(file: BundleFile): Promise<DirectoryPlace> {
  // The end record has 22 bytes and a comment of at most 65,535.
  const start = Math.max(0, file.size - 22 - 65_535)
  const tail = await readBytes(file, start, file.size)
  const view = viewOf(tail)
  let at = tail.length - 22
  while (at >= 0 && view.getUint32(at, true) !== END_RECORD) at--
  if (at < 0) return damaged(file, 'its end record is missing, so it was probably cut short')
  const place = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
    end: start + at,
  }
  const wide = place.count === TOO_MANY || place.size === TOO_LARGE || place.offset === TOO_LARGE
  if (!wide || at < 20 || view.getUint32(at - 20, true) !== END_LOCATOR_64) return place
  const record = bigNumber(view, at - 12)
  if (record + 56 > place.end) return damaged(file, 'its 64-bit end record lies outside the file')
  const long = viewOf(await readBytes(file, record, record + 56))
  if (long.getUint32(0, true) !== END_RECORD_64)
    return damaged(file, 'its 64-bit end record is not where the file says')
  return {
    count: bigNumber(long, 32),
    size: bigNumber(long, 40),
    offset: bigNumber(long, 48),
    end: record,
  }
}

function bigNumber(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32
}

function parseDirectory(file: BundleFile, bytes: Uint8Array, count: number): ZipEntry[] {
  const view = viewOf(bytes)
  const entries: ZipEntry[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY)
      return damaged(file, `entry ${index + 1} of its directory is not readable`)
    const nameLength = view.getUint16(at + 28, true)
    const extraLength = view.getUint16(at + 30, true)
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true)
    if (next > bytes.length)
      return damaged(file, `entry ${index + 1} of its directory is cut short`)
    const name = bytes.subarray(at + 46, at + 46 + nameLength)
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    const [size, packedSize, offset] = zip64Values(extra, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ])
    if (packedSize > file.size || offset > file.size)
      return damaged(file, `entry ${index + 1} lies outside the file`)
    entries.push({
      path: strFromU8(name),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize,
      size,
      offset,
    })
    at = next
  }
  return entries
}

/** Some tools use 64-bit fields for small archives too: each replaces a value of all ones, in order. */
function zip64Values(
  extra: Uint8Array,
  values: readonly [number, number, number],
): readonly [number, number, number] {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_EXTRA) continue
    let field = at + 4
    const end = Math.min(extra.length, field + view.getUint16(at + 2, true))
    const wide = (value: number): number => {
      if (value !== TOO_LARGE || field + 8 > end) return value
      field += 8
      return bigNumber(view, field - 8)
    }
    return [wide(values[0]), wide(values[1]), wide(values[2])]
  }
  return values
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
