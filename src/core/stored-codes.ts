import type { AffineTensor, Codes } from './encoded-tensor'
import { oneGroup } from './group-layout'
import type { TensorSpec } from './tensor-spec'

/**
 * The codes of a file that was quantized before, as an affine tensor that restores exactly what the
 * file's own `fround(code * scale + min)` restores. Its zero point need not be whole.
 * @returns null where the scale restores nothing
 */
export function storedCodes(
  spec: TensorSpec,
  codes: Codes,
  scale: number,
  min: number,
): AffineTensor | null {
  if (!(scale > 0)) return null
  return {
    kind: 'affine',
    spec,
    bits: codes instanceof Uint8Array ? 8 : 16,
    codes,
    groups: oneGroup(codes.length),
    scale: Float32Array.of(scale),
    zeroPoint: Float64Array.of(-min / scale),
    fromFile: { scale, min },
    mask: null,
  }
}
