import { PiecedFile } from '../../pieced-file'
import type { FilePiece } from '../../pieced-file'
import { GrowingBytes } from './growing-bytes'
import {
  attribute,
  contiguous,
  dataspace,
  datatype,
  fillValue,
  fixedText,
  longText,
  MOST_MESSAGE_BYTES,
  objectHeader,
  PLACE_OF_ADDRESS,
  writtenBytes,
} from './header-fields'
import type { WrittenKind, WrittenMessage } from './header-fields'
import { messageTypes } from '../object-header'
import { LEAF_HALF, nameTables, NODE_HALF, textHeap } from './name-tables'
import type { WrittenLink } from './name-tables'

/** A text, or a list of them. */
export type WrittenAttributes = ReadonlyMap<string, string | readonly string[]>

/** Numbers, made when they are read: bytes [from, to) of them, little-endian. */
export interface WrittenDataset {
  readonly kind: WrittenKind
  readonly shape: readonly number[]
  readonly content: (from: number, to: number) => Uint8Array
}

export interface WrittenGroup {
  readonly attributes: WrittenAttributes
  readonly groups: ReadonlyMap<string, WrittenGroup>
  readonly datasets: ReadonlyMap<string, WrittenDataset>
}

/**
 * An HDF5 file as libraries of all versions read it (superblock 0, groups as tables, numbers in one piece). All places are
 * known before a number is: what is not numbers lies first, and is all that is held.
 */
export function writtenHdf5(root: WrittenGroup): PiecedFile {
  return new Hdf5Writer().file(root)
}

const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)
const FILL_VALUE = 0x05
/** In the superblock. */
const PLACE_OF_END = 40
const PLACE_OF_ROOT = 64

class Hdf5Writer {
  private readonly out = new GrowingBytes()
  private readonly pieces: FilePiece[] = []
  /** Addresses of numbers by where they are to be written, from where numbers begin. */
  private readonly addresses: (readonly [at: number, from: number])[] = []
  private numbers = 0
  private readonly texts: Uint8Array[] = []
  private readonly heapAddresses: number[] = []

  file(root: WrittenGroup): PiecedFile {
    const { out } = this
    out.raw(SIGNATURE).zeros(5).byte(8, 8, 0).uint16(LEAF_HALF).uint16(NODE_HALF).uint32(0)
    out.uint64(0).uint64(null).uint64(0).uint64(null)
    out.uint64(0).uint64(0).zeros(24)
    const { at, heap, tree } = this.group(root)
    out.put(PLACE_OF_ROOT, at)
    new DataView(out.bytes.buffer).setUint32(PLACE_OF_ROOT + 8, 1, true)
    out.put(PLACE_OF_ROOT + 16, tree)
    out.put(PLACE_OF_ROOT + 24, heap)
    if (this.texts.length > 0) {
      const place = textHeap(out, this.texts)
      for (const address of this.heapAddresses) out.put(address, place)
    }
    out.align()
    const start = out.length
    for (const [address, from] of this.addresses) out.put(address, start + from)
    out.put(PLACE_OF_END, start + this.numbers)
    const { bytes } = out
    const head = { size: start, content: (from: number, to: number) => bytes.subarray(from, to) }
    return new PiecedFile([head, ...this.pieces])
  }

  private group({ attributes, datasets, groups }: WrittenGroup): {
    readonly at: number
    readonly tree: number
    readonly heap: number
  } {
    const links: WrittenLink[] = []
    for (const [name, inside] of groups) links.push({ name, at: this.group(inside).at })
    for (const [name, dataset] of datasets) links.push({ name, at: this.dataset(dataset) })
    const { heap, tree } = nameTables(this.out, links)
    const own = {
      type: messageTypes.symbolTable,
      body: new GrowingBytes().uint64(tree).uint64(heap).bytes,
    }
    return { at: this.object([own], attributes), tree, heap }
  }

  private dataset({ content, kind, shape }: WrittenDataset): number {
    const bytes = shape.reduce((product, side) => product * side, writtenBytes[kind])
    const at = this.out.length
    const layout = { type: messageTypes.layout, body: contiguous(bytes === 0 ? null : 0, bytes) }
    const [place = 0] = objectHeader(this.out, [
      layout,
      { type: messageTypes.dataspace, body: dataspace(shape) },
      { type: messageTypes.datatype, body: datatype(kind) },
      { type: FILL_VALUE, body: fillValue },
    ])
    if (bytes === 0) return at
    this.addresses.push([place + PLACE_OF_ADDRESS, this.numbers])
    this.pieces.push({ size: bytes, content })
    const gap = (8 - (bytes % 8)) % 8
    if (gap > 0) this.pieces.push({ size: gap, content: (from, to) => new Uint8Array(to - from) })
    this.numbers += bytes + gap
    return at
  }

  /** @returns where its header lies */
  private object(messages: readonly WrittenMessage[], attributes: WrittenAttributes): number {
    const said = [...attributes].flatMap(([name, value]) =>
      typeof value === 'string' ? [this.oneText(name, value)] : listsOf(name, value),
    )
    const at = this.out.length
    const places = objectHeader(this.out, [
      ...messages,
      ...said.map(({ body }) => ({ type: messageTypes.attribute, body })),
    ])
    for (const [index, { heapAddress }] of said.entries()) {
      const place = places[messages.length + index]
      if (heapAddress !== null && place !== undefined) this.heapAddresses.push(place + heapAddress)
    }
    return at
  }

  private oneText(name: string, value: string): SaidAttribute {
    const text = new TextEncoder().encode(value)
    const index = this.texts.length + 1
    this.texts.push(text)
    const reference = new GrowingBytes().uint32(text.length).uint64(0).uint32(index).bytes
    const body = attribute(name, longText(), [], reference)
    return { body, heapAddress: body.length - 12 }
  }
}

interface SaidAttribute {
  readonly body: Uint8Array
  /** Where in it the address of the heap stands; null where its texts stand in it. */
  readonly heapAddress: number | null
}

/** A list that is too long for one attribute is cut into `name0`, `name1` and so on, as Keras does and reads. */
function listsOf(name: string, texts: readonly string[]): SaidAttribute[] {
  const spelled = texts.map((text) => new TextEncoder().encode(text))
  const width = Math.max(1, ...spelled.map(({ length }) => length))
  const most = Math.max(1, Math.floor((MOST_MESSAGE_BYTES - 256) / width))
  const count = Math.max(1, Math.ceil(spelled.length / most))
  return Array.from({ length: count }, (_, index) => {
    const own = spelled.slice(index * most, (index + 1) * most)
    const value = new Uint8Array(own.length * width)
    for (const [place, text] of own.entries()) value.set(text, place * width)
    const called = count === 1 ? name : `${name}${index}`
    return { body: attribute(called, fixedText(width), [own.length], value), heapAddress: null }
  })
}
