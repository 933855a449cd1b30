import { decodedOrNull, likelyEncoding, likelyUtf16, markedEncoding } from './likely-encoding'

/** The text of a small file in the encoding that it says or likely has, its mark taken away; null where none reads it. */
export function wholeText(bytes: Uint8Array): string | null {
  const wide = markedEncoding(bytes) ?? likelyUtf16(bytes)
  // A mark of UTF-8 is no promise that the rest is.
  const encoding = wide === null || wide === 'utf-8' ? likelyEncoding(bytes) : wide
  // A decoder takes the mark of its own encoding away.
  return encoding === null ? null : decodedOrNull(bytes, encoding)
}
