import { decodedOrNull } from '../../src/files/likely-encoding'
import { decodedName } from '../../src/files/name-encoding'
import type { NameEncoding } from '../../src/files/name-encoding'

const known = new Map<NameEncoding, ReadonlyMap<string, readonly number[]>>()

/** Bytes of each character that an encoding has, found by reading all of them. */
function bytesOf(encoding: NameEncoding): ReadonlyMap<string, readonly number[]> {
  const before = known.get(encoding)
  if (before !== undefined) return before
  const bytes = new Map<string, readonly number[]>()
  const add = (code: readonly number[]): void => {
    const raw = Uint8Array.from(code)
    const text = encoding === 'cp437' ? decodedName(raw, encoding) : decodedOrNull(raw, encoding)
    if (text !== null && Array.from(text).length === 1 && !bytes.has(text)) bytes.set(text, code)
  }
  const isSingle = /^(?:cp437|windows|ibm|koi8)/.test(encoding)
  for (let lead = 0; lead < 0x80 || (isSingle && lead < 256); lead++) add([lead])
  if (!isSingle)
    for (let lead = 0x81; lead < 0xff; lead++)
      for (let trail = 0x40; trail < 0xff; trail++) add([lead, trail])
  known.set(encoding, bytes)
  return bytes
}

/** A name as a system that knows no Unicode writes it. */
export function encodedName(name: string, encoding: NameEncoding): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(name)
  const bytes = bytesOf(encoding)
  return Uint8Array.from(
    Array.from(name).flatMap((letter) => {
      const code = bytes.get(letter)
      if (code === undefined) throw new RangeError(`${encoding} has no ${letter}`)
      return code
    }),
  )
}
