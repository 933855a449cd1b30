import { Unzlib } from 'fflate'
import type { Hdf5Cursor } from './hdf5-cursor'
import type { Hdf5Source } from './hdf5-source'

/** What was done to the bytes of a chunk, to be undone. */
export type Filter = 'deflate' | 'shuffle' | 'fletcher32'

const known: ReadonlyMap<number, Filter> = new Map([
  [1, 'deflate'],
  [2, 'shuffle'],
  [3, 'fletcher32'],
])

/** Filters that HDF5 itself, or h5py and hdf5plugin, write and the studio does not undo. */
const others: ReadonlyMap<number, string> = new Map([
  [4, 'szip'],
  [5, 'nbit'],
  [6, 'scale-offset'],
  [307, 'bzip2'],
  [32_000, 'LZF'],
  [32_001, 'Blosc'],
  [32_004, 'LZ4'],
  [32_008, 'bitshuffle'],
  [32_013, 'ZFP'],
  [32_015, 'Zstandard'],
])

/** @throws StudioError 'open/h5-unsupported' of any filter but deflate, shuffle and fletcher32 */
export function readFilters(cursor: Hdf5Cursor): readonly Filter[] {
  const version = cursor.version('filters', 1, 2)
  const count = cursor.byte()
  if (count > 32) cursor.damaged('more than 32 filters')
  if (version === 1) cursor.skip(6)
  return Array.from({ length: count }, () => {
    const id = cursor.uint(2)
    const hasName = version === 1 || id >= 256
    const nameBytes = hasName ? cursor.uint(2) : 0
    cursor.skip(2)
    const values = cursor.uint(2)
    cursor.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes)
    cursor.skip(4 * (version === 1 ? values + (values % 2) : values))
    const filter = known.get(id)
    return filter ?? cursor.unsupported(`numbers packed by ${others.get(id) ?? `filter ${id}`}`)
  })
}

/**
 * The bytes of a chunk as they were.
 * @param skipped filters that this chunk went without, a bit for each
 * @throws StudioError 'open/h5-damaged' where they are not `length` bytes, or their checksum is of others
 */
export function unfiltered(
  source: Hdf5Source,
  path: string,
  stored: Uint8Array,
  filters: readonly Filter[],
  { skipped, length, elementBytes }: { skipped: number; length: number; elementBytes: number },
): Uint8Array {
  let bytes = stored
  for (let index = filters.length - 1; index >= 0; index--) {
    if ((skipped & (1 << index)) !== 0) continue
    switch (filters[index]) {
      case 'deflate':
        // A checksum that was made before comes out, too.
        bytes =
          inflated(bytes, length + 4 * index) ?? source.damaged(path, 'a chunk is not readable')
        break
      case 'shuffle':
        bytes = unshuffled(bytes, elementBytes)
        break
      case 'fletcher32':
        bytes = checked(bytes) ?? source.damaged(path, 'a checksum does not match')
        break
      case undefined:
    }
  }
  if (bytes.length !== length)
    source.damaged(path, `a chunk has ${bytes.length} bytes for ${length}`)
  return bytes
}

/** Bytes that are inflated at once. */
const STEP = 16 * 1024

/** null where they cannot be unpacked, are more than `most`, or their checksum is of others. */
function inflated(packed: Uint8Array, most: number): Uint8Array | null {
  const out = new Uint8Array(most)
  let length = 0
  const unzlib = new Unzlib((piece) => {
    if (length + piece.length <= most) out.set(piece, length)
    length += piece.length
  })
  try {
    for (let at = 0; at < packed.length && length <= most; at += STEP)
      unzlib.push(packed.subarray(at, at + STEP), at + STEP >= packed.length)
  } catch {
    return null
  }
  if (length > most) return null
  const bytes = out.subarray(0, length)
  const tail = packed.subarray(-4)
  const told = tail.reduce((sum, byte) => sum * 256 + byte, 0)
  return told === adler32(bytes) ? bytes : null
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0]
  for (let at = 0; at < bytes.length;) {
    // As many as can be added before a sum outgrows 32 bits.
    const end = Math.min(bytes.length, at + 5552)
    for (; at < end; at++) {
      a += bytes[at] ?? 0
      b += a
    }
    a %= 65_521
    b %= 65_521
  }
  return b * 65_536 + a
}

/** All first bytes, then all second ones: back to one number after the other. */
function unshuffled(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.length / width)
  if (width < 2 || count < 2) return bytes
  const out = bytes.slice()
  for (let byte = 0; byte < width; byte++)
    for (let index = 0; index < count; index++)
      out[index * width + byte] = bytes[byte * count + index] ?? 0
  return out
}

/** Without their checksum; null where it is of other bytes. */
function checked(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length < 4) return null
  const data = bytes.subarray(0, -4)
  const told = new DataView(bytes.buffer, bytes.byteOffset + data.length, 4).getUint32(0, true)
  return told === fletcher32(data) ? data : null
}

/** As HDF5 sums: words of two bytes, the high one first. A sum is never back at 0: 65,535 stands for it. */
function fletcher32(bytes: Uint8Array): number {
  let [a, b] = [0, 0]
  for (let at = 0; at < bytes.length; at += 2) {
    a += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
    if (a > 65_535) a -= 65_535
    b += a
    if (b > 65_535) b -= 65_535
  }
  return b * 65_536 + a
}
