const END_RECORD_BYTES = 22
const COMMENT = 'Made with Compression Studio.'

/** The longest comment that an archive can carry. */
const MAX_PADDING = 0xffff

/**
 * Brings an archive to an exact length with a comment behind its end record, where every reader skips
 * it. So the size can be promised before the last digit in the archive's report is known.
 * @param parts of `writeZip`, without a comment
 * @param length at least that of the parts, at most `MAX_PADDING` more
 * @throws RangeError otherwise
 */
export function padZip(parts: readonly Uint8Array[], length: number): Uint8Array[] {
  const padding = length - parts.reduce((sum, part) => sum + part.length, 0)
  if (padding < 0 || padding > MAX_PADDING)
    throw new RangeError(`an archive cannot be padded by ${padding} bytes`)
  const end = joinTail(parts)
  const comment = new Uint8Array(padding).fill(0x20)
  for (let i = 0; i < Math.min(padding, COMMENT.length); i++) comment[i] = COMMENT.charCodeAt(i)
  new DataView(end.tail.buffer).setUint16(end.tail.length - 2, padding, true)
  return [...end.before, end.tail, comment]
}

/** A copy of the parts from the one in which the end record begins. */
function joinTail(parts: readonly Uint8Array[]): {
  before: readonly Uint8Array[]
  tail: Uint8Array<ArrayBuffer>
} {
  let from = parts.length
  let length = 0
  while (from > 0 && length < END_RECORD_BYTES) length += parts[--from]?.length ?? 0
  const tail = new Uint8Array(length)
  let at = 0
  for (const part of parts.slice(from)) {
    tail.set(part, at)
    at += part.length
  }
  return { before: parts.slice(0, from), tail }
}
