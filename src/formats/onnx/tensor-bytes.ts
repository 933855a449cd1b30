import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import { elementCount } from '../../core/tensor-spec'
import { baseName } from '../../files/file-bundle'
import type { BundleFile } from '../../files/file-bundle'
import { readVarint } from '../../files/protobuf/wire-message'
import { refuseWrongKind } from '../../files/sniff'
import { readBytes } from '../../files/read-bytes'
import { decodeFloats, elementTypes, isElementType, isFloat } from '../named-weights/element-types'
import type { ElementType } from '../named-weights/element-types'
import { ownBytes } from '../safetensors/own-bytes'
import { denseBytes } from './dense-bytes'
import type { OnnxTensor, OnnxType } from './onnx-model'

/** A file with those that its tensors name. */
export interface OnnxFiles {
  readonly model: BundleFile
  /** As the model calls them. */
  readonly external: ReadonlyMap<string, BundleFile>
}

/** Bytes [from, to) of a tensor, row-major and little-endian, in an array of their own. */
export type ReadTensor = (from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>

const shortTypes = { INT4: 4, UINT4: 4, INT2: 2, UINT2: 2 } as const

/** Bits of one element; null: it has no fixed width. */
function bitsOf(type: OnnxType): number | null {
  if (type === 'STRING') return null
  if (type === 'C128') return 128
  return type in shortTypes
    ? shortTypes[type as keyof typeof shortTypes]
    : elementTypes[type as ElementType].bits
}

/** All bytes of a tensor; elements of less than a byte share them, and the last byte may be part empty. */
export function sizeOf({ shape, type }: OnnxTensor): number {
  return Math.ceil(((bitsOf(type) ?? 0) * elementCount(shape)) / 8)
}

/**
 * Finds the numbers of a tensor, and checks that they are as many as its shape says.
 * @throws StudioError 'open/onnx-field', 'open/missing-shards'
 */
export async function tensorReader(tensor: OnnxTensor, files: OnnxFiles): Promise<ReadTensor> {
  const { data, place } = tensor
  const size = sizeOf(tensor)
  const { model } = files
  const refuse = (expected: string, found: string): StudioError =>
    new StudioError('open/onnx-field', { file: model.path, field: place, expected, found })
  const range = (file: BundleFile, begin: number): ReadTensor => {
    return (from, to) => ownBytes(file, begin + from, begin + to)
  }
  switch (data.kind) {
    case 'raw': {
      const found = data.end - data.begin
      if (found !== size) throw refuse(`${size} bytes`, `${found}`)
      return range(model, data.begin)
    }
    case 'external': {
      const file = files.external.get(data.location)
      if (file === undefined)
        throw new StudioError('open/missing-shards', {
          ...{ file: model.path, missing: shortText(baseName(data.location)) },
          ...{ received: 1, total: 2 },
        })
      const found = data.length ?? file.size - data.offset
      // A page or a pointer that was saved under its name says more than its size.
      if (found !== size || data.offset + size > file.size) await refuseWrongKind(file)
      if (found !== size) throw refuse(`${size} bytes`, `${found}`)
      if (data.offset + size > file.size)
        throw refuse(`${file.path} to have ${data.offset + size} bytes`, `${file.size}`)
      return range(file, data.offset)
    }
    case 'sparse': {
      const read = async (part: OnnxTensor): Promise<Uint8Array<ArrayBuffer>> =>
        (await tensorReader(part, files))(0, sizeOf(part))
      const places = wholeNumbers('I64', await read(data.places)) ?? []
      const width = (bitsOf(tensor.type) ?? 8) / 8
      const elements = { shape: tensor.shape, width, bytes: await read(data.values), places }
      const bytes = denseBytes(elements, refuse)
      return (from, to) => Promise.resolve(bytes.slice(from, to))
    }
    case 'decoded':
      // Its codes are read, and what they stand for.
      throw refuse('plain numbers', 'codes')
    case 'typed': {
      const [first, ...others] = data.parts
      const isPlain = data.field === 4 || data.field === 10
      if (first !== undefined && others.length === 0 && isPlain) {
        const found = first.end - first.begin
        if (found !== size) throw refuse(`${size} bytes`, `${found}`)
        return range(model, first.begin)
      }
      // Every number takes a byte at least.
      const most = data.parts.reduce((all, { begin, end }) => all + end - begin, 0)
      const bytes = most * 8 < size ? null : await typedBytes(tensor, model, refuse)
      if (bytes === null || bytes.length !== size)
        throw refuse(`${elementCount(tensor.shape)} numbers`, 'others')
      return (from, to) => Promise.resolve(bytes.slice(from, to))
    }
  }
}

/** Numbers of fields of their own as `raw_data` would hold them; null: they are not of the tensor's type. */
async function typedBytes(
  tensor: OnnxTensor,
  file: BundleFile,
  refuse: (expected: string, found: string) => Error,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { data, type } = tensor
  if (data.kind !== 'typed') return null
  const size = sizeOf(tensor)
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  // Two elements of four bits are one number of int32_data, four of two bits.
  const width = Math.max(1, Math.floor((bitsOf(type) ?? 0) / 8))
  let at = 0
  const isPlain = data.field === 4 || data.field === 10
  for (const { begin, end, packed } of data.parts) {
    const part = await readBytes(file, begin, end)
    if (isPlain) {
      if (at + part.length > size) return null
      bytes.set(part, at)
      at += part.length
      continue
    }
    for (let place = 0; place < part.length;) {
      const varint = readVarint(part, place)
      if (varint === null || at + width > size) return null
      if (!isWithin(type, width, varint.value))
        throw refuse(`numbers of ${type}`, `${varint.value}`)
      place += varint.length
      write(view, at, width, varint.value)
      at += width
      if (!packed) break
    }
  }
  return at === size ? bytes : null
}

/** Of types below 32 bits: what does not fit would come out as another number. */
function isWithin(type: OnnxType, width: number, value: number): boolean {
  if (width > 2) return true
  const most = 2 ** (8 * width)
  return type === 'I8' || type === 'I16'
    ? value >= -most / 2 && value < most / 2
    : value >= 0 && value < most
}

function write(view: DataView, at: number, width: number, value: number): void {
  if (width === 8) view.setBigInt64(at, BigInt.asIntN(64, BigInt(Math.trunc(value))), true)
  else if (width === 4) view.setUint32(at, value >>> 0, true)
  else if (width === 2) view.setUint16(at, value & 0xffff, true)
  else view.setUint8(at, value & 0xff)
}

/** Elements as numbers; null of types that nothing here computes with. */
export function numbersOf(type: OnnxType, bytes: Uint8Array<ArrayBuffer>): number[] | null {
  return isElementType(type) && isFloat(type)
    ? [...decodeFloats(type, bytes)]
    : wholeNumbers(type, bytes)
}

/** Elements of whole numbers and truths; null of all else. */
export function wholeNumbers(type: OnnxType, bytes: Uint8Array<ArrayBuffer>): number[] | null {
  const { buffer } = bytes
  switch (type) {
    case 'I64':
      return Array.from(new BigInt64Array(buffer), Number)
    case 'U64':
      return Array.from(new BigUint64Array(buffer), Number)
    case 'I32':
      return Array.from(new Int32Array(buffer))
    case 'U32':
      return Array.from(new Uint32Array(buffer))
    case 'I16':
      return Array.from(new Int16Array(buffer))
    case 'U16':
      return Array.from(new Uint16Array(buffer))
    case 'I8':
      return Array.from(new Int8Array(buffer))
    case 'U8':
      return Array.from(bytes)
    case 'BOOL':
      return Array.from(bytes, (byte) => (byte === 0 ? 0 : 1))
    default:
      return null
  }
}
