import { nearestBfloat16, toBfloat16 } from '../../../core/bfloat16'
import { decodeRange, rangeOf } from '../../../core/encoded-tensor'
import type { AffineTensor, CodebookTensor } from '../../../core/encoded-tensor'
import { beyondFloat16 } from '../../../core/float16'
import type { EntryForm } from '../../../core/deflate-estimate'
import type { Precision } from '../../../core/model-summary'
import { elementCount } from '../../../core/tensor-spec'
import type { ExportTensor, StoredForm } from '../../exporter'
import type { OpenedWeight } from '../../format'
import {
  decodeFloats,
  elementTypes,
  isElementType,
  isFloat,
  nearestOf,
} from '../../named-weights/element-types'
import type { ShortFloat } from '../../named-weights/element-types'
import {
  encodedOf,
  float16Form,
  float32Form,
  floatsOf,
  isUntouched,
  pieceOf,
  reasonAgainst,
  restoresHalves,
} from '../../tfjs-files/stored-values'
import { storedAsCodes } from '../code-types'
import type { OnnxType } from '../onnx-model'
import { bytesOf, castTo, codedForms } from './coded-forms'
import type { Coded, DecodingNode } from './coded-forms'
import { plainPart } from './stored-part'
import type { StoredPart } from './stored-part'

/** How a file of ONNX holds a weight. */
export interface OnnxForm extends StoredForm {
  readonly parts: readonly StoredPart[]
  /** That make the weight of the parts; none where it stands there itself. */
  readonly nodes: readonly DecodingNode[]
  /** Version of the operators that these need. */
  readonly opset: number
  /** The oldest version 1.x of onnxruntime that runs these; 0: any. */
  readonly runtime: number
}

/** What a file can hold in the place of a weight. */
export interface WeightRoom {
  /** That the file computes with. */
  readonly type: OnnxType
  /** The highest version of the operators that the file can be raised to; 0: nothing may be added. */
  readonly highest: number
  /** Whether every onnxruntime-web is to read it; see `codedForms`. */
  readonly inPages?: boolean
}

/** A cast from halves is as old as all that is read here. */
const OF_HALVES = 9
/** TensorProto.DataType of float32. */
const FLOAT = 1

/**
 * How a file of ONNX holds a weight: in its own tensor where no step has changed it, else as the shortest codes that its
 * operators decode to the very same values, or as floats where those take less room. Where the file computes with floats of 16 bits,
 * the values are rounded to those.
 */
export function onnxForm(
  tensor: ExportTensor,
  source: OpenedWeight,
  precision: Precision,
  room: WeightRoom,
): OnnxForm {
  const { held, spec } = source
  const isOwn = isUntouched(tensor, source)
  const isHeldSo = isOwn && held?.kind === 'bytes' && held.type === room.type
  if (spec.dtype !== 'float32' || isHeldSo) return asBytes(source)
  if (room.type !== 'F32') {
    const { type } = room
    const coded = precision === 'exact' ? asCodesOf(type, tensor, source, room) : null
    return coded ?? asOwnType(tensor, source, type)
  }
  if (precision !== 'exact')
    return precision === 'float16' && OF_HALVES <= room.highest
      ? asHalves(tensor, source, 'chosen')
      : itself(source, float32Form(tensor, source, 'chosen'))
  const kept = isOwn && held?.kind === 'codes' ? held.tensor : tensor
  if (!('kind' in kept) || kept.kind === 'float')
    return isOwn
      ? itself(source, float32Form(tensor, source, 'notQuantized'))
      : asFloats(tensor, source, room)
  const [shortest] = codedForms(kept, room.highest, room.inPages)
  const length = elementCount(spec.shape)
  // Whether halves hold all values need not be asked where codes are shorter than those.
  if (shortest !== undefined && bytesOf(shortest.parts) <= 2 * length)
    return asCodes(kept, source, shortest)
  const floats = asFloats(kept, source, room)
  return shortest !== undefined && bytesOf(shortest.parts) < floats.bytes
    ? asCodes(kept, source, shortest)
    : { ...floats, reason: reasonAgainst(kept) ?? 'perChannel' }
}

/** Codes that become floats of a type other than float32; null: those would be no longer. */
function asCodesOf(
  type: OnnxType,
  tensor: ExportTensor,
  source: OpenedWeight,
  { highest, inPages }: WeightRoom,
): OnnxForm | null {
  if (type !== 'F16' && type !== 'BF16' && type !== 'F64') return null
  const { held, spec } = source
  const isCoded = held?.kind === 'codes' || held?.kind === 'roundedCodes'
  const kept = isCoded && isUntouched(tensor, source) ? held.tensor : tensor
  if (!('kind' in kept) || kept.kind === 'float') return null
  if (type !== 'F64' && !isWithin(type, kept)) return null
  const [shortest] = codedForms(kept, highest, inPages)
  const own = (elementTypes[type].bits / 8) * elementCount(spec.shape)
  if (shortest === undefined || bytesOf(shortest.parts) >= own) return null
  const coded = castTo(type, shortest)
  if (coded.opset > highest) return null
  const form = asCodes(kept, source, coded)
  // A number of 64 bits holds each of 32.
  if (type === 'F64') return form
  return {
    ...form,
    restored: (from = 0, to = form.length, room?: Float32Array) =>
      nearestOf(type, decodeRange(kept, from, to, room), room),
  }
}

/** Whether floats of 16 bits reach as far as anything that codes can stand for. */
function isWithin(type: ShortFloat, tensor: AffineTensor | CodebookTensor): boolean {
  const reaches = (values: Float32Array): boolean =>
    type === 'F16' ? beyondFloat16(values) < 0 : nearestBfloat16(values).every(Number.isFinite)
  if (tensor.kind === 'codebook') return reaches(tensor.levels)
  const last = 2 ** tensor.bits - 1
  return tensor.scale.every((_, group) => {
    const { min, scale } = rangeOf(tensor, group)
    return reaches(Float32Array.of(min, min + last * scale))
  })
}

/** The shortest floats that hold all values. */
function asFloats(tensor: ExportTensor, source: OpenedWeight, { highest }: WeightRoom): OnnxForm {
  return OF_HALVES <= highest && restoresHalves(tensor)
    ? asHalves(tensor, source, 'notQuantized')
    : itself(source, float32Form(tensor, source, 'notQuantized'))
}

/** Bytes of a type that is not computed with, or longer than what is computed with. */
function asBytes(source: OpenedWeight): OnnxForm {
  const { held, spec, storedAs, values } = source
  const bytes =
    held?.kind === 'bytes'
      ? held.bytes
      : new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return itself(source, {
    ...{ name: spec.name, storedAs, reason: 'notQuantized', entry: null },
    ...{ bytes: bytes.length, length: values.length },
    content: (from = 0, to = bytes.length) => bytes.subarray(from, to),
    restored: (from = 0, to = values.length) => pieceOf(values, from, to),
  })
}

/** A weight that the file computes with in other floats: those, rounded to them. */
function asOwnType(tensor: ExportTensor, source: OpenedWeight, type: OnnxType): OnnxForm {
  const { spec, storedAs } = source
  const reason = isUntouched(tensor, source) ? 'notQuantized' : 'ownType'
  if (type === 'F16') return itself(source, float16Form(tensor, source, reason))
  if (!isElementType(type) || !isFloat(type)) throw new RangeError(`${spec.name} holds no floats`)
  const width = elementTypes[type].bits / 8
  const length = elementCount(spec.shape)
  const held = (from: number, to: number): Float64Array | Uint16Array =>
    type === 'BF16'
      ? toBfloat16(floatsOf(tensor, from, to))
      : Float64Array.from(floatsOf(tensor, from, to))
  const { content } = plainPart('itself', type === 'BF16' ? 'BF16' : 'F64', spec.shape, held)
  return itself(source, {
    ...{ name: spec.name, storedAs, reason, bytes: width * length, length },
    entry: { tensor: encodedOf(tensor), form: type === 'BF16' ? 'float16' : 'float32' },
    content: (from = 0, to = width * length) => content(from, to),
    restored: (from = 0, to = length) => {
      const { buffer, byteOffset, byteLength } = held(from, to)
      return decodeFloats(type, new Uint8Array(buffer, byteOffset, byteLength).slice())
    },
  })
}

/** A weight that stands in the file itself. */
function itself(source: OpenedWeight, form: StoredForm, type: OnnxType = 'F32'): OnnxForm {
  const { bytes: size, content } = form
  const { shape } = source.spec
  return {
    ...form,
    parts: [{ part: 'itself', type, shape, size, content }],
    nodes: [],
    opset: 0,
    runtime: 0,
  }
}

/** Halves, and the cast that makes them what the file computes with. */
function asHalves(
  tensor: ExportTensor,
  source: OpenedWeight,
  reason: StoredForm['reason'],
): OnnxForm {
  const form = float16Form(tensor, source, reason)
  const { bytes: size, content } = form
  const { shape } = source.spec
  return {
    ...form,
    parts: [{ part: 'float16', type: 'F16', shape, size, content }],
    nodes: [{ op: 'Cast', inputs: ['float16'], output: 'itself', attributes: { to: FLOAT } }],
    ...{ opset: OF_HALVES, runtime: 0 },
  }
}

function asCodes(
  tensor: AffineTensor | CodebookTensor,
  { spec }: OpenedWeight,
  { nodes, opset, parts, runtime, type }: Coded,
): OnnxForm {
  const { length } = tensor.codes
  const size = bytesOf(parts)
  const form: EntryForm = `uint${type.bits}`
  return {
    ...{ name: spec.name, storedAs: storedAsCodes(type), reason: null, entry: { tensor, form } },
    ...{ bytes: size, length, parts, nodes, opset, runtime },
    content: (from = 0, to = size) => joined(parts, from, to),
    restored: (from = 0, to = length, room?: Float32Array) => decodeRange(tensor, from, to, room),
  }
}

/** Bytes [from, to) of parts that lie end to end. */
function joined(parts: readonly StoredPart[], from: number, to: number): Uint8Array {
  const out = new Uint8Array(to - from)
  let position = 0
  for (const { content, size } of parts) {
    const [start, end] = [Math.max(from, position), Math.min(to, position + size)]
    if (start < end) out.set(content(start - position, end - position), start - from)
    position += size
  }
  return out
}
