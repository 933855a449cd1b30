import type { TensorSummary } from '../../core/model-summary'
import { fromBfloat16, nearestBfloat16, toBfloat16 } from '../../core/bfloat16'
import { fromFloat16, nearestHalves, numberToFloat16 } from '../../core/float16'

/** The types that safetensors names; PyTorch's storages are called alike here. */
export type ElementType = keyof typeof elementTypes

interface TypeFacts {
  /** Of one element. */
  readonly bits: number
  readonly storedAs: TensorSummary['storedAs']
}

export const elementTypes = {
  F64: { bits: 64, storedAs: 'float64' },
  F32: { bits: 32, storedAs: 'float32' },
  F16: { bits: 16, storedAs: 'float16' },
  BF16: { bits: 16, storedAs: 'bfloat16' },
  I64: { bits: 64, storedAs: 'int64' },
  I32: { bits: 32, storedAs: 'int32' },
  I16: { bits: 16, storedAs: 'int16' },
  I8: { bits: 8, storedAs: 'int8' },
  U64: { bits: 64, storedAs: 'uint64' },
  U32: { bits: 32, storedAs: 'uint32' },
  U16: { bits: 16, storedAs: 'uint16' },
  U8: { bits: 8, storedAs: 'uint8' },
  BOOL: { bits: 8, storedAs: 'bool' },
  C64: { bits: 64, storedAs: 'complex64' },
  F8_E4M3: { bits: 8, storedAs: 'float8' },
  F8_E5M2: { bits: 8, storedAs: 'float8' },
  F8_E8M0: { bits: 8, storedAs: 'float8' },
  F8_E4M3FNUZ: { bits: 8, storedAs: 'float8' },
  F8_E5M2FNUZ: { bits: 8, storedAs: 'float8' },
  F6_E2M3: { bits: 6, storedAs: 'float6' },
  F6_E3M2: { bits: 6, storedAs: 'float6' },
  F4: { bits: 4, storedAs: 'float4' },
} as const satisfies Record<string, TypeFacts>

export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(elementTypes, name)
}

/** Types whose values are read as float32; all others are kept byte for byte. */
const floatTypes = ['F64', 'F32', 'F16', 'BF16'] as const
export type FloatType = (typeof floatTypes)[number]
/** Those that hold fewer numbers than float32. */
export type ShortFloat = 'F16' | 'BF16'

export function isFloat(type: ElementType): type is FloatType {
  return (floatTypes as readonly ElementType[]).includes(type)
}

/** Bytes of so many elements; not whole where they share bytes and one is left over. */
export function bytesOf(type: ElementType, elements: number): number {
  return (elementTypes[type].bits * elements) / 8
}

/**
 * Reads floats; those of 64 bits are rounded to float32, all others are as they were.
 * @param bytes little-endian, a copy that the result may keep, aligned for the type
 */
export function decodeFloats(type: FloatType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const { buffer, byteLength, byteOffset } = bytes
  switch (type) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4)
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8))
    case 'F16':
      return fromFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2))
    case 'BF16':
      return fromBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2))
  }
}

/**
 * The nearest numbers of a type, as float32.
 * @param room for as many, which may be the values themselves; left out: another array is made
 */
export function nearestOf(
  type: ShortFloat,
  values: Float32Array,
  room?: Float32Array,
): Float32Array {
  return type === 'F16' ? nearestHalves(values, room) : nearestBfloat16(values, room)
}

/** Bytes of floats, little-endian, rounded to the nearest of the type. */
export function encodeFloats(type: FloatType, values: Float32Array): Uint8Array {
  const encoded = elementsOf(type, values)
  return new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength)
}

function elementsOf(
  type: FloatType,
  values: Float32Array,
): Float32Array | Float64Array | Uint16Array {
  switch (type) {
    case 'F32':
      return values
    case 'F64':
      return Float64Array.from(values)
    case 'F16':
      return Uint16Array.from(values, numberToFloat16)
    case 'BF16':
      return toBfloat16(values)
  }
}
