import type { EncodedTensor } from '../core/encoded-tensor'
import type { StoredEntry } from '../core/deflate-estimate'
import type { OpenedWeight } from '../formats/format'

const BYTES = { uint8: 1, uint16: 2, float32: 4, float16: 2 } as const

/**
 * How a stock file with 'exact' settings will hold a tensor, without writing it: what the exporter
 * does, except that it also finds floats that happen to fit float16.
 */
export function storedForm(source: OpenedWeight, encoded: EncodedTensor): StoredEntry {
  if (encoded.kind === 'float' && encoded.values === source.values && source.quantized !== null)
    return asOpened(source, source.quantized)
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

/** A weight of a file that was quantized already keeps its codes. */
function asOpened(
  { spec }: OpenedWeight,
  { codes, scale, min }: NonNullable<OpenedWeight['quantized']>,
): StoredEntry {
  const bits = codes instanceof Uint8Array ? 8 : 16
  const zeroPoint = scale === 0 ? 0 : -min / scale
  return {
    tensor: {
      kind: 'affine',
      spec,
      bits,
      codes,
      scale: Float64Array.of(scale),
      zeroPoint: Float64Array.of(zeroPoint),
      mask: null,
    },
    form: bits === 8 ? 'uint8' : 'uint16',
  }
}

/** Shard bytes of stored tensors. */
export function storedBytes(entries: readonly StoredEntry[]): number {
  return entries.reduce((sum, { tensor, form }) => sum + BYTES[form] * lengthOf(tensor), 0)
}

function lengthOf(tensor: EncodedTensor): number {
  return tensor.kind === 'float' ? tensor.values.length : tensor.codes.length
}
