import { decodeRange, rangeOf, sharedLevels } from '../../core/encoded-tensor'
import type { AffineTensor, EncodedTensor } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import {
  areFloat16,
  beyondFloat16,
  float16Table,
  numberToFloat16,
  whichAreFloat16,
} from '../../core/float16'
import { hasBlocks } from '../../core/group-layout'
import { storedCodes } from '../../core/stored-codes'
import type { Precision } from '../../core/model-summary'
import type { ExportTensor, RestoredValues, StoredForm, StoredTensor } from '../exporter'
import type { OpenedWeight } from '../format'

/** `quantization` of a manifest entry. */
interface Quantization {
  readonly dtype: 'float16' | 'uint16' | 'uint8'
  readonly scale?: number
  readonly min?: number
  readonly original_dtype?: 'float32' | 'int32'
}

/** Weights that are looked at or rounded at once: large tensors are never decoded whole. */
const PIECE = 2 ** 20

/** A tensor as an entry of a manifest. */
export interface ManifestForm extends StoredForm {
  readonly quantization: Quantization | null
}

/**
 * How a stock TensorFlow.js file holds a tensor. tfjs decodes `code * scale + min` in double precision
 * and rounds once, which is the studio's own definition of decoding: an entry of codes is exact for any
 * bits up to 16, as long as one scale and one min serve all of them.
 */
export function storeTensor(
  tensor: ExportTensor,
  source: OpenedWeight,
  precision: Precision,
): ManifestForm {
  const { name, dtype } = source.spec
  if (dtype !== 'float32')
    return {
      ...{ name, storedAs: dtype, reason: 'notQuantized', quantization: null, entry: null },
      ...inPieces(source.values.BYTES_PER_ELEMENT, source.values.length, (from, to) =>
        pieceOf(source.values, from, to),
      ),
    }
  if (precision === 'exact') {
    if (!('kind' in tensor)) return asOpened(tensor)
    if (isUntouched(tensor, source) && source.quantized !== null)
      return asStored(source, source.quantized)
    if ('kind' in tensor && tensor.kind === 'affine' && reasonAgainst(tensor) === null)
      return asCodes(tensor)
  }
  const halves = precision === 'float16' || (precision === 'exact' && restoresHalves(tensor))
  const reason = precision === 'exact' ? reasonAgainst(tensor) : 'chosen'
  return halves ? asFloat16(tensor, source, reason) : asFloat32(tensor, source, reason)
}

/** @returns why float16 cannot hold a tensor; null where it can */
export function refuseFloat16(tensor: ExportTensor, source: OpenedWeight): StudioError | null {
  const { spec, values } = source
  if (spec.dtype !== 'float32') return null
  for (let from = 0; from < values.length; from += PIECE) {
    const to = Math.min(values.length, from + PIECE)
    const refusal = beyondRange(spec.name, floatsOf(tensor, from, to), from)
    if (refusal !== null) return refusal
  }
  return null
}

/** @param from index of the first value in its tensor */
function beyondRange(tensor: string, values: Float32Array, from: number): StudioError | null {
  const index = beyondFloat16(values)
  return index < 0
    ? null
    : new StudioError('export/float16-range', {
        tensor,
        index: from + index,
        value: values[index] ?? NaN,
      })
}

function isUntouched(tensor: ExportTensor, source: OpenedWeight): boolean {
  return 'kind' in tensor && tensor.kind === 'float' && tensor.values === source.values
}

/** Why an entry with one scale and one min cannot hold the tensor exactly; null when it can. */
function reasonAgainst(tensor: ExportTensor): StoredTensor['reason'] {
  if (!('kind' in tensor) || tensor.kind === 'float') return 'notQuantized'
  if (tensor.kind === 'codebook') return 'mean'
  if (tensor.mask !== null) return 'linearWithMask'
  if (tensor.scale.length === 1) return null
  return hasBlocks(tensor.groups) ? 'perGroup' : 'perChannel'
}

/** A weight of a file that no step has changed: in the entry that it came in. */
function asOpened(weight: OpenedWeight): ManifestForm {
  if (weight.quantized !== null) return asStored(weight, weight.quantized)
  return weight.storedAs === 'float16'
    ? asFloat16(weight, weight, 'notQuantized')
    : asFloat32(weight, weight, 'notQuantized')
}

/** An entry of the opened file, code for code. */
function asStored(
  { spec, values, storedAs }: OpenedWeight,
  { codes, scale, min }: NonNullable<OpenedWeight['quantized']>,
): ManifestForm {
  const dtype = codes instanceof Uint8Array ? 'uint8' : 'uint16'
  const tensor = storedCodes(spec, codes, scale, min) ?? floatTensor(spec, values)
  return {
    ...{ name: spec.name, storedAs, reason: null, entry: { tensor, form: dtype } },
    quantization: { dtype, scale, min, original_dtype: 'float32' },
    ...inPieces(
      codes.BYTES_PER_ELEMENT,
      codes.length,
      (from, to) => codes.subarray(from, to),
      (from, to) => pieceOf(values, from, to),
    ),
  }
}

function asCodes(tensor: AffineTensor): ManifestForm {
  const { spec, codes } = tensor
  const dtype = tensor.bits <= 8 ? 'uint8' : 'uint16'
  const Elements = dtype === 'uint8' ? Uint8Array : Uint16Array
  return {
    ...{ name: spec.name, storedAs: dtype, reason: null, entry: { tensor, form: dtype } },
    quantization: { dtype, ...rangeOf(tensor, 0), original_dtype: 'float32' },
    ...inPieces(
      Elements.BYTES_PER_ELEMENT,
      codes.length,
      (from, to) => Elements.from(codes.subarray(from, to)),
      (from, to) => decodeRange(tensor, from, to),
    ),
  }
}

function asFloat32(
  tensor: ExportTensor,
  source: OpenedWeight,
  reason: StoredTensor['reason'],
): ManifestForm {
  const { name } = source.spec
  return {
    ...{ name, storedAs: 'float32', reason, quantization: null },
    entry: { tensor: encodedOf(tensor), form: 'float32' },
    ...inPieces(4, source.values.length, (from, to) => floatsOf(tensor, from, to)),
  }
}

function asFloat16(
  tensor: ExportTensor,
  source: OpenedWeight,
  reason: StoredTensor['reason'],
): ManifestForm {
  const { name } = source.spec
  return {
    ...{ name, storedAs: 'float16', reason, quantization: { dtype: 'float16' } },
    entry: { tensor: encodedOf(tensor), form: 'float16' },
    ...inPieces(
      2,
      source.values.length,
      (from, to) => {
        const values = floatsOf(tensor, from, to)
        const refusal = beyondRange(name, values, from)
        if (refusal !== null) throw refusal
        return Uint16Array.from(values, numberToFloat16)
      },
      (from, to) => {
        const table = float16Table()
        return floatsOf(tensor, from, to).map((value) => table[numberToFloat16(value)] ?? NaN)
      },
    ),
  }
}

function encodedOf(tensor: ExportTensor): EncodedTensor {
  return 'kind' in tensor ? tensor : floatTensor(tensor.spec, tensor.values)
}

function floatTensor(spec: OpenedWeight['spec'], values: OpenedWeight['values']): EncodedTensor {
  return { kind: 'float', spec, values: floats(values) }
}

/** Decoded values [from, to) of a float32 weight; nobody may change them. */
function floatsOf(tensor: ExportTensor, from: number, to: number): Float32Array {
  return 'kind' in tensor ? decodeRange(tensor, from, to) : floats(pieceOf(tensor.values, from, to))
}

function floats(values: OpenedWeight['values']): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values)
}

const knownHalves = new WeakMap<object, boolean>()

/**
 * Whether float16 holds the decoded values without changing one. Asked for every tensor while a slider
 * moves: it ends at the first value that does not fit, and is remembered where it had to see them all.
 */
function restoresHalves(tensor: ExportTensor): boolean {
  const key = 'kind' in tensor && tensor.kind !== 'float' ? tensor : tensor.values
  const known = knownHalves.get(key)
  if (known !== undefined) return known
  const all = allHalves(tensor)
  knownHalves.set(key, all)
  return all
}

function allHalves(tensor: ExportTensor): boolean {
  const levels =
    'kind' in tensor && tensor.kind !== 'float' ? { tensor, shared: sharedLevels(tensor) } : null
  if (levels?.shared) {
    const { codes } = levels.tensor
    const isHalf = whichAreFloat16(levels.shared)
    const mask = levels.tensor.kind === 'affine' ? levels.tensor.mask : null
    return codes.every((code, index) => isHalf[code] === 1 || mask?.[index] === 0)
  }
  const { length } = 'kind' in tensor && tensor.kind !== 'float' ? tensor.codes : tensor.values
  for (let from = 0; from < length; from += PIECE)
    if (!areFloat16(floatsOf(tensor, from, Math.min(length, from + PIECE)))) return false
  return true
}

type Elements = Float32Array | Int32Array | Uint16Array | Uint8Array

/**
 * A tensor in the file, made and read in pieces.
 * @param width bytes of an element in the file
 * @param held elements [from, to) as the file holds them
 * @param restored the same as a reader gets them, where that is something else
 */
function inPieces(
  width: number,
  length: number,
  held: (from: number, to: number) => Elements,
  restored: (from: number, to: number) => RestoredValues = held as typeof restored,
): Pick<StoredForm, 'bytes' | 'length' | 'content' | 'restored'> {
  const bytes = width * length
  return {
    bytes,
    length,
    content: (from = 0, to = bytes) => {
      const first = Math.floor(from / width)
      const whole = bytesOf(held(first, Math.ceil(to / width)))
      return whole.subarray(from - first * width, to - first * width)
    },
    restored: (from = 0, to = length) => restored(from, to),
  }
}

/** The array itself where all of it is asked for, so that it can be known again. */
function pieceOf<Values extends RestoredValues>(values: Values, from: number, to: number): Values {
  return from === 0 && to === values.length ? values : (values.subarray(from, to) as Values)
}

function bytesOf(values: Elements): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
