import type { EncodedTensor } from '../../core/encoded-tensor'
import type { StoredEntry } from '../../core/deflate-estimate'
import { storedCodes } from '../../core/stored-codes'
import type { OpenedWeight } from '../../formats/format'

const BYTES = { uint8: 1, uint16: 2, float32: 4, float16: 2 } as const

/**
 * How a stock file with 'exact' settings will hold a tensor, without writing it: what the exporter
 * does, except that it also finds floats that happen to fit float16.
 */
export function storedForm(source: OpenedWeight, encoded: EncodedTensor): StoredEntry {
  // A weight of a file that was quantized already keeps its codes.
  if (encoded.kind === 'float' && encoded.values === source.values && source.quantized !== null) {
    const { codes, scale, min } = source.quantized
    const tensor = storedCodes(source.spec, codes, scale, min)
    if (tensor !== null) return { tensor, form: tensor.bits === 8 ? 'uint8' : 'uint16' }
  }
  if (encoded.kind === 'affine' && encoded.mask === null && encoded.scale.length === 1)
    return { tensor: encoded, form: encoded.bits <= 8 ? 'uint8' : 'uint16' }
  return {
    tensor: encoded,
    form:
      source.storedAs === 'float16' && encoded.kind === 'float' && encoded.values === source.values
        ? 'float16'
        : 'float32',
  }
}

/** Shard bytes of stored tensors. */
export function storedBytes(entries: readonly StoredEntry[]): number {
  return entries.reduce((sum, { tensor, form }) => sum + BYTES[form] * lengthOf(tensor), 0)
}

function lengthOf(tensor: EncodedTensor): number {
  return tensor.kind === 'float' ? tensor.values.length : tensor.codes.length
}
