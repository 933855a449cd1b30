import { deflateSync, strToU8 } from 'fflate'
import { crc32 } from '../../src/core/crc32'
import { joinBytes } from '../../src/core/join-arrays'

/** An entry of an archive, true unless a field says otherwise. */
export interface ZipPart {
  /** A text is written in UTF-8, whatever the flags say. */
  readonly name: string | Uint8Array
  readonly data?: Uint8Array
  readonly method?: number
  /** What lies in the archive. */
  readonly packed?: Uint8Array
  readonly flags?: number
  /** Fields of the directory that lie; `offset` is that of the local header. */
  readonly says?: Partial<Record<'size' | 'packedSize' | 'crc' | 'offset' | 'attributes', number>>
  /** Extra field of the directory. */
  readonly extra?: Uint8Array
  /** Shares the local header and the bytes of the entry before it. */
  readonly again?: boolean
}

/** What the end record says, true unless given. */
export interface ZipEnd {
  readonly count?: number
  readonly size?: number
  readonly offset?: number
  readonly disk?: number
  readonly comment?: Uint8Array
  /** A 64-bit end record, with what it says. */
  readonly wide?: { readonly count?: bigint; readonly size?: bigint; readonly offset?: bigint }
}

/** Writes any zip, also one that no packer would write. */
export function zipBytes(parts: readonly ZipPart[], end: ZipEnd = {}): Uint8Array {
  const chunks: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  let last = 0
  const write = (chunk: Uint8Array): void => {
    chunks.push(chunk)
    at += chunk.length
  }
  for (const part of parts) {
    const data = part.data ?? new Uint8Array(0)
    const method = part.method ?? 8
    const packed = part.packed ?? (method === 8 ? deflateSync(data) : data)
    const name = typeof part.name === 'string' ? strToU8(part.name) : part.name
    const flags = part.flags ?? 1 << 11
    const fields = (says: ZipPart['says'] = {}): readonly Field[] => [
      [20, 2],
      [flags, 2],
      [method, 2],
      [0, 4],
      [says.crc ?? crc32(data), 4],
      [says.packedSize ?? packed.length, 4],
      [says.size ?? data.length, 4],
      [name.length, 2],
    ]
    if (part.again !== true) {
      last = at
      write(record([[0x04034b50, 4], ...fields(), [0, 2]], name, packed))
    }
    const extra = part.extra ?? new Uint8Array(0)
    const tail: readonly Field[] = [
      [extra.length, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [part.says?.attributes ?? 0, 4],
      [part.says?.offset ?? last, 4],
    ]
    directory.push(record([[0x02014b50, 4], [20, 2], ...fields(part.says), ...tail], name, extra))
  }
  const start = at
  for (const entry of directory) write(entry)
  const size = at - start
  if (end.wide !== undefined) {
    const { wide } = end
    const record64 = at
    const count = wide.count ?? BigInt(parts.length)
    write(
      record([
        [0x06064b50, 4],
        [44, 8],
        [45, 2],
        [45, 2],
        [0, 4],
        [0, 4],
        [count, 8],
        [count, 8],
        [wide.size ?? size, 8],
        [wide.offset ?? start, 8],
      ]),
    )
    write(
      record([
        [0x07064b50, 4],
        [0, 4],
        [record64, 8],
        [1, 4],
      ]),
    )
  }
  const full = end.wide === undefined ? null : [0xffff, 0xffffffff, 0xffffffff]
  const comment = end.comment ?? new Uint8Array(0)
  write(
    record(
      [
        [0x06054b50, 4],
        [end.disk ?? 0, 2],
        [end.disk ?? 0, 2],
        [end.count ?? full?.[0] ?? parts.length, 2],
        [end.count ?? full?.[0] ?? parts.length, 2],
        [end.size ?? full?.[1] ?? size, 4],
        [end.offset ?? full?.[2] ?? start, 4],
        [comment.length, 2],
      ],
      comment,
    ),
  )
  return joinBytes(chunks)
}

/** The extra field that holds 64-bit values in place of fields that are all ones. */
export function wideExtra(...values: readonly bigint[]): Uint8Array {
  return record([[1, 2], [values.length * 8, 2], ...values.map((value): Field => [value, 8])])
}

type Field = readonly [value: number | bigint, bytes: 2 | 4 | 8]

/** Little-endian fields, then bytes. */
function record(fields: readonly Field[], ...tails: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(fields.reduce((sum, [, bytes]) => sum + bytes, 0))
  const view = new DataView(head.buffer)
  let at = 0
  for (const [value, bytes] of fields) {
    if (bytes === 2) view.setUint16(at, Number(value), true)
    else if (bytes === 4) view.setUint32(at, Number(value), true)
    else view.setBigUint64(at, BigInt(value), true)
    at += bytes
  }
  return joinBytes([head, ...tails])
}
