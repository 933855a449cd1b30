import { baseName } from '../../files/file-bundle'
import type { WireField, WireMessage } from '../../files/protobuf/wire-message'
import type { OnnxTensor, OnnxType, TensorData } from './onnx-model'
import type { OnnxSource } from './onnx-source'

/** Numbers of types in TensorProto.DataType (onnx.proto3). */
const types: ReadonlyMap<number, OnnxType> = new Map<number, OnnxType>([
  ...([
    [1, 'F32'],
    [2, 'U8'],
    [3, 'I8'],
    [4, 'U16'],
    [5, 'I16'],
    [6, 'I32'],
    [7, 'I64'],
    [8, 'STRING'],
    [9, 'BOOL'],
    [10, 'F16'],
    [11, 'F64'],
    [12, 'U32'],
    [13, 'U64'],
    [14, 'C64'],
    [15, 'C128'],
    [16, 'BF16'],
    [17, 'F8_E4M3'],
    [18, 'F8_E4M3FNUZ'],
    [19, 'F8_E5M2'],
    [20, 'F8_E5M2FNUZ'],
    [21, 'UINT4'],
    [22, 'INT4'],
    [23, 'F4'],
    [24, 'F8_E8M0'],
    [25, 'UINT2'],
    [26, 'INT2'],
  ] as const),
])

export function typeOf(number: number): OnnxType | null {
  return types.get(number) ?? null
}

/** @throws RangeError of what ONNX has no type for */
export function numberOfType(type: OnnxType): number {
  for (const [number, known] of types) if (known === type) return number
  throw new RangeError(`${type} is no type of ONNX`)
}

/** Fields of TensorProto that hold numbers, and of which types. */
export const typedFields: ReadonlyMap<
  number,
  readonly [name: string, types: ReadonlySet<OnnxType>]
> = new Map([
  [4, ['float_data', new Set(['F32', 'C64'] as const)]],
  [
    5,
    [
      'int32_data',
      new Set([
        ...(['I32', 'I16', 'I8', 'U16', 'U8', 'BOOL', 'F16', 'BF16', 'F4'] as const),
        ...(['F8_E4M3', 'F8_E4M3FNUZ', 'F8_E5M2', 'F8_E5M2FNUZ', 'F8_E8M0'] as const),
        ...(['INT4', 'UINT4', 'INT2', 'UINT2'] as const),
      ]),
    ],
  ],
  [6, ['string_data', new Set(['STRING'] as const)]],
  [7, ['int64_data', new Set(['I64'] as const)]],
  [10, ['double_data', new Set(['F64', 'C128'] as const)]],
  [11, ['uint64_data', new Set(['U32', 'U64'] as const)]],
])
/** raw_data */
export const RAW = 9
/** external_data and data_location */
export const [EXTERNAL, LOCATION] = [13, 14] as const
const MOST_SIDES = 64

/** Reads a TensorProto without its numbers. @throws StudioError 'open/onnx-field', 'open/onnx-damaged' */
export async function readTensor(
  message: WireMessage,
  source: OnnxSource,
  place: string,
): Promise<OnnxTensor> {
  let name = ''
  let type: number | null = null
  let isExternal = false
  const shape: number[] = []
  const external = new Map<string, string>()
  const parts: { field: number; begin: number; end: number; packed: boolean }[] = []
  for await (const field of message.fields()) {
    if (field.number === 1) {
      for (const side of await source.wholes(field)) shape.push(side)
      if (shape.length > MOST_SIDES)
        throw source.refused(place, `at most ${MOST_SIDES} sides`, `${shape.length}`)
    } else if (field.number === 2) type = field.value
    else if (field.number === 8) name = await source.text(field)
    else if (field.number === EXTERNAL) {
      const [key, value] = await readEntry(message.inner(field), source)
      if (external.has(key)) throw source.refused(place, `one ${key}`, 'two')
      external.set(key, value)
    } else if (field.number === LOCATION) isExternal = field.value === 1
    else if (field.number === RAW || typedFields.has(field.number))
      parts.push({ ...rangeOf(field), field: field.number })
    else if (field.number === 3) throw source.refused(place, 'a whole tensor', 'a segment of one')
  }
  const where = name === '' ? place : `${place} "${name}"`
  const known = type === null ? null : typeOf(type)
  if (known === null) throw source.refused(where, 'a known data_type', String(type))
  for (const { field } of isExternal ? [] : parts) {
    const [own, of] = typedFields.get(field) ?? ['raw_data', null]
    if (known === 'STRING' ? field === RAW : of?.has(known) === false)
      throw source.refused(where, fieldsOf(known), own)
  }
  source.count.add(name === '' ? place : name, where, checkedShape(shape, source, where))
  const data = isExternal ? externalData(external, source, where) : ownData(parts, source, where)
  return { name, shape, type: known, data, message: message.range, place: where }
}

function fieldsOf(type: OnnxType): string {
  if (type === 'STRING') return 'string_data'
  const [own = ''] = [...typedFields.values()].find(([, types]) => types.has(type)) ?? []
  return `raw_data or ${own}`
}

function rangeOf({ begin, end, wire }: WireField) {
  return { begin, end, packed: wire === 2 }
}

function checkedShape(
  shape: readonly number[],
  source: OnnxSource,
  place: string,
): readonly number[] {
  for (const side of shape)
    if (!Number.isSafeInteger(side) || side < 0)
      throw source.refused(place, 'sides from 0', String(side))
  return shape
}

function ownData(
  parts: readonly { field: number; begin: number; end: number; packed: boolean }[],
  source: OnnxSource,
  place: string,
): TensorData {
  const [first] = parts
  // Whatever has no elements needs no field.
  if (first === undefined) return { kind: 'raw', begin: 0, end: 0 }
  const { field } = first
  if (parts.some((part) => part.field !== field))
    throw source.refused(place, 'numbers in one field', 'numbers in two')
  if (field !== RAW) return { kind: 'typed', field, parts }
  const last = parts.at(-1) ?? first
  return { kind: 'raw', begin: last.begin, end: last.end }
}

function externalData(
  entries: ReadonlyMap<string, string>,
  source: OnnxSource,
  place: string,
): TensorData {
  const location = entries.get('location')?.replaceAll('\\', '/')
  if (location === undefined || location === '')
    throw source.refused(place, 'the location of its numbers', 'nothing')
  if (location.endsWith('/') || baseName(location) === baseName(source.file.path))
    throw source.refused(place, 'the name of another file', location)
  const whole = (key: string): number | null => {
    const text = entries.get(key)
    if (text === undefined) return null
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN
    if (!Number.isSafeInteger(value)) throw source.refused(place, `a whole ${key}`, text)
    return value
  }
  return { kind: 'external', location, offset: whole('offset') ?? 0, length: whole('length') }
}

/** A StringStringEntryProto. */
export async function readEntry(
  message: WireMessage,
  source: OnnxSource,
): Promise<readonly [string, string]> {
  let [key, value] = ['', '']
  for await (const field of message.fields()) {
    if (field.number === 1) key = await source.text(field)
    else if (field.number === 2) value = await source.text(field)
  }
  return [key, value]
}
