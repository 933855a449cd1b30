import { decodeRange, isArray } from '../../../core/encoded-tensor'
import type { AffineTensor, CodebookTensor } from '../../../core/encoded-tensor'
import type { Precision } from '../../../core/model-summary'
import type { ExportTensor, StoredForm } from '../../exporter'
import type { OpenedWeight } from '../../format'
import { storeTensor } from '../store-tensor'
import type { ManifestForm } from '../store-tensor'
import { reasonAgainst } from '../stored-values'
import type { Decoding } from './decoding-writer'
import { writeDecoding } from './write-decoding'

/** A tensor as an entry of a manifest, or as several of which the graph makes it. */
export interface GraphForm extends ManifestForm {
  /** null: it is an entry itself. */
  readonly decoding: Decoding | null
}

/**
 * How a file of TensorFlow.js holds a tensor: an entry, or where `packed` is wanted and takes less room, codes that
 * operators of the graph decode.
 */
export function storeInGraph(
  tensor: ExportTensor,
  source: OpenedWeight,
  precision: Precision,
): GraphForm {
  const packed = precision === 'packed' ? packedForm(tensor, source) : null
  return (
    packed ?? {
      ...storeTensor(tensor, source, precision === 'packed' ? 'exact' : precision),
      decoding: null,
    }
  )
}

/** @returns null where an entry without decoding is as small */
function packedForm(tensor: ExportTensor, source: OpenedWeight): GraphForm | null {
  const coded = codesOf(tensor, source)
  // Fused operators take no bias that was put into another shape, and vectors are few bytes.
  if (coded === null || source.spec.shape.length < 2) return null
  const decoding = writeDecoding(coded)
  if (decoding === null) return null
  const form = formOf(source.spec.name, coded, decoding)
  const isOneRange = reasonAgainst(coded) === null
  // Whether halves hold all values need not be asked where codes are shorter than those.
  if (!isOneRange && form.bytes < 2 * form.length) return form
  return form.bytes < storeTensor(tensor, source, 'exact').bytes ? form : null
}

/** The codes of a step, or those that a file of another kind came with. */
function codesOf(
  tensor: ExportTensor,
  { held, spec, values }: OpenedWeight,
): AffineTensor | CodebookTensor | null {
  if (spec.dtype !== 'float32') return null
  if ('kind' in tensor && tensor.kind !== 'float') return tensor
  if (held?.kind !== 'codes') return null
  return !('kind' in tensor) || isArray(tensor, values) ? { ...held.tensor, spec } : null
}

const widths = { 1: 'uint1', 2: 'uint2', 4: 'uint4', 8: 'uint8', 16: 'uint16' } as const

function formOf(
  name: string,
  tensor: AffineTensor | CodebookTensor,
  { nodes, parts, width }: NonNullable<ReturnType<typeof writeDecoding>>,
): GraphForm {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  const { length } = tensor.codes
  return {
    ...{ name, storedAs: widths[width], reason: null, quantization: null, bytes, length },
    entry: { tensor, form: width === 16 ? 'uint16' : 'uint8' },
    content: (from = 0, to = bytes) => joined(parts, from, to),
    restored: (from = 0, to = length, room?: Float32Array) => decodeRange(tensor, from, to, room),
    decoding: { nodes, parts },
  }
}

/** Bytes [from, to) of parts that lie end to end. */
function joined(
  parts: readonly Pick<StoredForm, 'bytes' | 'content'>[],
  from: number,
  to: number,
): Uint8Array {
  const out = new Uint8Array(to - from)
  let position = 0
  for (const { bytes, content } of parts) {
    const [start, end] = [Math.max(from, position), Math.min(to, position + bytes)]
    if (start < end) out.set(content(start - position, end - position), start - from)
    position += bytes
  }
  return out
}
