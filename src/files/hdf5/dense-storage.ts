import { limits } from '../limits'
import type { Hdf5Cursor } from './hdf5-cursor'
import type { Hdf5Source } from './hdf5-source'

/**
 * Links or attributes of one object as HDF5 1.8 and later keep them where they are many: in a heap of blocks, with a tree
 * that says which lie where.
 * @param heap address of the heap
 * @param names address of the tree by names
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/too-many'
 */
export async function denseObjects(
  source: Hdf5Source,
  place: string,
  heap: number,
  names: number,
  what: 'links' | 'attributes',
): Promise<Hdf5Cursor[]> {
  const open = await openHeap(source, place, heap)
  const objects: Hdf5Cursor[] = []
  // A record begins with the hash of a link, or with where an attribute lies.
  const [type, skipped] = what === 'links' ? [5, 4] : [8, 0]
  for (const record of await treeRecords(source, place, names, type)) {
    record.skip(skipped)
    objects.push(await open(record.take(open.idBytes)))
  }
  return objects
}

interface OpenHeap {
  (id: Uint8Array): Promise<Hdf5Cursor>
  readonly idBytes: number
}

/** Sizes of the blocks of a heap: rows of so many, each as large as those before it together. */
interface HeapShape {
  readonly width: number
  readonly startBytes: number
  readonly mostDirect: number
  readonly offsetBytes: number
  readonly prefixBytes: number
  readonly root: number
  readonly rootRows: number
}

async function openHeap(source: Hdf5Source, place: string, at: number): Promise<OpenHeap> {
  const { lengthBytes, offsetBytes } = source
  const head = await source.cursor(place, at, 22 + 12 * lengthBytes + 3 * offsetBytes)
  head.expect('FRHP')
  head.version('a heap', 0)
  const idBytes = head.uint(2)
  if (head.uint(2) !== 0) head.unsupported('a compressed heap')
  head.skip(1)
  const mostManaged = head.uint(4)
  head.skip(2 * lengthBytes + 2 * offsetBytes + 8 * lengthBytes)
  const width = head.uint(2)
  const startBytes = head.length()
  const mostDirect = head.length()
  const heapBits = head.uint(2)
  head.skip(2)
  const root = head.knownAddress()
  const rootRows = head.uint(2)
  const offset = Math.ceil(heapBits / 8)
  if (width === 0 || startBytes === 0 || mostDirect < startBytes || offset > 8)
    head.damaged('the sizes of a heap contradict each other')
  const shape: HeapShape = {
    ...{ width, startBytes, mostDirect, offsetBytes: offset, root, rootRows },
    prefixBytes: 5 + offsetBytes + offset,
  }
  const lengthField = bytesFor(Math.min(mostDirect, mostManaged))
  const open = async (id: Uint8Array): Promise<Hdf5Cursor> => {
    const kind = ((id[0] ?? 0) >> 4) & 3
    if (kind !== 0) head.unsupported('an attribute or a name of more than 64 kB')
    let from = 0
    for (let index = offset; index > 0; index--) from = from * 256 + (id[index] ?? 0)
    let length = 0
    for (let index = lengthField; index > 0; index--)
      length = length * 256 + (id[offset + index] ?? 0)
    const block = await blockOf(source, place, shape, from)
    if (from + length > block.from + block.length) head.damaged('a structure ends too early')
    return source.cursor(place, block.at + (from - block.from), length)
  }
  return Object.assign(open, { idBytes })
}

interface HeapBlock {
  readonly at: number
  /** Place of its first byte in the heap. */
  readonly from: number
  readonly length: number
}

/** The block in which a place of the heap lies. */
async function blockOf(
  source: Hdf5Source,
  place: string,
  shape: HeapShape,
  offset: number,
): Promise<HeapBlock> {
  const { width, startBytes, mostDirect, prefixBytes } = shape
  if (shape.rootRows === 0) return { at: shape.root, from: 0, length: startBytes }
  const directRows = Math.log2(mostDirect / startBytes) + 2
  let { root: at, rootRows: rows } = shape
  let from = 0
  for (let depth = 0; depth < 8; depth++) {
    const head = await source.cursor(place, at, prefixBytes)
    head.expect('FHIB')
    const within = Math.floor((offset - from) / (width * startBytes))
    const row = within < 1 ? 0 : Math.floor(Math.log2(within)) + 1
    if (row >= rows) head.damaged('a structure lies outside its heap')
    const size = row === 0 ? startBytes : startBytes * 2 ** (row - 1)
    const rowFrom = row === 0 ? 0 : width * startBytes * 2 ** (row - 1)
    const column = Math.floor((offset - from - rowFrom) / size)
    const child = row * width + column
    const entry = await source.cursor(
      place,
      at + prefixBytes + child * source.offsetBytes,
      source.offsetBytes,
    )
    at = entry.knownAddress()
    from += rowFrom + column * size
    if (row < directRows) return { at, from, length: size }
    rows = Math.log2(size / startBytes / width) + 1
  }
  return source.damaged(place, 'a heap is nested too deep')
}

/** All records of a tree of HDF5 1.8, whatever their order. */
export async function treeRecords(
  source: Hdf5Source,
  place: string,
  at: number,
  type: number,
): Promise<Hdf5Cursor[]> {
  const { lengthBytes, offsetBytes } = source
  const head = await source.cursor(place, at, 18 + offsetBytes + lengthBytes)
  head.expect('BTHD')
  head.version('a tree', 0)
  if (head.byte() !== type) head.damaged('a tree is of another kind')
  const nodeBytes = head.uint(4)
  const recordBytes = head.uint(2)
  const depth = head.uint(2)
  head.skip(2)
  const root = head.address()
  const count = head.uint(2)
  if (recordBytes === 0 || nodeBytes < 10 + recordBytes || nodeBytes > limits.h5HeapBytes)
    head.damaged('the sizes of a tree contradict each other')
  if (depth > 8) head.damaged('a tree is nested too deep')
  if (root === null) return []
  const most = Math.floor((nodeBytes - 10) / recordBytes)
  const records: Hdf5Cursor[] = []
  /** Most records below a node of each depth, by which the width of counts is told. */
  const held = [most]
  for (let level = 1; level <= depth; level++) {
    const pointer = offsetBytes + bytesFor(most) + (level > 1 ? bytesFor(held[level - 1] ?? 0) : 0)
    const own = Math.floor((nodeBytes - 10 - pointer) / (recordBytes + pointer))
    held.push(own + (own + 1) * (held[level - 1] ?? 0))
  }
  const visit = async (node: number, level: number, own: number): Promise<void> => {
    const cursor = await source.cursor(place, node, nodeBytes)
    cursor.expect(level === 0 ? 'BTLF' : 'BTIN')
    cursor.skip(2)
    for (let index = 0; index < own; index++) {
      records.push(cursor.part(recordBytes))
      if (records.length > limits.tensors) cursor.damaged('a tree leads into itself')
    }
    if (level === 0) return
    for (let index = 0; index <= own; index++) {
      const child = cursor.knownAddress()
      const below = cursor.uint(bytesFor(most))
      if (level > 1) cursor.skip(bytesFor(held[level - 1] ?? 0))
      await visit(child, level - 1, below)
    }
  }
  await visit(root, depth, count)
  return records
}

/** Bytes that a number takes at the least. */
function bytesFor(value: number): number {
  return Math.max(1, Math.ceil(Math.log2(value + 1) / 8))
}
