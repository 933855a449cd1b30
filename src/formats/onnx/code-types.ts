import type { StoredAs } from '../../core/model-summary'
import type { OnnxType } from './onnx-model'

/** Whole numbers that stand for real ones. */
export interface CodeType {
  readonly bits: 2 | 4 | 8 | 16
  readonly signed: boolean
}

const codeTypes: ReadonlyMap<OnnxType, CodeType> = new Map<OnnxType, CodeType>([
  ['U16', { bits: 16, signed: false }],
  ['I16', { bits: 16, signed: true }],
  ['U8', { bits: 8, signed: false }],
  ['I8', { bits: 8, signed: true }],
  ['UINT4', { bits: 4, signed: false }],
  ['INT4', { bits: 4, signed: true }],
  ['UINT2', { bits: 2, signed: false }],
  ['INT2', { bits: 2, signed: true }],
])

/** null: elements of the type are no codes of weights. */
export function codeType(type: OnnxType): CodeType | null {
  return codeTypes.get(type) ?? null
}

/** The least and the largest code. */
export function codeRange({ bits, signed }: CodeType): readonly [number, number] {
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1]
}

export function storedAsCodes({ bits, signed }: CodeType): StoredAs {
  return `${signed ? '' : 'u'}int${bits}`
}

/** Rows of codes that share bytes, each row with bytes of its own. */
export interface PackedRows {
  readonly rows: number
  /** Codes of a row; the rest of its last byte, and of its room, is empty. */
  readonly length: number
  /** Bytes of a row. */
  readonly room: number
}

/** Codes of less than a byte as bytes, the first of a byte in its lowest bits, signed ones without their sign. */
export function unpacked(
  bytes: Uint8Array,
  bits: 2 | 4 | 8,
  { length, room, rows }: PackedRows,
): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(rows * length)
  const perByte = 8 / bits
  const mask = 2 ** bits - 1
  for (let row = 0, out = 0; row < rows; row++)
    for (let at = 0; at < length; at++, out++) {
      const byte = bytes[row * room + Math.floor(at / perByte)] ?? 0
      codes[out] = (byte >> (bits * (at % perByte))) & mask
    }
  return codes
}

/** Elements of less than a byte as numbers; null of all else. */
export function shortNumbers(type: OnnxType, bytes: Uint8Array, length: number): number[] | null {
  const known = codeType(type)
  if (known === null || known.bits > 4) return null
  const codes = unpacked(bytes, known.bits === 2 ? 2 : 4, { rows: 1, length, room: bytes.length })
  const half = known.signed ? 2 ** (known.bits - 1) : 0
  return Array.from(codes, (code) => (code ^ half) - half)
}

/** Codes of a signed type as those that count from 0, which is the order of what they stand for. */
export function fromZero(codes: Uint8Array | Uint16Array, { bits, signed }: CodeType): void {
  const half = 2 ** (bits - 1)
  if (signed) for (let at = 0; at < codes.length; at++) codes[at] = (codes[at] ?? 0) ^ half
}
