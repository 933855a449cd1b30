import type { Storage } from './dataset'
import { treeRecords } from './dense-storage'
import { unfiltered } from './filters'
import { walkTree } from './group-links'
import type { Hdf5Source } from './hdf5-source'
import { limits } from '../limits'

/** HDF5 would put in what its writer chose for such places; who saves weights writes them all. */
export const NEVER_WRITTEN = 'its numbers were never written'

/** One chunk: where it lies, and which places of the dataset it holds. */
interface Chunk {
  readonly at: number
  readonly bytes: number
  /** Filters that it went without, a bit for each. */
  readonly skipped: number
  /** Of its first place, along each axis. */
  readonly start: readonly number[]
}

type Chunked = Extract<Storage, { kind: 'chunked' }>

/** What a chunk is a part of. */
interface Whole {
  readonly path: string
  readonly shape: readonly number[]
  readonly elementBytes: number
}

/**
 * Puts all chunks of a dataset where they belong.
 * @param report called with the bytes of each; throws to cancel
 * @throws StudioError 'open/h5-damaged' also where a place is in no chunk, 'open/not-read'
 */
export async function fillChunks(
  source: Hdf5Source,
  storage: Chunked,
  whole: Whole,
  out: Uint8Array,
  report: (bytes: number) => Promise<void>,
): Promise<void> {
  const { sides, filters } = storage
  const { path, shape, elementBytes } = whole
  const counts = shape.map((side, axis) => Math.ceil(side / (sides[axis] ?? 1)))
  const places = counts.reduce((product, count) => product * count, 1)
  if (places === 0) return
  const length = sides.reduce((product, side) => product * side, elementBytes)
  const seen = new Set<number>()
  await eachChunk(source, storage, whole, counts, async ({ at, bytes, skipped, start }) => {
    // Room for places that were added and taken away again.
    if (start.some((from, axis) => from >= (shape[axis] ?? 0))) return
    const scaled = start.map((from, axis) => from / (sides[axis] ?? 1))
    const place = scaled.reduce((sum, index, axis) => sum * (counts[axis] ?? 1) + index, 0)
    if (!Number.isInteger(place) || seen.has(place))
      source.damaged(path, 'a chunk lies beside its places')
    if (bytes > limits.h5ChunkBytes) source.damaged(path, 'its chunks are larger than any')
    seen.add(place)
    const packed = await source.bytes(path, at, bytes)
    const chunk = unfiltered(source, path, packed, filters, { skipped, length, elementBytes })
    copyChunk(chunk, sides, start, out, whole)
    await report(length)
  })
  if (seen.size < places) source.damaged(path, NEVER_WRITTEN)
}

/** Goes through the chunks of a dataset, whatever says where they lie. */
async function eachChunk(
  source: Hdf5Source,
  { index, sides, filters }: Chunked,
  { path, shape, elementBytes }: Whole,
  counts: readonly number[],
  visit: (chunk: Chunk) => Promise<void>,
): Promise<void> {
  const { kind, at, stored } = index
  if (at === null) return
  const length = sides.reduce((product, side) => product * side, elementBytes)
  const rank = shape.length
  switch (kind) {
    case 'tree':
      await walkTree(source, path, { at, type: 1, keyBytes: 16 + 8 * rank }, async (leaf) => {
        const [bytes, skipped] = [leaf.key.uint(4), leaf.key.uint(4)]
        await visit({ at: leaf.at, bytes, skipped, start: sides.map(() => leaf.key.uint(8)) })
      })
      return
    case 'single':
      await visit({
        ...{ at, bytes: stored?.bytes ?? length, skipped: stored?.skipped ?? 0 },
        start: sides.map(() => 0),
      })
      return
    case 'implicit': {
      const places = counts.reduce((product, count) => product * count, 1)
      for (let place = 0; place < places; place++)
        await visit({
          ...{ at: at + place * length, bytes: length, skipped: 0 },
          start: startOf(place, counts, sides),
        })
      return
    }
    case 'fixed':
      await fixedArray(source, path, at, async (place, entry) => {
        const chunk = filters.length === 0 ? { ...entry, bytes: length } : entry
        await visit({ ...chunk, start: startOf(place, counts, sides) })
      })
      return
    case 'newTree': {
      const isFiltered = filters.length > 0
      for (const record of await treeRecords(source, path, at, isFiltered ? 11 : 10)) {
        const chunkAt = record.knownAddress()
        const bytes = isFiltered ? record.uint(record.left - 4 - 8 * rank) : length
        const skipped = isFiltered ? record.uint(4) : 0
        const start = sides.map((side) => record.uint(8) * side)
        await visit({ at: chunkAt, bytes, skipped, start })
      }
    }
  }
}

/** The first place of a chunk by its number, the last axis counting fastest. */
function startOf(place: number, counts: readonly number[], sides: readonly number[]): number[] {
  const start: number[] = []
  let rest = place
  for (let axis = counts.length - 1; axis >= 0; axis--) {
    const count = counts[axis] ?? 1
    start.unshift((rest % count) * (sides[axis] ?? 1))
    rest = Math.floor(rest / count)
  }
  return start
}

/** A list of chunks in their order, cut into pages where it is long. */
async function fixedArray(
  source: Hdf5Source,
  path: string,
  at: number,
  visit: (place: number, entry: Omit<Chunk, 'start'>) => Promise<void>,
): Promise<void> {
  const { lengthBytes, offsetBytes } = source
  const head = await source.cursor(path, at, 8 + lengthBytes + offsetBytes)
  head.expect('FAHD')
  head.version('a list of chunks', 0)
  head.skip(1)
  const entryBytes = head.byte()
  const pageBits = head.byte()
  const count = head.length()
  const block = head.address()
  if (block === null) return
  const sizeBytes = entryBytes - offsetBytes - 4
  if (entryBytes !== offsetBytes && (sizeBytes < 1 || sizeBytes > 8))
    head.damaged('the sizes of a list contradict each other')
  const own = await source.cursor(path, block, 6 + offsetBytes)
  own.expect('FADB')
  const first = block + own.bytes.length
  const perPage = 2 ** Math.min(pageBits, 40)
  const pages = count > perPage ? Math.ceil(count / perPage) : 0
  // A bit for each page that was written, and a checksum behind the bits and behind each page.
  let next = pages === 0 ? first : first + Math.ceil(pages / 8) + 4
  for (let page = 0; page < Math.max(1, pages); page++) {
    const from = page * perPage
    const entries = Math.min(count - from, perPage)
    const cursor = await source.cursor(path, next, entries * entryBytes)
    next += entries * entryBytes + 4
    for (let index = 0; index < entries; index++) {
      const chunkAt = cursor.address()
      const isFiltered = entryBytes > offsetBytes
      const bytes = isFiltered ? cursor.uint(sizeBytes) : 0
      const skipped = isFiltered ? cursor.uint(4) : 0
      if (chunkAt !== null) await visit(from + index, { at: chunkAt, bytes, skipped })
    }
  }
}

/** Puts a chunk where it belongs; what reaches beyond the shape stays out. */
function copyChunk(
  chunk: Uint8Array,
  sides: readonly number[],
  start: readonly number[],
  out: Uint8Array,
  { shape, elementBytes }: Whole,
): void {
  const visit = (axis: number, from: number, to: number): void => {
    const side = sides[axis] ?? 1
    const whole = shape[axis] ?? 1
    const first = start[axis] ?? 0
    const count = Math.min(side, whole - first)
    if (axis >= sides.length - 1) {
      const at = from * side * elementBytes
      const target = (to * whole + first) * elementBytes
      out.set(chunk.subarray(at, at + count * elementBytes), target)
      return
    }
    for (let index = 0; index < count; index++)
      visit(axis + 1, from * side + index, to * whole + first + index)
  }
  visit(0, 0, 0)
}
