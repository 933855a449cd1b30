import { strFromU8 } from 'fflate'
import { StudioError } from '../../core/errors'
import type { BundleFile } from '../../files/file-bundle'
import { float16ToNumber } from '../../core/float16'
import { readBytes } from '../../files/read-bytes'
import { requireUsableShape } from './array-source'
import { permuteAxes } from './permute-axes'
import { checkedCount, readElements } from '../numbers'
import type { ElementForm, NumberArray } from '../numbers'
import type { Between } from '../../files/between'

/** NumPy itself refuses to evaluate longer ones. */
const LONGEST_HEADER = 10_000
/** Brackets inside brackets, as structured types have them. */
const DEEPEST_HEADER = 32
/** What an array file says of itself. */
export interface NpyHead extends Header {
  readonly file: string
  /** Bytes, such as those of a picture. Booleans are none: their 1 is not one part of 255. */
  readonly isByte: boolean
  /** Where the values begin. */
  readonly begin: number
}

/** @throws StudioError 'data/field', 'data/length', 'data/too-large', 'open/not-read' */
export async function readNpyHead(file: BundleFile): Promise<NpyHead> {
  const { path } = file
  const start = await readBytes(file, 0, Math.min(12, file.size))
  const { headerStart, headerLength } = preamble(path, start)
  const begin = headerStart + headerLength
  if (begin > file.size)
    throw new StudioError('data/length', { file: path, expected: begin, found: file.size })
  const text = strFromU8(await readBytes(file, headerStart, begin), true)
  const header = parseHeader(path, text)
  return { ...header, file: path, begin, isByte: /^[|<>=]?u1$/.test(header.descr) }
}

/**
 * Reads a NumPy array file: versions 1 to 3, real numbers and booleans in either byte order, C or
 * Fortran order (turned into C order).
 * @param most rows, of which there may be more
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @throws StudioError 'data/field', 'data/length', 'data/too-large', 'data/is-empty',
 * 'data/non-finite', 'open/not-read'
 */
export async function readNpy(
  file: BundleFile,
  between: Between,
  most = Infinity,
): Promise<NumberArray> {
  const { path } = file
  const header = await readNpyHead(file)
  const form = elementForm(path, header.descr)
  const count = checkedCount(path, header.shape)
  requireUsableShape(path, header.shape)
  const [rows = 1, ...sides] = header.shape
  const wanted = (count / rows) * Math.min(rows, most)
  // In Fortran order a row lies all over the file.
  const read = header.fortranOrder ? count : wanted
  const bytes = await readNpyValues(file, header, count * form.bytes, read * form.bytes)
  const values = header.isByte
    ? bytes.slice()
    : await readElements(path, bytes, read, form, between)
  const ordered = header.fortranOrder ? await fromFortran(values, header.shape, between) : values
  const shape = rows > most ? [most, ...sides] : header.shape
  return { file: path, shape, values: ordered.subarray(0, wanted) }
}

/**
 * @param length of all values in bytes
 * @param wanted of those that are read
 * @throws StudioError 'data/length', 'open/not-read'
 */
export async function readNpyValues(
  file: BundleFile,
  { begin }: NpyHead,
  length: number,
  wanted = length,
): Promise<Uint8Array> {
  const expected = begin + length
  if (file.size !== expected)
    throw new StudioError('data/length', { file: file.path, expected, found: file.size })
  return readBytes(file, begin, begin + wanted)
}

function wrong(file: string, field: string, expected: string, found: string): StudioError {
  return new StudioError('data/field', { file, field, expected, found })
}

function preamble(file: string, bytes: Uint8Array) {
  const magic = String.fromCharCode(...bytes.subarray(0, 6))
  if (magic !== '\u0093NUMPY')
    throw wrong(file, 'the first six bytes', '\\x93NUMPY', JSON.stringify(magic))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3) throw wrong(file, 'the version', '1, 2 or 3', String(version))
  if (bytes.length < 12)
    throw new StudioError('data/length', { file, expected: 12, found: bytes.length })
  const headerStart = version === 1 ? 10 : 12
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (headerLength > LONGEST_HEADER)
    throw new StudioError('data/too-large', {
      file,
      field: 'the header',
      found: headerLength,
      limit: LONGEST_HEADER,
    })
  return { headerStart, headerLength }
}

interface Header {
  readonly descr: string
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
}

/** A Python dict of exactly three keys; nothing is evaluated. */
function parseHeader(file: string, text: string): Header {
  const members = new LiteralReader(file, text).dict()
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => members.get(key))
  if (members.size !== 3 || descr === undefined || order === undefined || shape === undefined)
    throw wrong(file, 'the header', 'descr, fortran_order and shape', clipped(text))
  if (typeof descr.value !== 'string')
    throw wrong(file, 'the type', 'real numbers', clipped(descr.source))
  if (typeof order.value !== 'boolean')
    throw wrong(file, 'fortran_order', 'True or False', clipped(order.source))
  const sides = Array.isArray(shape.value) ? shape.value : null
  if (sides === null || !shape.source.startsWith('(') || !sides.every(isNumber))
    throw wrong(file, 'the shape', 'a tuple of whole numbers', clipped(shape.source))
  return { descr: descr.value, fortranOrder: order.value, shape: sides }
}

function isNumber(value: Literal): value is number {
  return typeof value === 'number'
}

type Literal = string | number | boolean | null | Literal[]

interface Member {
  readonly value: Literal
  /** As the file spells it. */
  readonly source: string
}

/** Reads the few Python literals of headers: strings, whole numbers, True, False, None, tuples, lists. */
class LiteralReader {
  private readonly file: string
  private readonly text: string
  private at = 0
  /** Where the member starts that a refusal shows. */
  private member = 0

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
  }

  dict(): ReadonlyMap<string, Member> {
    const members = new Map<string, Member>()
    if (this.token() !== '{') throw this.refusal()
    for (let next = this.start(); next !== '}'; next = this.start()) {
      const key = this.literal(0)
      if (typeof key !== 'string' || members.has(key) || this.token() !== ':') throw this.refusal()
      this.skipSpace()
      const from = this.at
      const value = this.literal(0)
      members.set(key, { value, source: this.text.slice(from, this.at) })
      if (this.peek() === '}') continue
      if (this.token() !== ',') throw this.refusal()
    }
    this.token()
    if (this.text.slice(this.at).trim() !== '') throw this.refusal()
    return members
  }

  private start(): string {
    this.skipSpace()
    this.member = this.at
    return this.peek()
  }

  private literal(depth: number): Literal {
    const token = this.token()
    if (token === '(' || token === '[') {
      if (depth === DEEPEST_HEADER) throw this.refusal()
      return this.sequence(token === '(' ? ')' : ']', depth + 1)
    }
    if (token === 'True' || token === 'False') return token === 'True'
    if (token === 'None') return null
    // Python 2 wrote long integers with an L.
    if (/^\d+L?$/.test(token)) return Number(token.replace('L', ''))
    if (/^['"]/.test(token)) return token.slice(1, -1)
    throw this.refusal()
  }

  private sequence(close: string, depth: number): Literal {
    const items: Literal[] = []
    let commas = 0
    while (this.peek() !== close) {
      items.push(this.literal(depth))
      if (this.peek() === close) break
      if (this.token() !== ',') throw this.refusal()
      commas++
    }
    this.token()
    // To Python, (3) is the number 3.
    const [only] = items
    return close === ')' && items.length === 1 && commas === 0 && only !== undefined ? only : items
  }

  private skipSpace(): void {
    while (/\s/.test(this.text.charAt(this.at))) this.at++
  }

  private peek(): string {
    const { at } = this
    const token = this.token()
    this.at = at
    return token
  }

  /** The next token; '' where there is none. */
  private token(): string {
    this.skipSpace()
    const pattern =
      /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|(?:True|False|None|(?:0|[1-9]\d*)L?)(?!\w)|[{}()[\],:]/y
    pattern.lastIndex = this.at
    const token = pattern.exec(this.text)?.[0] ?? ''
    this.at += token.length
    return token
  }

  private refusal(): StudioError {
    const found = this.text.slice(this.member).replace(/\}\s*$/, '')
    return wrong(this.file, 'the header', 'a dict of NumPy', clipped(found))
  }
}

function clipped(text: string): string {
  const trimmed = text.trim()
  return trimmed.length > 60 ? `${trimmed.slice(0, 60)}…` : trimmed
}

/** @see numpy.dtype.str: byte order, kind, bytes */
function elementForm(file: string, descr: string): ElementForm {
  const [, order = '', kind = ''] = /^([|<>=]?)([a-zA-Z]\d+)$/.exec(descr) ?? []
  const little = order !== '>'
  const highAt = little ? 4 : 0
  const lowAt = little ? 0 : 4
  /** Doubles hold whole numbers up to 2^53; what is beyond would be another number. */
  const exact = (high: number, low: number, at: number): number => {
    if (Math.abs(high) < 2 ** 21) return high * 2 ** 32 + low
    const found = BigInt(high) * 2n ** 32n + BigInt(low)
    if (found >= -(2n ** 53n) && found <= 2n ** 53n) return Number(found)
    throw wrong(file, `value ${at / 8}`, 'between -2^53 and 2^53', String(found))
  }
  const forms: Readonly<Record<string, ElementForm>> = {
    b1: {
      bytes: 1,
      read: (view, at) => {
        const byte = view.getUint8(at)
        if (byte > 1) throw wrong(file, `value ${at}`, '0 or 1', String(byte))
        return byte
      },
    },
    u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
    i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
    u2: { bytes: 2, read: (view, at) => view.getUint16(at, little) },
    i2: { bytes: 2, read: (view, at) => view.getInt16(at, little) },
    u4: { bytes: 4, read: (view, at) => view.getUint32(at, little) },
    i4: { bytes: 4, read: (view, at) => view.getInt32(at, little) },
    u8: {
      bytes: 8,
      read: (view, at) =>
        exact(view.getUint32(at + highAt, little), view.getUint32(at + lowAt, little), at),
    },
    i8: {
      bytes: 8,
      read: (view, at) =>
        exact(view.getInt32(at + highAt, little), view.getUint32(at + lowAt, little), at),
    },
    f2: { bytes: 2, read: (view, at) => float16ToNumber(view.getUint16(at, little)) },
    f4: { bytes: 4, read: (view, at) => view.getFloat32(at, little) },
    f8: { bytes: 8, read: (view, at) => view.getFloat64(at, little) },
  }
  const form = Object.hasOwn(forms, kind) ? forms[kind] : undefined
  if (form === undefined) throw wrong(file, 'the type', 'real numbers or booleans', clipped(descr))
  return form
}

/** Fortran order has the first index fastest: the same values with all axes turned round. */
function fromFortran(
  values: NumberArray['values'],
  shape: readonly number[],
  between: Between,
): Promise<NumberArray['values']> {
  const order = shape.map((_, axis) => shape.length - 1 - axis)
  return permuteAxes(values, shape.toReversed(), order, between)
}
