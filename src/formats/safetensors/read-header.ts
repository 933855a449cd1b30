import { strFromU8 } from 'fflate'
import { StudioError } from '../../core/errors'
import { describeValue, shortText } from '../../core/short-text'
import type { BundleFile } from '../../files/file-bundle'
import { isUtf8 } from '../../files/likely-encoding'
import { limits } from '../../files/limits'
import { readBytes } from '../../files/read-bytes'
import { checkName, parseJson } from '../../files/read-json'
import type { Json, JsonObject } from '../../files/read-json'
import { bytesOf, elementTypes, isElementType } from '../named-weights/element-types'
import type { ElementType } from '../named-weights/element-types'
import { tensorError } from '../named-weights/tensor-error'
import type { ElementCount } from '../named-weights/tensor-error'
import { isObject } from '../tfjs-files/config-reader'
import { repeatedKey } from './repeated-key'

/** Of the length of the header, a little-endian number of 64 bits. */
const LENGTH_BYTES = 8

/** One tensor as the header lists it, checked; bytes [begin, end) of the file. */
export interface HeaderEntry {
  readonly name: string
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

export interface SafetensorsHeader {
  /** In the order of the file's bytes. */
  readonly entries: readonly HeaderEntry[]
  readonly metadata: ReadonlyMap<string, string>
}

/**
 * Reads and checks what a safetensors file says of itself: all of its bytes are those of its tensors, one after the
 * other, without holes and none of them twice.
 * @param count counts the elements of all files together
 * @throws StudioError 'open/tensor-field', 'open/json-...', 'open/shard-short', 'open/shard-long',
 * 'open/shape-too-large', 'open/unsupported-dtype', 'open/too-many', 'open/forbidden-name', 'open/too-large'
 */
export async function readHeader(
  file: BundleFile,
  count: ElementCount,
): Promise<SafetensorsHeader> {
  const length = await headerLength(file)
  const start = LENGTH_BYTES + length
  const bytes = await readBytes(file, LENGTH_BYTES, start)
  // A name with other bytes would come back as another name.
  if (!isUtf8(bytes))
    throw tensorError(file.path, 'the header', 'text in UTF-8', 'bytes that are not')
  const root = parseJson(file.path, bytes)
  if (!isObject(root)) throw tensorError(file.path, 'the header', 'an object', describeValue(root))
  const twice = repeatedKey(strFromU8(bytes))
  if (twice !== null)
    throw tensorError(file.path, 'the header', 'each name once', `${shortText(twice)} twice`)
  const { __metadata__: metadata, ...tensors } = root
  const names = Object.keys(tensors)
  if (names.length > limits.tensors)
    throw new StudioError('open/too-many', {
      ...{ file: file.path, field: 'the header' },
      ...{ found: names.length, limit: limits.tensors },
    })
  const entries = names.map((name) => entryOf(file, name, tensors[name], start, count))
  entries.sort((one, other) => one.begin - other.begin || one.end - other.end)
  checkBytes(file, entries, start)
  return { entries, metadata: metadataOf(file, metadata) }
}

async function headerLength(file: BundleFile): Promise<number> {
  if (file.size < LENGTH_BYTES)
    throw tensorError(file.path, 'the file', `at least ${LENGTH_BYTES} bytes`, `${file.size} bytes`)
  const bytes = await readBytes(file, 0, LENGTH_BYTES)
  const length = Number(new DataView(bytes.slice().buffer).getBigUint64(0, true))
  const most = file.size - LENGTH_BYTES
  if (length > most)
    throw tensorError(
      file.path,
      'the length of the header',
      `at most ${most} bytes, all that follows`,
      `${length} bytes`,
    )
  if (length > limits.jsonBytes)
    throw new StudioError('open/too-large', {
      ...{ file: file.path, found: length, limit: limits.jsonBytes },
    })
  return length
}

function entryOf(
  { path }: BundleFile,
  name: string,
  value: Json | undefined,
  start: number,
  count: ElementCount,
): HeaderEntry {
  const field = shortText(name)
  checkName(path, 'the header', name)
  if (name === '') throw tensorError(path, 'the header', 'a name for each tensor', '""')
  if (!isObject(value)) throw tensorError(path, field, 'an object', describeValue(value))
  const type = typeOf(path, field, value)
  const shape = numbersOf(path, `${field}.shape`, value['shape'])
  const elements = count.add(name, `${field}.shape`, shape)
  const place = `${field}.data_offsets`
  const offsets = numbersOf(path, place, value['data_offsets'])
  const [begin, end] = offsets
  if (begin === undefined || end === undefined || offsets.length !== 2)
    throw tensorError(path, place, 'two whole numbers from 0', JSON.stringify(offsets))
  const bytes = bytesOf(type, elements)
  if (end - begin !== bytes)
    throw tensorError(
      path,
      place,
      `${bytes} bytes for ${elements} elements of ${type}`,
      `${end - begin} bytes`,
    )
  return { name, type, shape, begin: start + begin, end: start + end }
}

function typeOf(path: string, field: string, value: JsonObject): ElementType {
  const { dtype } = value
  if (typeof dtype !== 'string')
    throw tensorError(path, `${field}.dtype`, 'a text', describeValue(dtype))
  if (isElementType(dtype)) return dtype
  throw tensorError(
    path,
    `${field}.dtype`,
    `one of ${Object.keys(elementTypes).join(', ')}`,
    shortText(dtype),
  )
}

function numbersOf(path: string, field: string, value: Json | undefined): number[] {
  const numbers = Array.isArray(value) ? value.filter(isWhole) : []
  if (!Array.isArray(value) || numbers.length !== value.length)
    throw tensorError(path, field, 'a list of whole numbers from 0', describeValue(value))
  return numbers
}

function isWhole(value: Json): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function checkBytes(
  { path, size }: BundleFile,
  entries: readonly HeaderEntry[],
  start: number,
): void {
  let position = start
  let before: HeaderEntry | null = null
  for (const entry of entries) {
    if (entry.begin !== position)
      throw tensorError(
        path,
        `${shortText(entry.name)}.data_offsets`,
        before === null
          ? 'the first tensor to begin at byte 0'
          : `to begin at byte ${position - start}, where ${shortText(before.name)} ends`,
        `byte ${entry.begin - start}`,
      )
    position = entry.end
    before = entry
  }
  if (position === size) return
  if (position < size)
    throw new StudioError('open/shard-long', { file: path, expected: position, found: size })
  const cut = entries.find(({ end }) => end > size)
  throw new StudioError('open/shard-short', {
    ...{ file: path, expected: position, found: size, tensor: shortText(cut?.name ?? '') },
  })
}

function metadataOf({ path }: BundleFile, value: Json | undefined): ReadonlyMap<string, string> {
  if (value === undefined) return new Map()
  if (!isObject(value)) throw tensorError(path, '__metadata__', 'an object', describeValue(value))
  return new Map(
    Object.entries(value).map(([key, text]) => {
      if (typeof text === 'string') return [key, text]
      const field = `__metadata__.${shortText(key)}`
      throw tensorError(path, field, 'a text', describeValue(text))
    }),
  )
}
