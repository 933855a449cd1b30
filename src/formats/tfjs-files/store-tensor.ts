import { decodeRange, rangeOf } from '../../core/encoded-tensor'
import type { AffineTensor } from '../../core/encoded-tensor'
import type { Precision } from '../../core/model-summary'
import type { ExportTensor, StoredForm } from '../exporter'
import { codesOfOneRange } from '../format'
import type { OpenedWeight } from '../format'
import {
  float16Form,
  float32Form,
  floatTensor,
  inPieces,
  isUntouched,
  pieceOf,
  reasonAgainst,
  restoresHalves,
} from './stored-values'

/** `quantization` of a manifest entry. */
interface Quantization {
  readonly dtype: 'float16' | 'uint16' | 'uint8'
  readonly scale?: number
  readonly min?: number
  readonly original_dtype?: 'float32' | 'int32'
}

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
      ...{ name, storedAs: dtype === 'bytes' ? source.storedAs : dtype, reason: 'notQuantized' },
      ...{ quantization: null, entry: null },
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
  const reason =
    precision !== 'exact'
      ? 'chosen'
      : isUntouched(tensor, source)
        ? reasonOfFile(source)
        : reasonAgainst(tensor)
  return asFloats((halves ? float16Form : float32Form)(tensor, source, reason))
}

/** Why a weight that no step has changed is written as real numbers: codes of another kind of file, or it came so. */
function reasonOfFile({ held }: OpenedWeight): ManifestForm['reason'] {
  return (held?.kind === 'codes' ? reasonAgainst(held.tensor) : null) ?? 'notQuantized'
}

/** A weight of a file that no step has changed: in the entry that it came in. */
function asOpened(weight: OpenedWeight): ManifestForm {
  if (weight.quantized !== null) return asStored(weight, weight.quantized)
  return weight.storedAs === 'float16'
    ? asFloats(float16Form(weight, weight, reasonOfFile(weight)))
    : asFloats(float32Form(weight, weight, reasonOfFile(weight)))
}

/** An entry of the opened file, code for code. */
function asStored(
  weight: OpenedWeight,
  { codes, scale, min }: NonNullable<OpenedWeight['quantized']>,
): ManifestForm {
  const { spec, values } = weight
  const dtype = codes instanceof Uint8Array ? 'uint8' : 'uint16'
  const tensor = codesOfOneRange(weight) ?? floatTensor(spec, values)
  return {
    ...{ name: spec.name, storedAs: dtype, reason: null, entry: { tensor, form: dtype } },
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

function asFloats(form: StoredForm): ManifestForm {
  return { ...form, quantization: form.storedAs === 'float16' ? { dtype: 'float16' } : null }
}
