/** Writes messages of Protocol Buffers: https://protobuf.dev/programming-guides/encoding/ */

/** A field by its number: a whole number, a text, the bytes of a message or of a list, or a number of four bytes. */
export type Field = readonly [
  number: number,
  value: number | string | Uint8Array | { readonly float: number },
]

const encoder = new TextEncoder()

/** Fields in this order, one behind the other. */
export function message(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  return joined(fields.flatMap(([number, value]) => written(number, value)))
}

function written(number: number, value: Field[1]): readonly Uint8Array[] {
  if (typeof value === 'number') return [varint(number * 8), varint(value)]
  if (typeof value === 'object' && 'float' in value)
    return [varint(number * 8 + 5), new Uint8Array(Float32Array.of(value.float).buffer)]
  const bytes = typeof value === 'string' ? encoder.encode(value) : value
  return [varint(number * 8 + 2), varint(bytes.length), bytes]
}

/** Seven bits a byte, the lowest first; what is below zero has all 64 bits. */
export function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  let left = BigInt.asUintN(64, BigInt(value))
  for (; left >= 128n; left >>= 7n) bytes.push(Number(left & 127n) + 128)
  return Uint8Array.from([...bytes, Number(left)])
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
