import type { Hdf5Cursor } from './hdf5-cursor'
import type { NumberKind } from './number-kind'

/** What the elements of a dataset or an attribute are. */
export type Hdf5Type =
  | { readonly kind: NumberKind; readonly bytes: number; readonly bigEndian: boolean }
  | { readonly kind: 'text'; readonly bytes: number }
  /** Texts of any length, which lie in a heap. */
  | { readonly kind: 'texts'; readonly bytes: number }
  /** Bytes of which HDF5 knows no more than how many. */
  | { readonly kind: 'opaque'; readonly bytes: number }
  | { readonly kind: 'other'; readonly bytes: number; readonly name: string }

const classNames = [
  ...['whole numbers', 'floats', 'times', 'texts', 'bit fields', 'opaque bytes', 'compounds'],
  ...['references', 'enumerations', 'lists of any length', 'arrays', 'complex numbers'],
]

/** Nesting of types in types: HDF5 itself allows more than anybody writes. */
const DEEPEST = 8

/** @throws StudioError 'open/h5-damaged', 'open/h5-unsupported' */
export function readDatatype(cursor: Hdf5Cursor, depth = 0): Hdf5Type {
  if (depth > DEEPEST) cursor.damaged('types are nested too deep')
  const head = cursor.byte()
  const version = head >> 4
  if (version < 1 || version > 5) cursor.unsupported(`a datatype of version ${version}`)
  const [low, bits] = [cursor.byte(), cursor.uint(2)]
  const bytes = cursor.uint(4)
  if (bytes === 0) cursor.damaged('a type of no bytes')
  const bigEndian = (low & 1) !== 0
  const other = (): Hdf5Type => {
    const name = classNames[head & 15] ?? `class ${head & 15}`
    return { kind: 'other', bytes, name }
  }
  switch (head & 15) {
    case 0: {
      const kind = wholeKind(bytes, (low & 8) !== 0)
      return kind === null ? other() : { kind, bytes, bigEndian }
    }
    case 1: {
      cursor.skip(5)
      const exponent = cursor.byte()
      cursor.skip(1)
      const mantissa = cursor.byte()
      const kind = floatKinds.get(`${bytes} ${exponent} ${mantissa}`)
      return kind === undefined || (low & 0x40) !== 0 ? other() : { kind, bytes, bigEndian }
    }
    case 3:
      return { kind: 'text', bytes }
    case 5:
      return { kind: 'opaque', bytes }
    case 8: {
      const base = readDatatype(cursor, depth + 1)
      // A truth value of NumPy: FALSE and TRUE in one byte.
      return bytes === 1 && base.bytes === 1 && low + (bits << 8) === 2
        ? { kind: 'bool', bytes, bigEndian: false }
        : other()
    }
    case 9:
      return (low & 15) === 1 ? { kind: 'texts', bytes } : other()
    default:
      return other()
  }
}

/** By bytes and by bits of exponent and fraction. */
const floatKinds: ReadonlyMap<string, NumberKind> = new Map([
  ['2 5 10', 'float16'],
  ['2 8 7', 'bfloat16'],
  ['4 8 23', 'float32'],
  ['8 11 52', 'float64'],
])

function wholeKind(bytes: number, signed: boolean): NumberKind | null {
  switch (bytes) {
    case 1:
      return signed ? 'int8' : 'uint8'
    case 2:
      return signed ? 'int16' : 'uint16'
    case 4:
      return signed ? 'int32' : 'uint32'
    case 8:
      return signed ? 'int64' : 'uint64'
    default:
      return null
  }
}

/**
 * The sides of a dataset or an attribute; none of a single value.
 * @returns null where it holds nothing at all
 */
export function readDataspace(cursor: Hdf5Cursor): readonly number[] | null {
  const version = cursor.version('a dataspace', 1, 2)
  const rank = cursor.byte()
  if (rank > 32) cursor.damaged('more than 32 axes')
  cursor.skip(1)
  if (version === 1) cursor.skip(5)
  else if (cursor.byte() === 2) return null
  return Array.from({ length: rank }, () => cursor.length())
}
