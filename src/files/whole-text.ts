import { decodedOrNull, likelyEncoding, likelyUtf16 } from './likely-encoding'

/** The text of a small file in the encoding that it says or likely has, its mark taken away; null where none reads it. */
export function wholeText(bytes: Uint8Array): string | null {
  const [first, second] = bytes
  const marked =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : null
  const encoding = marked ?? likelyUtf16(bytes) ?? likelyEncoding(bytes)
  // A decoder takes the mark of its own encoding away.
  return encoding === null ? null : decodedOrNull(bytes, encoding)
}
