import { limits } from '../limits'
import { readDataspace, readDatatype } from './datatype'
import type { Hdf5Type } from './datatype'
import { denseObjects } from './dense-storage'
import { textOf } from './hdf5-cursor'
import type { Hdf5Cursor } from './hdf5-cursor'
import type { Hdf5Source } from './hdf5-source'
import { messageTypes } from './object-header'
import type { HeaderMessage } from './object-header'

/** Texts and whole numbers; null of everything else, which nobody asks for. */
export type AttributeValue = string | number | readonly string[] | null

export type Attributes = ReadonlyMap<string, AttributeValue>

/**
 * What is said of an object beside what it holds.
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported'
 */
export async function readAttributes(
  source: Hdf5Source,
  place: string,
  messages: readonly HeaderMessage[],
): Promise<Attributes> {
  const values = new Map<string, AttributeValue>()
  for (const { type, body } of messages)
    if (type === messageTypes.attribute) await readAttribute(source, place, body, values)
    else if (type === messageTypes.attributeInfo) {
      body.version('attributes', 0)
      if ((body.byte() & 1) !== 0) body.skip(2)
      const [heap, names] = [body.address(), body.address()]
      if (heap === null || names === null) continue
      for (const dense of await denseObjects(source, place, heap, names, 'attributes'))
        await readAttribute(source, place, dense, values)
    }
  return values
}

async function readAttribute(
  source: Hdf5Source,
  place: string,
  body: Hdf5Cursor,
  values: Map<string, AttributeValue>,
): Promise<void> {
  const version = body.version('an attribute', 1, 2, 3)
  const shared = body.byte()
  const [nameBytes, typeBytes, spaceBytes] = [body.uint(2), body.uint(2), body.uint(2)]
  if (version === 3) body.skip(1)
  const padded = (count: number): Hdf5Cursor => {
    const part = body.part(count)
    if (version === 1) body.skip(Math.min(body.left, Math.ceil(count / 8) * 8 - count))
    return part
  }
  const name = textOf(padded(nameBytes).bytes)
  const [typeField, spaceField] = [padded(typeBytes), padded(spaceBytes)]
  if (version > 1 && (shared & 3) !== 0) return
  const type = readDatatype(typeField)
  const shape = readDataspace(spaceField)
  if (values.has(name)) source.damaged(place, 'two attributes have one name')
  values.set(name, shape === null ? null : await valueOf(source, place, name, type, shape, body))
}

async function valueOf(
  source: Hdf5Source,
  place: string,
  name: string,
  type: Hdf5Type,
  shape: readonly number[],
  body: Hdf5Cursor,
): Promise<AttributeValue> {
  const count = shape.reduce((product, side) => product * side, 1)
  if (!(count * type.bytes <= body.left))
    source.damaged(place, `its attribute ${name} is longer than it is stored`)
  switch (type.kind) {
    case 'text': {
      const texts = Array.from({ length: count }, () => body.text(type.bytes))
      return shape.length === 0 ? (texts[0] ?? null) : texts
    }
    case 'texts': {
      const texts: string[] = []
      for (let index = 0; index < count; index++) texts.push(await heapText(source, place, body))
      return shape.length === 0 ? (texts[0] ?? null) : texts
    }
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
      return count === 1 && !type.bigEndian ? signed(body.take(type.bytes), type.kind) : null
    default:
      return null
  }
}

function signed(bytes: Uint8Array, kind: string): number {
  const isSigned = !kind.startsWith('u')
  const negative = isSigned && ((bytes.at(-1) ?? 0) & 0x80) !== 0
  let value = 0
  for (const byte of bytes.toReversed()) value = value * 256 + (negative ? 255 - byte : byte)
  return negative ? -value - 1 : value
}

/** A text of any length: where it lies among others. */
async function heapText(source: Hdf5Source, place: string, body: Hdf5Cursor): Promise<string> {
  const length = body.uint(4)
  const at = body.address()
  const index = body.uint(4)
  if (length === 0 || at === null || at === 0) return ''
  if (length > limits.jsonBytes) source.damaged(place, 'a text is longer than any settings')
  const headBytes = 8 + source.lengthBytes
  const head = await source.cursor(place, at, headBytes)
  head.expect('GCOL')
  head.version('a heap of texts', 1)
  head.skip(3)
  const heapEnd = at + head.length()
  let next = at + headBytes
  while (next + headBytes <= heapEnd) {
    const entry = await source.cursor(place, next, headBytes)
    const own = entry.uint(2)
    entry.skip(6)
    const size = entry.length()
    if (own === index) {
      if (length > size) source.damaged(place, 'a text is longer than it is stored')
      return textOf(await source.bytes(place, next + headBytes, length))
    }
    // The free room at the end, which has no number.
    if (own === 0) break
    next += headBytes + Math.ceil(size / 8) * 8
  }
  return source.damaged(place, 'a text is not in its heap')
}
