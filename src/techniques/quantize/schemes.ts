import { encodeAffine } from './affine'
import type { Encoding, RangedWeights } from './encoding'
import { encodeLinear } from './linear'
import { encodeMean } from './mean'
import type { QuantizeSettings } from './quantize-settings'

/**
 * Encodes weights within ranges that were chosen before.
 * @throws StudioError 'quantize/table-too-large'
 */
export function encodeWithin(
  weights: RangedWeights,
  { scheme, bits, symmetry }: QuantizeSettings,
): Encoding {
  switch (scheme) {
    case 'linear':
      return encodeLinear(weights, bits)
    case 'affine':
      return encodeAffine(weights, bits, symmetry)
    case 'mean':
      return encodeMean(weights, bits)
  }
}
