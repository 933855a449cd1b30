import { areBfloat16, toBfloat16 } from '../../core/bfloat16'
import { decodeRange } from '../../core/encoded-tensor'
import type { AffineTensor, CodebookTensor, Codes } from '../../core/encoded-tensor'
import type { Precision } from '../../core/model-summary'
import type { ExportTensor, StoredForm } from '../exporter'
import type { OpenedWeight } from '../format'
import { decodeFloats, elementTypes, isElementType, isFloat } from '../named-weights/element-types'
import type { ElementType } from '../named-weights/element-types'
import {
  encodedOf,
  float16Form,
  float32Form,
  floatsOf,
  inPieces,
  isUntouched,
  pieceOf,
  reasonAgainst,
  restoresHalves,
} from '../tfjs-files/stored-values'
import type { CodesInFile } from './coded-weights'

/** One tensor of the file; codes take several for one weight. */
export interface TensorPart {
  /** What it is of its weight. */
  readonly part: 'itself' | 'codes' | 'scale' | 'zero_point' | 'levels'
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly bytes: number
  readonly content: (from: number, to: number) => Uint8Array
}

/** How a file holds a weight. */
export interface HeldForm extends StoredForm {
  readonly parts: readonly TensorPart[]
  /** Of codes, without the names of their parts; null: itself. */
  readonly codes: CodeFacts | null
}

type CodeFacts = Omit<CodesInFile, TensorPart['part']>

/**
 * How a safetensors file holds a weight: as it came where no step has changed it, else as codes with what decodes them,
 * for which the studio says in the metadata how; or as floats where those take less room.
 */
export function heldTensor(
  tensor: ExportTensor,
  source: OpenedWeight,
  precision: Precision,
): HeldForm {
  const { held, spec } = source
  if (spec.dtype !== 'float32') return asBytes(source)
  if (precision !== 'exact')
    return alone(
      source,
      (precision === 'float16' ? float16Form : float32Form)(tensor, source, 'chosen'),
    )
  if (isUntouched(tensor, source)) {
    if (held?.kind === 'codes') return asCodes(held.tensor, source)
    return held?.kind === 'bytes' ? asBytes(source) : asCame(tensor, source)
  }
  if ('kind' in tensor && tensor.kind !== 'float') {
    const coded = asCodes(tensor, source)
    const reason = reasonAgainst(tensor)
    // Whether halves hold all values need not be asked where codes are shorter than those.
    if (reason === null || coded.bytes <= 2 * coded.length) return coded
    const floats = asFloats(tensor, source)
    return coded.bytes < floats.bytes ? coded : { ...floats, reason }
  }
  return asFloats(tensor, source)
}

/** A weight that is kept as it came: of a type or of numbers that nothing computes with, or of floats longer than are computed with. */
function asBytes(source: OpenedWeight): HeldForm {
  const { held, spec, storedAs, values } = source
  if (held?.kind !== 'bytes' || !isElementType(held.type))
    throw new RangeError(`${spec.name} came without its bytes`)
  const { bytes, type } = held
  const width = elementTypes[type].bits / 8
  const form: StoredForm = {
    ...{ name: spec.name, storedAs, reason: 'notQuantized', entry: null },
    ...{ bytes: bytes.length, length: values.length },
    content: (from = 0, to = bytes.length) => bytes.subarray(from, to),
    restored: (from = 0, to = values.length) => pieceOf(values, from, to),
    // Floats that are not finite are read as floats, too.
    ...(spec.dtype === 'bytes' && isFloat(type)
      ? {
          length: bytes.length / width,
          restored: (from = 0, to = bytes.length / width) =>
            decodeFloats(type, bytes.slice(from * width, to * width)),
        }
      : {}),
  }
  return alone(source, form, type)
}

function asCame(tensor: ExportTensor, source: OpenedWeight): HeldForm {
  switch (source.storedAs) {
    case 'float16':
      return alone(source, float16Form(tensor, source, 'notQuantized'))
    case 'bfloat16':
      return asBfloat16(tensor, source)
    default:
      return alone(source, float32Form(tensor, source, 'notQuantized'))
  }
}

/** The shortest floats that hold all values; bfloat16 only where they came as such. */
function asFloats(tensor: ExportTensor, source: OpenedWeight): HeldForm {
  if (source.storedAs === 'bfloat16' && restoresBfloat16(tensor, source))
    return asBfloat16(tensor, source)
  const form = restoresHalves(tensor) ? float16Form : float32Form
  return alone(source, form(tensor, source, 'notQuantized'))
}

function asBfloat16(tensor: ExportTensor, source: OpenedWeight): HeldForm {
  const form: StoredForm = {
    ...{ name: source.spec.name, storedAs: 'bfloat16', reason: 'notQuantized' },
    entry: { tensor: encodedOf(tensor), form: 'float16' },
    ...inPieces(
      2,
      source.values.length,
      (from, to) => toBfloat16(floatsOf(tensor, from, to)),
      (from, to, room) => floatsOf(tensor, from, to, room),
    ),
  }
  return alone(source, form)
}

const PIECE = 2 ** 20

function restoresBfloat16(tensor: ExportTensor, { values }: OpenedWeight): boolean {
  for (let from = 0; from < values.length; from += PIECE)
    if (!areBfloat16(floatsOf(tensor, from, Math.min(values.length, from + PIECE)))) return false
  return true
}

/** A weight that is one tensor of the file. */
function alone(
  { spec: { shape } }: OpenedWeight,
  form: StoredForm,
  type = typeOf(form.storedAs),
): HeldForm {
  const { bytes, content } = form
  return { ...form, codes: null, parts: [{ part: 'itself', type, shape, bytes, content }] }
}

function typeOf(storedAs: StoredForm['storedAs']): ElementType {
  for (const [type, facts] of Object.entries(elementTypes))
    if (facts.storedAs === storedAs && isElementType(type)) return type
  throw new RangeError(`no type of elements is called ${storedAs}`)
}

function asCodes(tensor: AffineTensor | CodebookTensor, { spec }: OpenedWeight): HeldForm {
  const { bits, codes, groups } = tensor
  const mask = tensor.kind === 'affine' ? tensor.mask : null
  const most = mask === null ? 2 ** bits - 1 : 2 ** bits
  const width = most <= 0xff ? 1 : 2
  const parts = [
    partOf('codes', width === 1 ? 'U8' : 'U16', spec.shape, codes.length, (from, to) =>
      codesBetween(codes, mask, most, width, from, to),
    ),
    ...decodingParts(tensor),
  ]
  return {
    ...{ name: spec.name, storedAs: width === 1 ? 'uint8' : 'uint16', reason: null },
    entry: { tensor, form: width === 1 ? 'uint8' : 'uint16' },
    ...{ bytes: sum(parts), length: codes.length },
    content: (from = 0, to = sum(parts)) => joined(parts, from, to),
    restored: (from = 0, to = codes.length, room?: Float32Array) =>
      decodeRange(tensor, from, to, room),
    parts,
    codes: { bits, ...groups, ...(mask === null ? {} : { zero: most }) },
  }
}

/** @param zero the code of what is masked */
function codesBetween(
  codes: Codes,
  mask: Uint8Array | null,
  zero: number,
  width: 1 | 2,
  from: number,
  to: number,
): Codes {
  const piece = (width === 1 ? Uint8Array : Uint16Array).from(codes.subarray(from, to))
  mask?.subarray(from, to).forEach((kept, at) => {
    if (kept === 0) piece[at] = zero
  })
  return piece
}

function decodingParts(tensor: AffineTensor | CodebookTensor): TensorPart[] {
  if (tensor.kind === 'codebook') {
    const { levels } = tensor
    const { length } = levels
    return [partOf('levels', 'F32', [length], length, (from, to) => levels.subarray(from, to))]
  }
  const { scale, zeroPoint } = tensor
  const { length } = scale
  // Half numbers at most, which float32 holds; what a file brought need not be.
  const isShort = zeroPoint.every((point) => Math.fround(point) === point)
  const points = isShort ? Float32Array.from(zeroPoint) : zeroPoint
  return [
    partOf('scale', 'F32', [length], length, (from, to) => scale.subarray(from, to)),
    partOf('zero_point', isShort ? 'F32' : 'F64', [length], length, (from, to) =>
      points.subarray(from, to),
    ),
  ]
}

function partOf(
  part: TensorPart['part'],
  type: ElementType,
  shape: readonly number[],
  length: number,
  held: (from: number, to: number) => Codes | Float32Array | Float64Array,
): TensorPart {
  const width = elementTypes[type].bits / 8
  const bytes = width * length
  return {
    ...{ part, type, shape, bytes },
    content: (from, to) => {
      const first = Math.floor(from / width)
      const { buffer, byteOffset, byteLength } = held(first, Math.ceil(to / width))
      const whole = new Uint8Array(buffer, byteOffset, byteLength)
      return whole.subarray(from - first * width, to - first * width)
    },
  }
}

function sum(parts: readonly TensorPart[]): number {
  return parts.reduce((all, { bytes }) => all + bytes, 0)
}

/** Bytes [from, to) of parts that lie end to end. */
function joined(parts: readonly TensorPart[], from: number, to: number): Uint8Array {
  const out = new Uint8Array(to - from)
  let position = 0
  for (const { bytes, content } of parts) {
    const [start, end] = [Math.max(from, position), Math.min(to, position + bytes)]
    if (start < end) out.set(content(start - position, end - position), start - from)
    position += bytes
  }
  return out
}
