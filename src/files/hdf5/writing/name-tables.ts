import { GrowingBytes, padding } from './growing-bytes'

/** A name in a group and where the header of its object lies. */
export interface WrittenLink {
  readonly name: string
  readonly at: number
}

/** Half of how many names a table holds, and of how many tables a node: what HDF5 takes where nobody says. */
export const LEAF_HALF = 4
export const NODE_HALF = 16

const HEAD = 8
/** No room in a heap of names is free. */
const FULL = 1

interface Node {
  readonly at: number
  /** Where the last name in it lies in the heap. */
  readonly last: number
}

/**
 * Writes the names of a group as tables, a tree over them and a heap of their letters.
 * @returns where tree and heap lie
 */
export function nameTables(
  out: GrowingBytes,
  links: readonly WrittenLink[],
): { readonly tree: number; readonly heap: number } {
  const spelled = sortedByName(links.map((link): [string, WrittenLink] => [link.name, link])).map(
    ([name, { at }]) => ({ at, letters: new TextEncoder().encode(name) }),
  )
  const texts = new GrowingBytes().zeros(8)
  const entries = spelled.map(({ at, letters }) => {
    const offset = texts.length
    texts.raw(letters).zeros(1).align()
    return { at, offset }
  })
  const heap = out.length
  out.raw(ascii('HEAP')).zeros(4)
  out
    .uint64(texts.length)
    .uint64(FULL)
    .uint64(heap + HEAD + 24)
  out.raw(texts.bytes)
  const tables = pieces(entries, 2 * LEAF_HALF).map((own): Node => {
    const at = out.length
    out.raw(ascii('SNOD')).byte(1, 0).uint16(own.length)
    for (const entry of own) out.uint64(entry.offset).uint64(entry.at).zeros(24)
    out.zeros(40 * (2 * LEAF_HALF - own.length))
    return { at, last: own.at(-1)?.offset ?? 0 }
  })
  return { tree: trees(out, tables, 0), heap }
}

/** Nodes over what lies below, up to a single one. */
function trees(out: GrowingBytes, below: readonly Node[], level: number): number {
  const groups = below.length === 0 ? [[]] : pieces(below, 2 * NODE_HALF)
  const nodeBytes = HEAD + 16 + 8 * (4 * NODE_HALF + 1)
  const first = out.length
  const nodes = groups.map((own, index): Node => {
    const at = out.length
    const sibling = (place: number): number | null =>
      place < 0 || place >= groups.length ? null : first + place * nodeBytes
    out.raw(ascii('TREE')).byte(0, level).uint16(own.length)
    out.uint64(sibling(index - 1)).uint64(sibling(index + 1))
    // Each child stands between the last name before it and its own last name.
    out.uint64(index === 0 ? 0 : (groups[index - 1]?.at(-1)?.last ?? 0))
    for (const child of own) out.uint64(child.at).uint64(child.last)
    out.zeros(at + nodeBytes - out.length)
    return { at, last: own.at(-1)?.last ?? 0 }
  })
  return nodes.length === 1 ? first : trees(out, nodes, level + 1)
}

/** Texts of any length, each under a number from 1. @returns where they lie */
export function textHeap(out: GrowingBytes, texts: readonly Uint8Array[]): number {
  const at = out.length
  const used = texts.reduce((sum, { length }) => sum + HEAD + 8 + length + padding(length), 16)
  const whole = Math.max(LEAST_HEAP, used + 16)
  out.raw(ascii('GCOL')).byte(1).zeros(3).uint64(whole)
  for (const [index, text] of texts.entries())
    out
      .uint16(index + 1)
      .uint16(1)
      .zeros(4)
      .uint64(text.length)
      .raw(text)
      .align()
  // The room that is left, under no number.
  out
    .zeros(8)
    .uint64(whole - used)
    .zeros(whole - used - 16)
  return at
}

const LEAST_HEAP = 4096

function pieces<Item>(items: readonly Item[], most: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, index) =>
    items.slice(index * most, (index + 1) * most),
  )
}

/** As HDF5 keeps names in a group. */
export function sortedByName<Item>(
  items: Iterable<readonly [name: string, Item]>,
): [string, Item][] {
  return [...items]
    .map(([name, item]) => ({ name, item, letters: new TextEncoder().encode(name) }))
    .sort((one, other) => compare(one.letters, other.letters))
    .map(({ item, name }) => [name, item])
}

/** By bytes. */
function compare(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const apart = (one[at] ?? 0) - (other[at] ?? 0)
    if (apart !== 0) return apart
  }
  return one.length - other.length
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
