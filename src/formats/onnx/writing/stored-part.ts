import { elementCount } from '../../../core/tensor-spec'
import type { CodeType } from '../code-types'
import type { OnnxType } from '../onnx-model'
import type { MadeBytes } from './wire-fields'

/** A tensor that a file holds of a weight. */
export interface StoredPart extends MadeBytes {
  /** What it is of its weight; `itself` bears its name. */
  readonly part: PartName
  readonly type: OnnxType
  readonly shape: readonly number[]
}

export type PartName =
  | 'itself'
  | 'quantized'
  | 'float16'
  | 'scale'
  | 'zero_point'
  | 'levels'
  | 'first_level'
  | 'offset'

type Elements = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array

const widths = { F32: 4, F64: 8, F16: 2, BF16: 2, I32: 4 } as const

/** Elements of whole bytes. */
export function plainPart(
  part: PartName,
  type: keyof typeof widths,
  shape: readonly number[],
  held: (from: number, to: number) => Elements,
): StoredPart {
  const width = widths[type]
  return {
    ...{ part, type, shape, size: width * elementCount(shape) },
    content: (from, to) => {
      const first = Math.floor(from / width)
      const whole = bytesOf(held(first, Math.ceil(to / width)))
      return whole.subarray(from - first * width, to - first * width)
    },
  }
}

export function floatsPart(
  part: PartName,
  shape: readonly number[],
  values: Float32Array,
): StoredPart {
  return plainPart(part, 'F32', shape, (from, to) => values.subarray(from, to))
}

function bytesOf({ buffer, byteLength, byteOffset }: Elements): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function typeOfCodes({ bits, signed }: CodeType): OnnxType {
  if (bits > 4) return bits === 8 ? (signed ? 'I8' : 'U8') : signed ? 'I16' : 'U16'
  if (bits === 4) return signed ? 'INT4' : 'UINT4'
  return signed ? 'INT2' : 'UINT2'
}

/**
 * Codes of 2 to 16 bits, those of less than a byte in one, the first in its lowest bits.
 * @param codeAt of signed types below zero as well
 */
export function codesPart(
  part: PartName,
  type: CodeType,
  shape: readonly number[],
  codeAt: (at: number) => number,
): StoredPart {
  const { bits } = type
  const count = elementCount(shape)
  return {
    ...{ part, type: typeOfCodes(type), shape, size: Math.ceil((bits * count) / 8) },
    content: (from, to) => packed(bits, count, codeAt, from, to),
  }
}

function packed(
  bits: CodeType['bits'],
  count: number,
  codeAt: (at: number) => number,
  from: number,
  to: number,
): Uint8Array {
  const bytes = new Uint8Array(to - from)
  if (bits === 16) {
    for (let at = from; at < to; at++) bytes[at - from] = codeAt(at >> 1) >> (8 * (at & 1))
    return bytes
  }
  const perByte = 8 / bits
  const mask = 2 ** bits - 1
  for (let byte = from, at = from * perByte; byte < to; byte++) {
    let value = 0
    for (let place = 0; place < perByte && at < count; place++, at++)
      value |= (codeAt(at) & mask) << (bits * place)
    bytes[byte - from] = value
  }
  return bytes
}
