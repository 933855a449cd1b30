import { StudioError } from '../../core/errors'
import { limits } from '../limits'
import type { Attributes } from './attributes'
import { readDataspace, readDatatype } from './datatype'
import type { Hdf5Type } from './datatype'
import { readFilters } from './filters'
import type { Filter } from './filters'
import type { Hdf5Cursor } from './hdf5-cursor'
import type { Hdf5Source } from './hdf5-source'
import { messageTypes } from './object-header'
import type { HeaderMessage } from './object-header'

/** Where the numbers of a dataset lie. */
export type Storage =
  | { readonly kind: 'none' }
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | { readonly kind: 'contiguous'; readonly at: number }
  | {
      readonly kind: 'chunked'
      /** null where nothing was ever written. */
      readonly tree: number | null
      readonly sides: readonly number[]
      readonly filters: readonly Filter[]
    }

export interface Hdf5Dataset {
  /** From the root of the file. */
  readonly path: string
  readonly type: Hdf5Type
  readonly shape: readonly number[]
  readonly elements: number
  readonly attributes: Attributes
  readonly storage: Storage
}

/**
 * @returns null where the object is no dataset
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/shape-too-large'
 */
export function readDataset(
  source: Hdf5Source,
  path: string,
  messages: readonly HeaderMessage[],
  attributes: Attributes,
): Hdf5Dataset | null {
  const one = (type: number): Hdf5Cursor | null => {
    const [found, second] = messages.filter((message) => message.type === type)
    if (second !== undefined) source.damaged(path, 'a fact stands in its header twice')
    if (found?.shared === true) source.unsupported(path, 'a type that is kept elsewhere')
    return found?.body ?? null
  }
  const layout = one(messageTypes.layout)
  if (layout === null) return null
  if (one(messageTypes.externalFiles) !== null) source.unsupported(path, 'numbers in another file')
  const typeField = one(messageTypes.datatype)
  const spaceField = one(messageTypes.dataspace)
  if (typeField === null || spaceField === null)
    source.damaged(path, 'its type or its shape is missing')
  const type = readDatatype(typeField)
  const shape = readDataspace(spaceField)
  const elements = shape === null ? 0 : countOf(source, path, shape)
  const filterField = one(messageTypes.filters)
  const filters = filterField === null ? [] : readFilters(filterField)
  const storage = storageOf(source, path, layout, {
    shape: shape ?? [],
    bytes: elements * type.bytes,
    elementBytes: type.bytes,
    filters,
  })
  return { path, type, shape: shape ?? [0], elements, attributes, storage }
}

/** Multiplies with a bound at every step. */
function countOf(source: Hdf5Source, path: string, shape: readonly number[]): number {
  let elements = 1
  for (const side of shape) elements *= side
  if (!(elements <= limits.elements))
    throw new StudioError('open/shape-too-large', {
      file: source.file.path,
      field: path,
      tensor: path,
      elements: Number.isSafeInteger(elements) ? elements : shape.join(' × '),
      limit: limits.elements,
    })
  return elements
}

interface Held {
  readonly shape: readonly number[]
  readonly bytes: number
  readonly elementBytes: number
  readonly filters: readonly Filter[]
}

function storageOf(source: Hdf5Source, path: string, layout: Hdf5Cursor, held: Held): Storage {
  const version = layout.version('a layout', 1, 2, 3, 4)
  const { place, kind, sides } = version < 3 ? oldLayout(layout) : newLayout(layout, version)
  switch (kind) {
    case 0: {
      const bytes = layout.take(layout.uint(version < 3 ? 4 : 2))
      if (bytes.length < held.bytes) shortOf(source, path, held.bytes, bytes.length)
      return { kind: 'compact', bytes }
    }
    case 1: {
      if (place === null || held.bytes === 0) return { kind: 'none' }
      const stored = source.atMost(place, held.bytes)
      if (stored < held.bytes) shortOf(source, path, held.bytes, stored)
      return { kind: 'contiguous', at: place }
    }
    case 2:
      return chunked(source, path, place, sides, held)
    case 3:
      return source.unsupported(path, 'numbers that are parts of other datasets')
    default:
      return source.damaged(path, 'its layout is of no kind')
  }
}

function shortOf(source: Hdf5Source, path: string, needed: number, stored: number): never {
  source.damaged(path, `its shape needs ${needed} bytes, and ${stored} are there`)
}

interface Layout {
  readonly kind: number
  readonly place: number | null
  /** Of one chunk, and last the bytes of an element. */
  readonly sides: readonly number[]
}

function oldLayout(layout: Hdf5Cursor): Layout {
  const rank = layout.byte()
  const kind = layout.byte()
  layout.skip(5)
  const place = kind === 0 ? null : layout.address()
  const sides = Array.from({ length: rank }, () => layout.uint(4))
  if (kind === 2) sides.push(layout.uint(4))
  return { kind, place, sides }
}

function newLayout(layout: Hdf5Cursor, version: number): Layout {
  const kind = layout.byte()
  if (kind === 1) return { kind, place: layout.address(), sides: [] }
  if (kind !== 2) return { kind, place: null, sides: [] }
  if (version > 3) layout.unsupported('chunks as only HDF5 1.10 and later write them')
  const rank = layout.byte()
  const place = layout.address()
  return { kind, place, sides: Array.from({ length: rank }, () => layout.uint(4)) }
}

function chunked(
  source: Hdf5Source,
  path: string,
  tree: number | null,
  sides: readonly number[],
  { shape, elementBytes, filters }: Held,
): Storage {
  const [own, last] = [sides.slice(0, -1), sides.at(-1)]
  const bytes = own.reduce((product, side) => product * side, elementBytes)
  if (own.length !== shape.length || last !== elementBytes || own.includes(0))
    source.damaged(path, 'its chunks have another shape than it')
  if (!(bytes <= limits.h5ChunkBytes)) source.damaged(path, 'its chunks are larger than any')
  return { kind: 'chunked', tree, sides: own, filters }
}
