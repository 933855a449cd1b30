import { float16Table } from '../../core/float16'
import { limits } from '../limits'
import { readBytes } from '../read-bytes'
import type { Hdf5Dataset, Storage } from './dataset'
import { unfiltered } from './filters'
import { walkTree } from './group-links'
import type { Hdf5Source } from './hdf5-source'
import type { NumberKind } from './number-kind'

/** HDF5 would put in what its writer chose for such places; who saves weights writes them all. */
const NEVER_WRITTEN = 'its numbers were never written'

/** Bytes that are read at once. */
const BLOCK = 4 * 2 ** 20

/** Floats as float32; whole numbers as they are, truth values as 0 and 1. */
export type ReadNumbers = Float32Array | Int32Array | Uint8Array

export type Report = (bytes: number) => Promise<void>

/**
 * Reads the numbers of a dataset into new room.
 * @param kind what its bytes are
 * @param report called with the number of bytes read since; throws to cancel
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/not-read'
 */
export async function readNumbers(
  source: Hdf5Source,
  dataset: Hdf5Dataset,
  kind: NumberKind,
  report: Report,
): Promise<ReadNumbers> {
  const bytes = new Uint8Array(dataset.elements * dataset.type.bytes)
  await fill(source, dataset, bytes, report)
  if ('bigEndian' in dataset.type && dataset.type.bigEndian) turnBytes(bytes, dataset.type.bytes)
  return decoded(kind, bytes) ?? source.unsupported(dataset.path, 'whole numbers beyond 32 bits')
}

async function fill(
  source: Hdf5Source,
  { path, storage, shape, type }: Hdf5Dataset,
  out: Uint8Array,
  report: Report,
): Promise<void> {
  switch (storage.kind) {
    case 'none':
      if (out.length > 0) source.damaged(path, NEVER_WRITTEN)
      return
    case 'compact':
      out.set(storage.bytes.subarray(0, out.length))
      return
    case 'contiguous':
      for (let at = 0; at < out.length; at += BLOCK) {
        const end = Math.min(out.length, at + BLOCK)
        out.set(await readBytes(source.file, storage.at + at, storage.at + end), at)
        await report(end - at)
      }
      return
    case 'chunked':
      await fillChunks(source, path, storage, { shape, elementBytes: type.bytes }, out, report)
  }
}

async function fillChunks(
  source: Hdf5Source,
  path: string,
  { tree, sides, filters }: Extract<Storage, { kind: 'chunked' }>,
  { shape, elementBytes }: { shape: readonly number[]; elementBytes: number },
  out: Uint8Array,
  report: Report,
): Promise<void> {
  const places = shape.reduce(
    (product, side, axis) => product * Math.ceil(side / (sides[axis] ?? 1)),
    1,
  )
  if (tree === null || places === 0) {
    if (places > 0) source.damaged(path, NEVER_WRITTEN)
    return
  }
  const length = sides.reduce((product, side) => product * side, elementBytes)
  const seen = new Set<string>()
  const keyBytes = 8 + 8 * (sides.length + 1)
  await walkTree(source, path, { at: tree, type: 1, keyBytes }, async ({ at, key }) => {
    const stored = key.uint(4)
    const skipped = key.uint(4)
    const start = sides.map(() => key.uint(8))
    const isOne = start.every((from, axis) => from % (sides[axis] ?? 1) === 0)
    if (!isOne || seen.has(start.join())) source.damaged(path, 'a chunk lies beside its places')
    if (stored > limits.h5ChunkBytes) source.damaged(path, 'its chunks are larger than any')
    // Room for places that were added and taken away again.
    if (start.some((from, axis) => from >= (shape[axis] ?? 0))) return
    seen.add(start.join())
    const packed = await source.bytes(path, at, stored)
    const bytes = unfiltered(source, path, packed, filters, { skipped, length, elementBytes })
    copyChunk(bytes, sides, start, out, shape, elementBytes)
    await report(length)
  })
  if (seen.size < places) source.damaged(path, NEVER_WRITTEN)
}

/** Puts a chunk where it belongs; what reaches beyond the shape stays out. */
function copyChunk(
  chunk: Uint8Array,
  sides: readonly number[],
  start: readonly number[],
  out: Uint8Array,
  shape: readonly number[],
  elementBytes: number,
): void {
  const visit = (axis: number, from: number, to: number): void => {
    const side = sides[axis] ?? 1
    const first = start[axis] ?? 0
    const count = Math.min(side, (shape[axis] ?? 1) - first)
    if (axis >= sides.length - 1) {
      const at = from * side * elementBytes
      const target = (to * (shape[axis] ?? 1) + first) * elementBytes
      out.set(chunk.subarray(at, at + count * elementBytes), target)
      return
    }
    for (let index = 0; index < count; index++)
      visit(axis + 1, from * side + index, to * (shape[axis] ?? 1) + first + index)
  }
  visit(0, 0, 0)
}

function turnBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse()
}

/**
 * @param bytes little-endian, room that the result may keep
 * @returns null of whole numbers that 32 bits do not hold
 */
function decoded(kind: NumberKind, bytes: Uint8Array<ArrayBuffer>): ReadNumbers | null {
  const { buffer } = bytes
  switch (kind) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float16': {
      const table = float16Table()
      return Float32Array.from(new Uint16Array(buffer), (bits) => table[bits] ?? 0)
    }
    case 'bfloat16': {
      // The upper half of a float32.
      const bits = Uint32Array.from(new Uint16Array(buffer), (half) => half * 65_536)
      return new Float32Array(bits.buffer)
    }
    case 'float64':
      return Float32Array.from(new Float64Array(buffer))
    case 'int8':
      return Int32Array.from(new Int8Array(buffer))
    case 'uint8':
      return Int32Array.from(bytes)
    case 'int16':
      return Int32Array.from(new Int16Array(buffer))
    case 'uint16':
      return Int32Array.from(new Uint16Array(buffer))
    case 'int32':
      return new Int32Array(buffer)
    case 'uint32':
      return narrowed(Float64Array.from(new Uint32Array(buffer)))
    case 'int64':
      return narrowed(Float64Array.from(new BigInt64Array(buffer), Number))
    case 'uint64':
      return narrowed(Float64Array.from(new BigUint64Array(buffer), Number))
    case 'bool':
      return bytes
  }
}

function narrowed(values: Float64Array): Int32Array | null {
  return values.every((value) => value === (value | 0)) ? Int32Array.from(values) : null
}
