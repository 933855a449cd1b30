import { StudioError } from '../../core/errors'
import { shortText } from '../../core/short-text'
import type { BundleFile } from '../../files/file-bundle'
import { readBytes } from '../../files/read-bytes'
import { bytesOf, elementTypes } from '../named-weights/element-types'
import type { ElementType } from '../named-weights/element-types'
import type { PlainTensor } from '../named-weights/named-tensor'
import { tensorError } from '../named-weights/tensor-error'
import type { ElementCount } from '../named-weights/tensor-error'
import { lastName, storageTypes, tensorTypes } from './known-globals'
import type { PickleTensor } from './pickle-values'

/** Files of elements by the key that a pickle has for each. */
export interface Storages {
  /** For messages. */
  readonly file: string
  readonly byKey: ReadonlyMap<string, BundleFile>
}

/**
 * A tensor of a pickle as bytes that can be read: within its storage by every stride, which has the bytes that it says.
 * @throws StudioError 'open/tensor-field', 'open/repeated-elements', 'open/shape-too-large', 'open/shard-short'
 */
export function storedTensor(
  { byKey, file }: Storages,
  name: string,
  tensor: PickleTensor,
  count: ElementCount,
): PlainTensor {
  const { offset, shape, storage, strides } = tensor
  const field = shortText(name)
  const type = typeOf(file, field, tensor)
  const elements = count.add(name, field, shape)
  const bytes = bytesOf(type, elements)
  const member = byKey.get(storage.key)
  if (member === undefined)
    throw tensorError(file, field, `a file data/${shortText(storage.key)}`, 'nothing')
  const width = elementTypes[type].bits / 8
  const length =
    storageTypes[lastNameOf(storage.type)] === undefined ? storage.length / width : storage.length
  if (member.size < length * width)
    throw new StudioError('open/shard-short', {
      ...{ file: `${file}, data/${shortText(storage.key)}`, expected: length * width },
      ...{ found: member.size, tensor: field },
    })
  const common = { kind: 'plain', name, shape, type, file, bytes } as const
  if (elements === 0) return { ...common, read: () => Promise.resolve(new Uint8Array(0)) }
  checkOverlap(file, field, shape, strides)
  const last = shape.reduce((at, side, axis) => at + (side - 1) * (strides[axis] ?? 0), offset)
  if (!(last < length))
    throw tensorError(file, field, `elements of a storage of ${length}`, `element ${last}`)
  const start = offset * width
  if (isRowMajor(shape, strides))
    return {
      ...common,
      read: async (from, to) => (await readBytes(member, start + from, start + to)).slice(),
    }
  const end = (last + 1) * width
  return { ...common, read: turned(() => readBytes(member, start, end), shape, strides, width) }
}

function typeOf(file: string, field: string, { dtype, storage }: PickleTensor): ElementType {
  const name = dtype ?? lastNameOf(storage.type)
  const type = dtype === null ? storageTypes[name] : tensorTypes[name]
  if (type !== undefined) return type
  throw tensorError(file, field, 'a storage of numbers', shortText(name))
}

function lastNameOf(name: string): string {
  return lastName({ kind: 'global', name })
}

/** Strides of zero show one element in many places, which a file of a few bytes could make endless. */
function checkOverlap(
  file: string,
  field: string,
  shape: readonly number[],
  strides: readonly number[],
): void {
  const axis = shape.findIndex((side, at) => side > 1 && strides[at] === 0)
  if (axis >= 0) throw new StudioError('open/repeated-elements', { file, tensor: field, axis })
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const side = shape[axis] ?? 1
    if (side !== 1 && strides[axis] !== step) return false
    step *= side
  }
  return true
}

/** Reads a tensor whose elements lie in another order, such as channels last, as row-major bytes. */
function turned(
  readAll: () => Promise<Uint8Array>,
  shape: readonly number[],
  strides: readonly number[],
  width: number,
): PlainTensor['read'] {
  // Kept while the tensor is read piece by piece.
  let whole: Promise<Uint8Array<ArrayBuffer>> | null = null
  const elements = shape.reduce((product, side) => product * side, 1)
  return async (from, to) => {
    whole ??= readAll().then((bytes) => rowMajor(bytes, shape, strides, width))
    const piece = (await whole).slice(from, to)
    if (to === elements * width) whole = null
    return piece
  }
}

function rowMajor(
  bytes: Uint8Array,
  shape: readonly number[],
  strides: readonly number[],
  width: number,
): Uint8Array<ArrayBuffer> {
  const elements = shape.reduce((product, side) => product * side, 1)
  const out = new Uint8Array(elements * width)
  const place = shape.map(() => 0)
  let from = 0
  for (let at = 0; at < out.length; at += width) {
    for (let byte = 0; byte < width; byte++) out[at + byte] = bytes[from * width + byte] ?? 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (place[axis] ?? 0) + 1
      from += strides[axis] ?? 0
      if (next < (shape[axis] ?? 1)) {
        place[axis] = next
        break
      }
      from -= next * (strides[axis] ?? 0)
      place[axis] = 0
    }
  }
  return out
}
