import { strFromU8 } from 'fflate'
import { StudioError } from '../core/errors'
import { limits } from './limits'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

/**
 * Names that are properties of every JavaScript object. TensorFlow.js keeps layers and weights in
 * plain objects, so a layer called `toString` breaks it and one called `__proto__` vanishes.
 */
const forbiddenNames: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
])

/**
 * Refuses names that are unsafe as keys, alone or as a part of a path such as `dense/kernel`.
 * @throws StudioError 'open/forbidden-name'
 */
export function checkName(file: string, field: string, name: string): void {
  if (isForbidden(name)) throw new StudioError('open/forbidden-name', { file, field, name })
}

/** Whether a name, or a part of a path, is unsafe as a key. */
export function isForbidden(name: string): boolean {
  return name.split('/').some((part) => forbiddenNames.has(part))
}

/**
 * Parses untrusted JSON: depth is bounded before `JSON.parse` sees the text, syntax errors carry the
 * line and column that a text editor shows, and no key is a name of `Object.prototype`.
 * @throws StudioError 'open/json-depth', 'open/json-syntax', 'open/forbidden-name'
 */
export function parseJson(file: string, bytes: Uint8Array): Json {
  const text = strFromU8(bytes).replace(/^\uFEFF/, '')
  checkDepth(file, text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw syntaxError(file, text)
  }
  return checked(file, '', value)
}

function checkDepth(file: string, text: string): void {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        i = stringEnd(text, i)
        break
      case 0x5b:
      case 0x7b:
        if (++depth > limits.jsonDepth)
          throw new StudioError('open/json-depth', { file, limit: limits.jsonDepth })
        break
      case 0x5d:
      case 0x7d:
        depth--
    }
  }
}

/** Index of the closing quote, or the end of the text. */
function stringEnd(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && text.charCodeAt(end) !== 0x22)
    end += text.charCodeAt(end) === 0x5c ? 2 : 1
  return end
}

function checked(file: string, field: string, value: unknown): Json {
  if (Array.isArray(value))
    return value.map((item, index) => checked(file, `${field}[${index}]`, item))
  if (typeof value === 'object' && value !== null) {
    const result: JsonObject = {}
    for (const [key, item] of Object.entries(value)) {
      if (forbiddenNames.has(key))
        throw new StudioError('open/forbidden-name', {
          file,
          field: field || 'top level',
          name: key,
        })
      result[key] = checked(file, field === '' ? key : `${field}.${key}`, item)
    }
    return result
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'number' ? value : null
}

/** Finds the first place that breaks the grammar; engines word and place this differently. */
function syntaxError(file: string, text: string): StudioError {
  const { at, expected } = new JsonChecker(text).firstError()
  const before = text.slice(0, at).split('\n')
  const found =
    at >= text.length ? 'the end of the file' : JSON.stringify(text.slice(at, at + 1)).slice(1, -1)
  return new StudioError('open/json-syntax', {
    file,
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    expected,
    found,
  })
}

class GrammarError extends Error {
  constructor(
    readonly at: number,
    readonly expected: string,
  ) {
    super(expected)
  }
}

/** A grammar check after RFC 8259; recursion is safe because the depth is already bounded. */
class JsonChecker {
  private at = 0
  constructor(private readonly text: string) {}

  firstError(): { at: number; expected: string } {
    try {
      this.value()
      this.space()
      return { at: this.at, expected: 'the end of the file' }
    } catch (error) {
      if (error instanceof GrammarError) return error
      throw error
    }
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text.charAt(this.at))) this.at++
  }

  private fail(expected: string): never {
    throw new GrammarError(this.at, expected)
  }

  private value(): void {
    this.space()
    const char = this.text.charAt(this.at)
    if (char === '{') this.members('}')
    else if (char === '[') this.members(']')
    else if (char === '"') this.string()
    else {
      const token = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y
      token.lastIndex = this.at
      const match = token.exec(this.text)
      if (match === null) this.fail('a value')
      this.at += match[0].length
    }
  }

  private members(close: '}' | ']'): void {
    this.at++
    this.space()
    if (this.text.charAt(this.at) === close) {
      this.at++
      return
    }
    for (;;) {
      if (close === '}') {
        this.space()
        if (this.text.charAt(this.at) !== '"') this.fail('a name in double quotes')
        this.string()
        this.space()
        if (this.text.charAt(this.at) !== ':') this.fail(':')
        this.at++
      }
      this.value()
      this.space()
      const next = this.text.charAt(this.at)
      if (next !== ',' && next !== close) this.fail(`, or ${close}`)
      this.at++
      if (next === close) return
    }
  }

  private string(): void {
    this.at++
    for (;;) {
      const char = this.text.charAt(this.at)
      if (char === '"') break
      if (char === '' || char < ' ') this.fail('a closing double quote')
      if (char === '\\') {
        const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y
        escape.lastIndex = this.at
        const match = escape.exec(this.text)
        if (match === null) this.fail('a valid escape after \\')
        this.at += match[0].length
      } else this.at++
    }
    this.at++
  }
}
