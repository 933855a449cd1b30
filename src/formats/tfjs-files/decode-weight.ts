import type { Codes } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { fromFloat16 } from '../../core/float16'
import type { OpenedWeight } from '../format'
import type { ManifestEntry } from './parse-manifest'

/**
 * Decodes the bytes of one entry exactly as stock TensorFlow.js does (`decodeWeight` in io_utils):
 * codes become `fround(code * scale + min)`, for int32 `round(code * scale + min)`.
 * @param bytes little-endian, `entry.bytes` long, a copy that the result may keep
 */
export function decodeWeight(
  entry: Pick<ManifestEntry, 'dtype' | 'storedAs' | 'scale' | 'min'>,
  bytes: Uint8Array<ArrayBuffer>,
): Pick<OpenedWeight, 'values' | 'quantized'> {
  const { buffer, byteOffset } = bytes
  switch (entry.storedAs) {
    case 'float32':
      return { values: new Float32Array(buffer, byteOffset, bytes.length / 4), quantized: null }
    case 'int32':
      return { values: new Int32Array(buffer, byteOffset, bytes.length / 4), quantized: null }
    case 'bool':
      return { values: bytes, quantized: null }
    case 'float16': {
      const halves = new Uint16Array(buffer, byteOffset, bytes.length / 2)
      return { values: fromFloat16(halves), quantized: null }
    }
    case 'uint16':
      return decodeCodes(entry, new Uint16Array(buffer, byteOffset, bytes.length / 2))
    case 'uint8':
      return decodeCodes(entry, bytes)
  }
}

function decodeCodes(
  { dtype, scale, min }: Pick<ManifestEntry, 'dtype' | 'scale' | 'min'>,
  codes: Codes,
): Pick<OpenedWeight, 'values' | 'quantized'> {
  const values = dtype === 'int32' ? new Int32Array(codes.length) : new Float32Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const value = (codes[i] ?? 0) * scale + min
    values[i] = dtype === 'int32' ? Math.round(value) : value
  }
  return { values, quantized: { codes, scale, min } }
}

/**
 * Refuses NaN and infinities, which would spread through every output, and counts exact zeros.
 * @throws StudioError 'open/non-finite'
 */
export function countZeros(file: string, tensor: string, values: OpenedWeight['values']): number {
  const zeros = zerosOfFinite(values)
  if (zeros === null)
    throw new StudioError('open/non-finite', { file, tensor, ...oddNumbers(values) })
  return zeros
}

/** Exact zeros; null where NaN or an infinity is among the values. */
export function zerosOfFinite(values: OpenedWeight['values']): number | null {
  let zeros = 0
  // NaN and the infinities are the only numbers for which this difference is not zero. Nothing branches on a value:
  // half of the time of opening a large model is spent here.
  let odd = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    zeros += value === 0 ? 1 : 0
    odd += value - value
  }
  return odd === 0 ? zeros : null
}

/** What of some values is no finite number, and where the first such is; -1 where all are. */
export interface OddNumbers {
  readonly nan: number
  readonly infinite: number
  readonly firstIndex: number
}

export function oddNumbers(values: OpenedWeight['values']): OddNumbers {
  let nan = 0
  let infinite = 0
  let firstIndex = -1
  for (const [index, value] of values.entries()) {
    if (Number.isFinite(value)) continue
    if (firstIndex < 0) firstIndex = index
    if (Number.isNaN(value)) nan++
    else infinite++
  }
  return { nan, infinite, firstIndex }
}
