import type { BundleFile } from '../file-bundle'
import { readBytes } from '../read-bytes'

/** A message cannot say its own depth: this is more than any tool nests. */
const MOST_DEPTH = 64
/** Bytes that are read at once: fields lie behind one another, and most are short. */
const WINDOW = 2 ** 17
/** A tag and a length, or a tag and a number. */
const LONGEST_FIELD_HEAD = 20

/** What a field of a message holds. */
export interface WireField {
  readonly number: number
  /** 0: a whole number; 1 and 5: 8 and 4 bytes; 2: as many bytes as it says. */
  readonly wire: 0 | 1 | 2 | 5
  /** Signed, of 64 bits; beyond 2 ** 53 rounded. 0 where the field is none. */
  readonly value: number
  /** Place of its bytes in the file. */
  readonly begin: number
  readonly end: number
}

/** Bytes [begin, end) of a file. */
export interface ByteRange {
  readonly begin: number
  readonly end: number
}

/** How a message is refused: where, and why. */
export type Damaged = (place: string, reason: string) => Error

/**
 * A file of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/), read in ranges: what nobody asks for,
 * such as the numbers of a tensor, is passed over.
 */
export class WireFile {
  private window: Uint8Array = new Uint8Array(0)
  private at = 0

  constructor(
    readonly file: BundleFile,
    readonly damaged: Damaged,
  ) {}

  whole(): WireMessage {
    return new WireMessage(this, { begin: 0, end: this.file.size }, 0)
  }

  /** Bytes [from, to), valid until the next call. @throws StudioError 'open/not-read' */
  async bytes(from: number, to: number): Promise<Uint8Array> {
    if (to - from > WINDOW) return readBytes(this.file, from, to)
    if (from < this.at || to > this.at + this.window.length) {
      this.window = await readBytes(this.file, from, Math.min(this.file.size, from + WINDOW))
      this.at = from
    }
    return this.window.subarray(from - this.at, to - this.at)
  }
}

/** One message: a range of a file whose fields are read one after the other. */
export class WireMessage {
  constructor(
    private readonly source: WireFile,
    readonly range: ByteRange,
    private readonly depth: number,
  ) {
    if (depth > MOST_DEPTH)
      throw source.damaged(`byte ${range.begin}`, `messages in more than ${MOST_DEPTH} messages`)
  }

  /** @throws what `damaged` makes of a field that is none or reaches over the end of its message */
  async *fields(): AsyncGenerator<WireField> {
    const { end } = this.range
    for (let at = this.range.begin; at < end;) {
      const field = await this.field(at)
      yield field
      at = field.end
    }
  }

  /** The message that a field holds. */
  inner(field: WireField): WireMessage {
    return new WireMessage(this.source, field, this.depth + 1)
  }

  private async field(at: number): Promise<WireField> {
    const { end } = this.range
    const head = await this.source.bytes(at, Math.min(end, at + LONGEST_FIELD_HEAD))
    const refused = (reason: string): Error => this.source.damaged(`byte ${at}`, reason)
    const tag = readVarint(head, 0)
    if (tag === null) throw refused('a field without an end')
    const number = Math.floor(tag.value / 8)
    const wire = tag.value % 8
    if (number < 1 || number >= 2 ** 29) throw refused('no field of a message')
    const behind = at + tag.length
    if (wire === 0) {
      const varint = readVarint(head, tag.length)
      if (varint === null) throw refused('a number without an end')
      const value = varint.value
      return { number, wire, value, begin: behind, end: behind + varint.length }
    }
    if (wire === 1 || wire === 5) {
      const to = behind + (wire === 1 ? 8 : 4)
      if (to > end) throw refused('a number without an end')
      return { number, wire, value: 0, begin: behind, end: to }
    }
    if (wire !== 2) throw refused('no field of a message')
    const size = readVarint(head, tag.length)
    if (size === null) throw refused('a length without an end')
    const begin = behind + size.length
    if (size.value < 0 || begin + size.value > end)
      throw refused('a field that is longer than what holds it')
    return { number, wire, value: 0, begin, end: begin + size.value }
  }
}

/**
 * Seven bits a byte, the lowest first.
 * @returns null where it does not end within ten bytes
 */
export function readVarint(
  bytes: Uint8Array,
  from: number,
): { readonly value: number; readonly length: number } | null {
  let value = 0
  let scale = 1
  for (let length = 1; length <= 10; length++) {
    const byte = bytes[from + length - 1]
    if (byte === undefined) return null
    // The last byte holds one bit.
    if (length === 10) return byte > 1 ? null : { value: signed(bytes, from), length }
    value += (byte & 127) * scale
    scale *= 128
    if (byte < 128) return { value, length }
  }
  return null
}

/** Ten bytes: the highest of 64 bits is there, which makes it negative. */
function signed(bytes: Uint8Array, from: number): number {
  let value = 0n
  for (let place = 0; place < 10; place++)
    value |= BigInt((bytes[from + place] ?? 0) & 127) << BigInt(7 * place)
  return Number(BigInt.asIntN(64, value))
}
