import { StudioError } from '../../core/errors'
import type { BundleFile } from '../../files/file-bundle'
import type { Between } from '../../files/between'
import { likelyEncoding, likelyUtf16, markedEncoding } from '../../files/likely-encoding'
import type { TextEncoding } from '../../files/likely-encoding'
import { readBytes } from '../../files/read-bytes'

/** Of any of the rooms where text is decoded. */
type Decoder = InstanceType<typeof TextDecoder>

/** Bytes that are read at a time. */
export const CHUNK = 2 ** 18
/** Bytes of lines with other letters than English ones, by which an old encoding is guessed. */
const EVIDENCE = 2 ** 16

/**
 * The encoding of a text file: by its mark, UTF-8 where all of it is, else the likeliest old one.
 * @throws StudioError 'open/not-read'
 */
export async function encodingOf(file: BundleFile, between: Between): Promise<TextEncoding> {
  const start = await readBytes(file, 0, Math.min(file.size, 4096))
  const wide = markedEncoding(start) ?? likelyUtf16(start)
  if (wide !== null) return wide
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const evidence: Uint8Array[] = []
  let collected = 0
  let isUtf8 = true
  for (let at = 0; at < file.size;) {
    const end = Math.min(file.size, at + CHUNK)
    const bytes = await readBytes(file, at, end)
    if (isUtf8) isUtf8 = decodes(decoder, bytes, end === file.size)
    for (const line of foreignLines(bytes, at === 0, end === file.size)) {
      if (collected > EVIDENCE) break
      evidence.push(line)
      collected += line.length
    }
    if (!isUtf8 && collected > EVIDENCE) break
    at = end
    await between(at, file.size)
  }
  return isUtf8 ? 'utf-8' : (likelyEncoding(joined(evidence)) ?? 'windows-1252')
}

function decodes(decoder: Decoder, bytes: Uint8Array, final: boolean): boolean {
  try {
    decoder.decode(bytes, { stream: !final })
    return true
  } catch {
    return false
  }
}

/** Whole lines with bytes above 127. */
function foreignLines(bytes: Uint8Array, first: boolean, last: boolean): Uint8Array[] {
  const lines: Uint8Array[] = []
  let size = 0
  for (let start = 0; start < bytes.length && size <= EVIDENCE;) {
    const found = bytes.indexOf(10, start)
    const end = found === -1 ? bytes.length : found
    const line = bytes.subarray(start, end)
    const isWhole = (start > 0 || first) && (found !== -1 || last)
    if (isWhole && line.some((byte) => byte >= 0x80)) {
      lines.push(line)
      size += line.length
    }
    start = end + 1
  }
  return lines
}

function joined(lines: readonly Uint8Array[]): Uint8Array {
  const size = lines.reduce((sum, line) => sum + line.length + 1, 0)
  const bytes = new Uint8Array(size).fill(10)
  let at = 0
  for (const line of lines) {
    bytes.set(line, at)
    at += line.length + 1
  }
  return bytes
}

/** Text out of bytes that come in pieces; a mark at the start is left out. */
export class TextStream {
  private readonly file: string
  private readonly encoding: TextEncoding
  private readonly decoder: Decoder

  constructor(file: string, encoding: TextEncoding) {
    this.file = file
    this.encoding = encoding
    this.decoder = new TextDecoder(encoding, { fatal: true })
  }

  /** @throws StudioError 'data/table-syntax' where bytes are nothing in this encoding, or no text */
  push(bytes: Uint8Array, final: boolean): string {
    let text: string
    try {
      text = this.decoder.decode(bytes, { stream: !final })
    } catch {
      throw this.refusal(`the text is not ${this.encoding}`)
    }
    // oxlint-disable-next-line no-control-regex -- what no table holds, and every other file does
    if (/[\u0000-\u0008\u000e-\u0019\u001b-\u001f]/.test(text))
      throw this.refusal('the text is neither UTF-8 nor UTF-16')
    return text
  }

  private refusal(reason: string): StudioError {
    return new StudioError('data/table-syntax', { file: this.file, line: 1, reason })
  }
}
