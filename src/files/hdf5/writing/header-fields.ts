import { GrowingBytes } from './growing-bytes'

/** What numbers may be written as. */
export type WrittenKind = 'float32' | 'float16' | 'int32' | 'uint8' | 'bool'

export const writtenBytes: Readonly<Record<WrittenKind, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint8: 1,
  bool: 1,
}

const plain = new TextEncoder()

/** Sides of what is stored; none of a single value. */
export function dataspace(shape: readonly number[]): Uint8Array {
  const out = new GrowingBytes().byte(1, shape.length, 0).zeros(5)
  for (const side of shape) out.uint64(side)
  return out.bytes
}

export function datatype(kind: WrittenKind): Uint8Array {
  switch (kind) {
    case 'float32':
      return float(4, 31, 23, 8, 127)
    case 'float16':
      return float(2, 15, 10, 5, 15)
    case 'int32':
      return whole(4, true).bytes
    case 'uint8':
      return whole(1, false).bytes
    case 'bool':
      return truth()
  }
}

function float(bytes: number, sign: number, fraction: number, exponent: number, bias: number) {
  const out = new GrowingBytes().byte(0x11, 0x20, sign, 0).uint32(bytes)
  out.uint16(0).uint16(8 * bytes)
  return out.byte(fraction, exponent, 0, fraction).uint32(bias).bytes
}

function whole(bytes: number, signed: boolean): GrowingBytes {
  const out = new GrowingBytes().byte(0x10, signed ? 8 : 0, 0, 0).uint32(bytes)
  return out.uint16(0).uint16(8 * bytes)
}

/** As NumPy has them: two names of numbers in a byte. */
function truth(): Uint8Array {
  const out = new GrowingBytes().byte(0x18, 2, 0, 0).uint32(1)
  out.raw(whole(1, true).bytes)
  for (const name of ['FALSE', 'TRUE']) out.raw(plain.encode(name.padEnd(8, '\0')))
  return out.byte(0, 1).bytes
}

/** Texts of one length in bytes, filled up with zeros. */
export function fixedText(bytes: number): Uint8Array {
  return new GrowingBytes().byte(0x13, 1, 0, 0).uint32(bytes).bytes
}

/** A text of any length in UTF-8, which lies elsewhere. */
export function longText(): Uint8Array {
  return new GrowingBytes().byte(0x19, 1, 1, 0).uint32(16).raw(whole(1, false).bytes).bytes
}

/** Nothing is written before the numbers are. */
export const fillValue: Uint8Array = Uint8Array.of(2, 2, 2, 1, 0, 0, 0, 0)

/** Numbers in one piece. @param at null where there are none */
export function contiguous(at: number | null, bytes: number): Uint8Array {
  return new GrowingBytes().byte(3, 1).uint64(at).uint64(bytes).bytes
}

/** Of the address in what `contiguous` makes. */
export const PLACE_OF_ADDRESS = 2

/** The most that one fact of an object may take. */
export const MOST_MESSAGE_BYTES = 64_512

export function attribute(
  name: string,
  type: Uint8Array,
  shape: readonly number[],
  value: Uint8Array,
): Uint8Array {
  const spelled = plain.encode(`${name}\0`)
  const space = dataspace(shape)
  const out = new GrowingBytes().byte(1, 0)
  out.uint16(spelled.length).uint16(type.length).uint16(space.length)
  for (const part of [spelled, type, space]) out.raw(part).align()
  return out.raw(value).bytes
}

export interface WrittenMessage {
  readonly type: number
  readonly body: Uint8Array
}

/** Everything that is known of one object. @returns where each message's own bytes lie in it */
export function objectHeader(
  out: GrowingBytes,
  messages: readonly WrittenMessage[],
): readonly number[] {
  const padded = messages.map(({ body }) => 8 * Math.ceil(body.length / 8))
  const total = padded.reduce((sum, length) => sum + 8 + length, 0)
  out.byte(1, 0).uint16(messages.length).uint32(1).uint32(total).zeros(4)
  return messages.map(({ body, type }, index) => {
    out
      .uint16(type)
      .uint16(padded[index] ?? 0)
      .zeros(4)
    const at = out.length
    out.raw(body).align()
    return at
  })
}
