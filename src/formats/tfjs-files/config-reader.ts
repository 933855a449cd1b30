import { StudioError } from '../../core/errors'
import { describeValue } from '../../core/short-text'
import type { Json, JsonObject } from '../../files/read-json'

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The refusal of one field, by its path. */
export function fieldError(
  file: string,
  field: string,
  expected: string,
  found: Json | undefined,
): StudioError {
  return new StudioError('open/field', { file, field, expected, found: describeValue(found) })
}

/** @throws StudioError 'open/field' unless the value is an object */
export function readerOf(file: string, field: string, value: Json | undefined): ConfigReader {
  if (!isObject(value)) throw fieldError(file, field, 'an object', value)
  return new ConfigReader(file, field, value)
}

/**
 * Reads typed fields out of one JSON object and refuses by the full path of the field.
 * Every method throws StudioError 'open/field' with the path, what was expected and what was found.
 */
export class ConfigReader {
  constructor(
    readonly file: string,
    /** Path of the object inside the file. */
    readonly field: string,
    readonly object: JsonObject,
  ) {}

  path(key: string): string {
    return this.field === '' ? key : `${this.field}.${key}`
  }

  fail(key: string, expected: string): never {
    throw fieldError(this.file, this.path(key), expected, this.object[key])
  }

  has(key: string): boolean {
    return this.object[key] !== undefined && this.object[key] !== null
  }

  string(key: string): string {
    const value = this.object[key]
    return typeof value === 'string' ? value : this.fail(key, 'a text')
  }

  array(key: string): Json[] {
    const value = this.object[key]
    return Array.isArray(value) ? value : this.fail(key, 'a list')
  }

  reader(key: string): ConfigReader {
    return readerOf(this.file, this.path(key), this.object[key])
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.object[key]
    if (value === undefined || value === null) return fallback
    return typeof value === 'boolean' ? value : this.fail(key, 'true or false')
  }

  /** A positive whole number that a shape can have. */
  size(key: string): number {
    const value = this.object[key]
    return isSize(value) ? value : this.fail(key, 'a positive whole number')
  }

  /** One size per spatial axis; Keras writes a single number or a list. */
  sizes(key: string, rank: number, fallback?: number): number[] {
    const value = this.object[key]
    if (value === undefined || value === null) {
      if (fallback !== undefined) return Array.from({ length: rank }, () => fallback)
    } else if (isSize(value)) return Array.from({ length: rank }, () => value)
    else if (Array.isArray(value) && value.length === rank && value.every(isSize))
      return value.filter(isSize)
    return this.fail(key, rank === 1 ? 'a positive whole number' : `${rank} positive whole numbers`)
  }
}

export function isSize(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
