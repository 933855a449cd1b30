import { StudioError } from '../../core/errors'
import { limits } from '../limits'
import type { Hdf5Cursor } from './hdf5-cursor'
import { textOf } from './hdf5-cursor'
import type { Hdf5Source } from './hdf5-source'
import { denseObjects } from './dense-storage'
import { messageTypes } from './object-header'
import type { HeaderMessage } from './object-header'

/** Names in a group and where the headers of their objects lie. */
export type GroupLinks = ReadonlyMap<string, number>

/** Levels of a tree: four with 32 children each hold a million names. */
const DEEPEST = 16

/**
 * What a group holds.
 * @returns null where the object is no group
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported' of links that lead anywhere else, 'open/too-many'
 */
export async function readLinks(
  source: Hdf5Source,
  place: string,
  messages: readonly HeaderMessage[],
): Promise<GroupLinks | null> {
  const links = new Map<string, number>()
  const add = (name: string, at: number): void => {
    if (name === '' || name === '.' || name.includes('/'))
      source.damaged(place, 'a name in it is not one')
    if (links.has(name)) source.damaged(place, 'two objects in it have one name')
    if (links.size >= limits.tensors)
      throw new StudioError('open/too-many', {
        file: source.file.path,
        field: 'HDF5 objects',
        found: links.size + 1,
        limit: limits.tensors,
      })
    links.set(name, at)
  }
  let isGroup = false
  for (const { type, body } of messages)
    if (type === messageTypes.symbolTable) {
      isGroup = true
      await readSymbols(source, place, body, add)
    } else if (type === messageTypes.link) {
      isGroup = true
      readLink(body, add)
    } else if (type === messageTypes.linkInfo) {
      isGroup = true
      body.version('a group', 0)
      if ((body.byte() & 1) !== 0) body.skip(8)
      const [heap, names] = [body.address(), body.address()]
      if (heap === null || names === null) continue
      for (const link of await denseObjects(source, place, heap, names, 'links'))
        readLink(link, add)
    }
  return isGroup ? links : null
}

type Add = (name: string, at: number) => void

/** A link as groups of HDF5 1.8 hold it. */
function readLink(body: Hdf5Cursor, add: Add): void {
  body.version('a link', 1)
  const flags = body.byte()
  const type = (flags & 8) === 0 ? 0 : body.byte()
  if ((flags & 4) !== 0) body.skip(8)
  if ((flags & 16) !== 0) body.skip(1)
  const name = body.text(body.uint(1 << (flags & 3)))
  if (type === 0) add(name, body.knownAddress())
  else if (type === 64) body.unsupported('a link to another file')
  else if (type === 1) body.unsupported('a link by name')
  else body.unsupported('a link of a kind of its own')
}

/** The names of a group of HDF5 before 1.8: a tree of tables, and a heap of texts. */
async function readSymbols(
  source: Hdf5Source,
  place: string,
  body: Hdf5Cursor,
  add: Add,
): Promise<void> {
  const tree = body.knownAddress()
  const names = await localHeap(source, place, body.knownAddress())
  await walkTree(
    source,
    place,
    { at: tree, type: 0, keyBytes: source.lengthBytes },
    async (leaf) => {
      const head = await source.cursor(place, leaf.at, 8)
      head.expect('SNOD')
      head.version('a table of names', 1)
      head.skip(1)
      const count = head.uint(2)
      const { offsetBytes } = source
      const table = await source.cursor(place, leaf.at + 8, count * (2 * offsetBytes + 24))
      for (let index = 0; index < count; index++) {
        const name = names(table.uint(offsetBytes))
        const at = table.address()
        const kind = table.uint(4)
        table.skip(20)
        if (kind === 2 || at === null) table.unsupported('a link by name')
        else add(name, at)
      }
    },
  )
}

async function localHeap(
  source: Hdf5Source,
  place: string,
  at: number,
): Promise<(offset: number) => string> {
  const head = await source.cursor(place, at, 8 + 2 * source.lengthBytes + source.offsetBytes)
  head.expect('HEAP')
  head.version('a heap of names', 0)
  head.skip(3)
  const length = head.length()
  head.length()
  if (length > limits.h5HeapBytes) head.damaged('its names take more room than names need')
  const texts = await source.bytes(place, head.knownAddress(), length)
  return (offset) => {
    if (offset >= texts.length) head.damaged('a name in it is not one')
    return textOf(texts.subarray(offset))
  }
}

/** A child of the lowest nodes, and the key before it. */
export interface TreeLeaf {
  readonly at: number
  readonly key: Hdf5Cursor
}

/**
 * Goes through a tree of HDF5 before 1.8 in the order of its keys. A node is always one level below its parent, so that a
 * tree which leads back into itself is refused.
 * @param type 0 of groups, 1 of chunks
 */
export async function walkTree(
  source: Hdf5Source,
  place: string,
  tree: { readonly at: number; readonly type: number; readonly keyBytes: number },
  visit: (leaf: TreeLeaf) => Promise<void>,
  level: number | null = null,
): Promise<void> {
  const { at, type, keyBytes } = tree
  const headBytes = 8 + 2 * source.offsetBytes
  const head = await source.cursor(place, at, headBytes)
  head.expect('TREE')
  if (head.byte() !== type) head.damaged('a tree is of another kind')
  const own = head.byte()
  if (own > DEEPEST || (level !== null && own !== level)) head.damaged('a tree leads into itself')
  const count = head.uint(2)
  const room = count * (keyBytes + source.offsetBytes)
  const cursor = await source.cursor(place, at + headBytes, room)
  for (let index = 0; index < count; index++) {
    const key = cursor.part(keyBytes)
    const child = cursor.knownAddress()
    if (own === 0) await visit({ at: child, key })
    else await walkTree(source, place, { ...tree, at: child }, visit, own - 1)
  }
}
