import { strFromU8 } from 'fflate'
import { StudioError } from '../core/errors'
import type { BundleFile } from '../core/file-bundle'
import { float16ToNumber } from '../core/float16'
import type { Checkpoint } from '../formats/format'
import { readBytes } from '../formats/read-bytes'
import { checkedCount, readElements } from './numbers'
import type { ElementForm, NumberArray } from './numbers'

/** NumPy itself refuses to evaluate longer ones. */
const LONGEST_HEADER = 10_000

/**
 * Reads a NumPy array file: versions 1 to 3, real numbers and booleans in either byte order, C or
 * Fortran order (turned into C order).
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @throws StudioError 'data/field', 'data/length', 'data/too-large', 'data/is-empty',
 * 'data/non-finite', 'open/not-read'
 */
export async function readNpy(file: BundleFile, checkpoint: Checkpoint): Promise<NumberArray> {
  const { path } = file
  const start = await readBytes(file, 0, Math.min(12, file.size))
  const { headerStart, headerLength } = preamble(path, start)
  const begin = headerStart + headerLength
  if (begin > file.size)
    throw new StudioError('data/length', { file: path, expected: begin, found: file.size })
  const text = strFromU8(await readBytes(file, headerStart, begin), true)
  const header = parseHeader(path, text)
  const form = elementForm(path, header.descr)
  const count = checkedCount(path, header.shape)
  const expected = begin + count * form.bytes
  if (file.size !== expected)
    throw new StudioError('data/length', { file: path, expected, found: file.size })
  const bytes = await readBytes(file, begin, file.size)
  const isByte = /^[|<>=]?(?:u1|b1)$/.test(header.descr)
  const values = isByte ? bytes.slice() : await readElements(path, bytes, count, form, checkpoint)
  const ordered = header.fortranOrder ? toRowMajor(values, header.shape) : values
  return { file: path, shape: header.shape, values: ordered }
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
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1]
  const member =
    /\s*(?:'(\w+)'|"(\w+)")\s*:\s*(?:'([^']*)'|"([^"]*)"|(True|False)|\(([\d\s,L]*)\)|(\[[^\]]*\]))\s*(?:,|$)/y
  const found = new Map<string, RegExpExecArray>()
  for (let at = 0; body !== undefined && body.slice(at).trim() !== ''; at = member.lastIndex) {
    member.lastIndex = at
    const match = member.exec(body)
    if (match === null) throw wrong(file, 'the header', 'a dict of NumPy', clipped(body.slice(at)))
    found.set(match[1] ?? match[2] ?? '', match)
  }
  const descr = found.get('descr')
  const order = found.get('fortran_order')?.[5]
  const shape = found.get('shape')?.[6]
  if (body === undefined || descr === undefined || order === undefined || shape === undefined)
    throw wrong(file, 'the header', 'descr, fortran_order and shape', clipped(text))
  const type = descr[3] ?? descr[4]
  if (type === undefined) throw wrong(file, 'the type', 'real numbers', clipped(descr[7] ?? ''))
  return {
    descr: type,
    fortranOrder: order === 'True',
    shape: shape
      .split(',')
      .map((side) => side.replace('L', '').trim())
      .filter((side) => side !== '')
      .map(Number),
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
  const big = (high: number, low: number): number => high * 2 ** 32 + low
  const forms: Readonly<Record<string, ElementForm>> = {
    b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
    u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
    i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
    u2: { bytes: 2, read: (view, at) => view.getUint16(at, little) },
    i2: { bytes: 2, read: (view, at) => view.getInt16(at, little) },
    u4: { bytes: 4, read: (view, at) => view.getUint32(at, little) },
    i4: { bytes: 4, read: (view, at) => view.getInt32(at, little) },
    u8: {
      bytes: 8,
      read: (view, at) =>
        big(
          view.getUint32(at + (little ? 4 : 0), little),
          view.getUint32(at + (little ? 0 : 4), little),
        ),
    },
    i8: {
      bytes: 8,
      read: (view, at) =>
        big(
          view.getInt32(at + (little ? 4 : 0), little),
          view.getUint32(at + (little ? 0 : 4), little),
        ),
    },
    f2: { bytes: 2, read: (view, at) => float16ToNumber(view.getUint16(at, little)) },
    f4: { bytes: 4, read: (view, at) => view.getFloat32(at, little) },
    f8: { bytes: 8, read: (view, at) => view.getFloat64(at, little) },
  }
  const form = Object.hasOwn(forms, kind) ? forms[kind] : undefined
  if (form === undefined) throw wrong(file, 'the type', 'real numbers or booleans', descr)
  return form
}

/** Fortran order has the first index fastest. */
function toRowMajor<Values extends Uint8Array | Float64Array>(
  values: Values,
  shape: readonly number[],
): Values {
  const out = values.slice() as Values
  const strides: number[] = []
  let stride = 1
  for (const side of shape) {
    strides.push(stride)
    stride *= side
  }
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < out.length; to++) {
    out[to] = values[from] ?? 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const side = shape[axis] ?? 1
      const step = strides[axis] ?? 0
      const next = (index[axis] ?? 0) + 1
      if (next < side) {
        index[axis] = next
        from += step
        break
      }
      index[axis] = 0
      from -= step * (side - 1)
    }
  }
  return out
}
