import type { DType } from '../../../graph/values'
import type { Json, JsonObject } from '../../../files/read-json'
import { isObject } from '../../tfjs-files/config-reader'

/** A node whose attributes or inputs say nothing that an operator of `src/graph` means: it stays opaque. */
export class NoMeaning extends Error {
  /**
   * @param setting that has none: an attribute, an input, or what is missing
   * @param value of it, as a file would write it; empty where there is none to tell
   */
  constructor(
    readonly setting: string,
    readonly value: string = '',
  ) {
    super(value === '' ? setting : `${setting}=${value}`)
  }
}

/** Longer texts name or explain; none of them is an attribute that is read here. */
const LONGEST_TEXT = 4096

/**
 * What tfjs computes with for each type. Eight bits are left out: TensorFlow wraps them around, tfjs does not.
 */
const dtypes: ReadonlyMap<Json, DType> = new Map<Json, DType>([
  ...(['DT_FLOAT', 'DT_HALF', 'DT_DOUBLE', 1, 19, 2] as const).map(
    (name) => [name, 'float32'] as const,
  ),
  ...(['DT_INT32', 'DT_INT64', 3, 9] as const).map((name) => [name, 'int32'] as const),
  ...(['DT_BOOL', 10] as const).map((name) => [name, 'bool'] as const),
  ...(['DT_STRING', 7] as const).map((name) => [name, 'string'] as const),
])

/** null: tfjs computes with nothing of this type. */
export function dtypeOf(value: Json | undefined): DType | null {
  return dtypes.get(value ?? null) ?? null
}

/**
 * Attributes of a node in the JSON of TensorFlow: `{"i": "3"}`, `{"list": {"i": ["1", "2"]}}`, texts in base64.
 * One that is missing is as TensorFlow defines; without a definition, and where it is something else, every method
 * throws NoMeaning.
 */
export class NodeAttributes {
  constructor(private readonly json: JsonObject) {}

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null
  }

  /** In small letters: tfjs reads names of layouts and paddings so. */
  word(name: string, fallback?: string): string {
    return this.has(name) || fallback === undefined ? this.text(name).toLowerCase() : fallback
  }

  text(name: string): string {
    return textOf(this.value(name)['s'])
  }

  words(name: string): string[] {
    return this.has(name) ? this.list(name, 's').map((item) => textOf(item).toLowerCase()) : []
  }

  whole(name: string, fallback?: number): number {
    return this.has(name) || fallback === undefined ? wholeOf(this.value(name)['i']) : fallback
  }

  wholes(name: string, fallback?: readonly number[]): readonly number[] {
    return this.has(name) || fallback === undefined ? this.list(name, 'i').map(wholeOf) : fallback
  }

  number(name: string, fallback?: number): number {
    if (!this.has(name) && fallback !== undefined) return fallback
    const { f, i } = this.value(name)
    if (i !== undefined) return wholeOf(i)
    if (typeof f === 'number' && Number.isFinite(f)) return f
    throw new NoMeaning(name)
  }

  flag(name: string, fallback: boolean): boolean {
    if (!this.has(name)) return fallback
    const { b } = this.value(name)
    if (b === undefined) return false
    if (typeof b === 'boolean') return b
    throw new NoMeaning(name)
  }

  dtype(name: string, fallback?: DType): DType {
    if (!this.has(name) && fallback !== undefined) return fallback
    const found = dtypeOf(this.value(name)['type'])
    if (found === null) throw new NoMeaning(name)
    return found
  }

  private value(name: string): JsonObject {
    const value = this.json[name]
    if (isObject(value)) return value
    throw new NoMeaning(name)
  }

  /** An empty list is written as `{"list": {}}`. */
  private list(name: string, kind: string): readonly Json[] {
    const { list } = this.value(name)
    if (!isObject(list)) throw new NoMeaning(name)
    const items = list[kind] ?? []
    if (Array.isArray(items)) return items
    throw new NoMeaning(name)
  }
}

function wholeOf(value: Json | undefined): number {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw new NoMeaning('no whole number')
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64, or a list of character codes as older converters wrote. */
function textOf(value: Json | undefined): string {
  if (Array.isArray(value) && value.length <= LONGEST_TEXT)
    return value.map((code) => String.fromCharCode(wholeOf(code))).join('')
  if (typeof value !== 'string' || value.length > LONGEST_TEXT) throw new NoMeaning('no text')
  let [text, bits, known] = ['', 0, 0]
  for (const character of value.replace(/=+$/, '')) {
    const digit = DIGITS.indexOf(character)
    if (digit < 0) throw new NoMeaning('no base64')
    bits = ((bits << 6) | digit) & 0xffff
    known += 6
    if (known >= 8) {
      known -= 8
      text += String.fromCharCode((bits >> known) & 0xff)
    }
  }
  return text
}
