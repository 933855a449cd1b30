import { limits } from '../limits'
import { StudioError } from '../../core/errors'
import type { Hdf5Cursor } from './hdf5-cursor'
import type { Hdf5Source } from './hdf5-source'

/** One fact of an object. */
export interface HeaderMessage {
  readonly type: number
  /** It stands elsewhere, and only its address here. */
  readonly shared: boolean
  readonly body: Hdf5Cursor
}

export const messageTypes = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const

const SHARED = 2

interface Block {
  readonly at: number
  readonly length: number
}

/**
 * All messages of an object, in order.
 * @throws StudioError 'open/h5-damaged', 'open/h5-unsupported', 'open/too-many'
 */
export async function readHeader(
  source: Hdf5Source,
  place: string,
  at: number,
): Promise<HeaderMessage[]> {
  const start = await source.cursor(place, at, source.atMost(at, 64))
  const isNew = start.bytes[0] === 0x4f && start.bytes[1] === 0x48
  const { prefix, length, order } = isNew ? newPrefix(start) : oldPrefix(start)
  const messages: HeaderMessage[] = []
  const blocks: Block[] = [{ at: at + prefix, length }]
  const seen = new Set<number>()
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index]
    if (block === undefined) break
    if (seen.has(block.at)) source.damaged(place, 'its header continues in itself')
    seen.add(block.at)
    const cursor = await source.cursor(place, block.at, block.length)
    const follow = index > 0 && isNew
    if (follow) cursor.expect('OCHK')
    // A checksum stands behind those that continue a header; that of the first is not part of it.
    const fields = follow ? cursor.part(Math.max(0, cursor.left - 4)) : cursor
    readMessages(fields, isNew, order, (message) => {
      if (messages.length >= limits.h5Messages)
        throw new StudioError('open/too-many', {
          file: source.file.path,
          field: 'HDF5 messages of an object',
          found: messages.length + 1,
          limit: limits.h5Messages,
        })
      if (message.type !== messageTypes.continuation) messages.push(message)
      else blocks.push({ at: message.body.knownAddress(), length: message.body.length() })
    })
  }
  return messages
}

/** Of HDF5 before 1.8, which Keras writes. */
function oldPrefix(start: Hdf5Cursor): { prefix: number; length: number; order: boolean } {
  start.version('an object header', 1)
  start.skip(7)
  const length = start.uint(4)
  return { prefix: 16, length, order: false }
}

function newPrefix(start: Hdf5Cursor): { prefix: number; length: number; order: boolean } {
  start.expect('OHDR')
  start.version('an object header', 2)
  const flags = start.byte()
  if ((flags & 0x20) !== 0) start.skip(16)
  if ((flags & 0x10) !== 0) start.skip(4)
  const length = start.uint(1 << (flags & 3))
  return { prefix: start.at, length, order: (flags & 4) !== 0 }
}

function readMessages(
  cursor: Hdf5Cursor,
  isNew: boolean,
  order: boolean,
  found: (message: HeaderMessage) => void,
): void {
  const head = isNew ? (order ? 6 : 4) : 8
  while (cursor.left >= head) {
    const type = cursor.uint(isNew ? 1 : 2)
    const length = cursor.uint(2)
    const flags = cursor.byte()
    cursor.skip(head - (isNew ? 4 : 5))
    if (length > cursor.left) cursor.damaged('a message is longer than its header')
    found({ type, shared: (flags & SHARED) !== 0, body: cursor.part(length) })
  }
}
