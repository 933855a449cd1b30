import { fromBfloat16 } from '../../core/bfloat16'
import { fromFloat16 } from '../../core/float16'
import { readBytes } from '../read-bytes'
import type { Hdf5Dataset } from './dataset'
import { NEVER_WRITTEN, fillChunks } from './chunks'
import type { Hdf5Source } from './hdf5-source'
import type { NumberKind } from './number-kind'

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

/** Neighbouring numbers of a dataset. */
export interface NumbersPiece {
  /** Place of the first one. */
  readonly from: number
  readonly values: ReadNumbers
}

/**
 * The same in pieces, where they lie end to end; else as a whole.
 * @throws StudioError as `readNumbers`
 */
export async function* numbersInPieces(
  source: Hdf5Source,
  dataset: Hdf5Dataset,
  kind: NumberKind,
  report: Report,
): AsyncGenerator<NumbersPiece> {
  const { elements, storage, type } = dataset
  if (storage.kind !== 'contiguous') {
    yield { from: 0, values: await readNumbers(source, dataset, kind, report) }
    return
  }
  const most = Math.floor(BLOCK / type.bytes)
  for (let from = 0; from < elements; from += most) {
    const count = Math.min(most, elements - from)
    const piece: Hdf5Dataset = {
      ...dataset,
      elements: count,
      storage: { ...storage, at: storage.at + from * type.bytes },
    }
    yield { from, values: await readNumbers(source, piece, kind, report) }
  }
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
      await fillChunks(source, storage, { path, shape, elementBytes: type.bytes }, out, report)
  }
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
    case 'float16':
      return fromFloat16(new Uint16Array(buffer))
    case 'bfloat16':
      return fromBfloat16(new Uint16Array(buffer))
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
