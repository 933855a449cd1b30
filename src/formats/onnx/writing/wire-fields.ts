import type { FilePiece } from '../../../files/pieced-file'
import { readVarint } from '../../../files/protobuf/wire-message'
import { varint } from '../../../files/protobuf/write-message'
import type { WeightPlace } from '../../format'

/** Bytes that are made when they are read, and in pieces. */
export type MadeBytes = FilePiece

type Piece = Uint8Array | WeightPlace | MadeBytes

/** A message of Protocol Buffers in pieces. Whatever is not made yet is the whole content of a field. */
export type Wire = readonly Piece[]

/** A field of a message. */
export interface WirePart {
  readonly number: number
  /** Of a whole number, signed; 0 where it is none. */
  readonly value: number
  readonly content: Wire
  /** With its tag and its length, as they stand in the message. */
  readonly whole: Wire
}

function sizeOfWire(wire: Wire): number {
  return wire.reduce((sum, piece) => sum + sizeOfPiece(piece), 0)
}

function sizeOfPiece(piece: Piece): number {
  return piece instanceof Uint8Array ? piece.length : piece.size
}

/** A tag, and a length or a number. */
const LONGEST_HEAD = 20

/**
 * The fields of a message that was read before, so that nothing in it is damaged.
 * @throws RangeError where it is none
 */
export function fieldsOf(wire: Wire): WirePart[] {
  const cursor = new Cursor(wire)
  const fields: WirePart[] = []
  for (let head = cursor.head(); head.length > 0; head = cursor.head()) {
    const tag = varintOf(head, 0)
    const kind = tag.value % 8
    const second = kind === 0 || kind === 2 ? varintOf(head, tag.length) : { value: 0, length: 0 }
    const begin = cursor.take(tag.length + (kind === 2 ? second.length : 0))
    const size = kind === 2 ? second.value : kind === 0 ? second.length : kind === 1 ? 8 : 4
    const content = cursor.take(size)
    const number = Math.floor(tag.value / 8)
    const value = kind === 0 ? second.value : 0
    fields.push({ number, value, content, whole: [...begin, ...content] })
  }
  return fields
}

function varintOf(bytes: Uint8Array, from: number) {
  const varint = readVarint(bytes, from)
  if (varint === null) throw new RangeError('no message')
  return varint
}

/** Where somebody is in a message. */
class Cursor {
  private piece = 0
  private at = 0

  constructor(private readonly wire: Wire) {}

  /** The next few bytes, without taking them; none at the end. */
  head(): Uint8Array {
    const next = this.wire[this.piece]
    if (next instanceof Uint8Array && next.length - this.at >= LONGEST_HEAD)
      return next.subarray(this.at, this.at + LONGEST_HEAD)
    const bytes: number[] = []
    let at = this.at
    for (let piece = this.piece; bytes.length < LONGEST_HEAD; piece++, at = 0) {
      const part = this.wire[piece]
      if (!(part instanceof Uint8Array)) break
      bytes.push(...part.subarray(at, at + LONGEST_HEAD - bytes.length))
    }
    return Uint8Array.from(bytes)
  }

  take(size: number): Piece[] {
    const taken: Piece[] = []
    for (let left = size; left > 0;) {
      const next = this.wire[this.piece]
      if (next === undefined) throw new RangeError('a field reaches over the end of its message')
      const count = Math.min(left, sizeOfPiece(next) - this.at)
      if (count > 0)
        if (next instanceof Uint8Array) taken.push(next.subarray(this.at, this.at + count))
        else if (this.at === 0 && count === next.size) taken.push(next)
        else throw new RangeError('a part of what is not made')
      left -= count
      this.at += count
      if (this.at < sizeOfPiece(next)) continue
      this.piece++
      this.at = 0
    }
    return taken
  }
}

export function textOf(wire: Wire): string {
  return new TextDecoder().decode(bytesOf(wire))
}

/** All bytes of a message that has nothing in it that is not made yet. */
export function bytesOf(wire: Wire): Uint8Array {
  const [first = new Uint8Array(0), ...others] = wire
  if (first instanceof Uint8Array && others.length === 0) return first
  const bytes = new Uint8Array(sizeOfWire(wire))
  let at = 0
  for (const piece of wire) {
    if (!(piece instanceof Uint8Array)) throw new RangeError('bytes that are not made yet')
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** A field: a whole number, a text, or a message in pieces. */
export type NewField = readonly [number: number, value: number | string | Wire]

export function fieldWire(number: number, value: NewField[1]): Wire {
  if (typeof value === 'number') return [Uint8Array.from([...varint(number * 8), ...varint(value)])]
  const content = typeof value === 'string' ? [new TextEncoder().encode(value)] : value
  const head = Uint8Array.from([...varint(number * 8 + 2), ...varint(sizeOfWire(content))])
  return [head, ...content]
}

export function messageWire(...fields: readonly NewField[]): Wire {
  return fields.flatMap(([number, value]) => fieldWire(number, value))
}
