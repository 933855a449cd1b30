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
      readonly index: ChunkIndex
      readonly sides: readonly number[]
      readonly filters: readonly Filter[]
    }

/** What says where the chunks of a dataset lie. */
export interface ChunkIndex {
  readonly kind: 'tree' | 'single' | 'implicit' | 'fixed' | 'newTree'
  /** null where nothing was ever written. */
  readonly at: number | null
  /** Of a single chunk that went through filters. */
  readonly stored: { readonly bytes: number; readonly skipped: number } | null
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
  const { place, kind, sides, index } = version < 3 ? oldLayout(layout) : newLayout(layout, version)
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
      return chunked(source, path, index, sides, held)
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
  readonly index: ChunkIndex
}

const inTree = (at: number | null): ChunkIndex => ({ kind: 'tree', at, stored: null })

function oldLayout(layout: Hdf5Cursor): Layout {
  const rank = layout.byte()
  const kind = layout.byte()
  layout.skip(5)
  const place = kind === 0 ? null : layout.address()
  const sides = Array.from({ length: rank }, () => layout.uint(4))
  if (kind === 2) sides.push(layout.uint(4))
  return { kind, place, sides, index: inTree(place) }
}

function newLayout(layout: Hdf5Cursor, version: number): Layout {
  const kind = layout.byte()
  if (kind !== 2) {
    const place = kind === 1 ? layout.address() : null
    return { kind, place, sides: [], index: inTree(null) }
  }
  if (version > 3) return newChunks(layout, kind)
  const rank = layout.byte()
  const place = layout.address()
  const sides = Array.from({ length: rank }, () => layout.uint(4))
  return { kind, place, sides, index: inTree(place) }
}

const FILTERED = 2

/** Chunks as only HDF5 1.10 and later write them. */
function newChunks(layout: Hdf5Cursor, kind: number): Layout {
  const flags = layout.byte()
  const rank = layout.byte()
  const width = layout.byte()
  if (width < 1 || width > 8) layout.damaged('its chunks have another shape than it')
  const sides = Array.from({ length: rank }, () => layout.uint(width))
  const type = layout.byte()
  const known = newIndices.get(type)
  if (known === undefined) layout.unsupported('chunks along an axis that grows')
  const [index, settings] = known
  const isFiltered = index === 'single' && (flags & FILTERED) !== 0
  const stored = isFiltered ? { bytes: layout.length(), skipped: layout.uint(4) } : null
  layout.skip(settings)
  return { kind, place: null, sides, index: { kind: index, at: layout.address(), stored } }
}

/** By their number: the kind, and the bytes of settings that say nothing about where chunks lie. */
const newIndices: ReadonlyMap<number, readonly [ChunkIndex['kind'], number]> = new Map([
  [1, ['single', 0]],
  [2, ['implicit', 0]],
  [3, ['fixed', 1]],
  [5, ['newTree', 6]],
])

function chunked(
  source: Hdf5Source,
  path: string,
  index: ChunkIndex,
  sides: readonly number[],
  { shape, elementBytes, filters }: Held,
): Storage {
  const [own, last] = [sides.slice(0, -1), sides.at(-1)]
  const bytes = own.reduce((product, side) => product * side, elementBytes)
  if (own.length !== shape.length || last !== elementBytes || own.includes(0))
    source.damaged(path, 'its chunks have another shape than it')
  if (!(bytes <= limits.h5ChunkBytes)) source.damaged(path, 'its chunks are larger than any')
  return { kind: 'chunked', index, sides: own, filters }
}
