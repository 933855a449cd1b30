import { REMEMBERED, decode, weightsOf } from '../../core/encoded-tensor'
import { StudioError } from '../../core/errors'
import { groupCount } from '../../core/group-layout'
import { MadeWhenRead } from '../../core/made-when-read'
import { isCompressible } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { TensorStep, WorkingTensor } from '../technique'
import { encodeAffine } from './affine'
import { groupsOf, newCodes, rangesOf } from './encoding'
import type { Encoding } from './encoding'
import type { QuantizeConfig, SmallBits } from './quantize.meta'
import { withRanges } from './range-choice'
import { encodeWithin } from './schemes'
import { autoRange } from './quantize-settings'
import type { QuantizeSettings } from './quantize-settings'

/** What quantization will do to one tensor; ranges follow from the weights when it is applied. */
export type QuantizePlan = { readonly action: 'skip' } | QuantizeSettings

/** The fewest bits that a scheme can hold: a symmetric code needs a value on either side of zero. */
function minimumBits(
  scheme: QuantizeConfig['scheme'],
  symmetry: QuantizeConfig['symmetry'],
): number {
  return scheme === 'affine' && symmetry === 'symmetric' ? 2 : 1
}

/** The bits that the step asks for of a tensor that is no kernel. Integers are never touched. */
function smallBitsOf({ dtype, role }: TensorSpec, config: QuantizeConfig): SmallBits {
  if (dtype !== 'float32') return 'float'
  return role === 'bias' ? config.biases : role === 'normalization' ? config.normalization : 'float'
}

/**
 * Biases and normalization parameters: to the nearest level between the extremes of the tensor, whatever the
 * scheme of the kernels. A table of means or a scale for each channel would be larger than what it describes,
 * and zeros stay zeros.
 */
function planSmall(bits: SmallBits): QuantizePlan {
  return bits === 'float'
    ? { action: 'skip' }
    : {
        action: 'quantize',
        bits,
        scheme: 'affine',
        symmetry: 'asymmetric',
        granularity: 'perTensor',
      }
}

/**
 * Kernels of every kind always, biases and normalization parameters if asked, nothing in a layer whose
 * override switches it off.
 */
function planTensor(tensor: WorkingTensor, config: QuantizeConfig): QuantizePlan {
  if (config.overrides[tensor.spec.layerName]?.enabled === false) return { action: 'skip' }
  if (!isCompressible(tensor.spec)) return planSmall(smallBitsOf(tensor.spec, config))
  const override = config.overrides[tensor.spec.layerName]
  const bits = override?.bits ?? config.bits
  const scheme = override?.scheme ?? config.scheme
  const symmetry = override?.symmetry ?? config.symmetry
  const granularity = override?.granularity ?? config.granularity
  const minimum = minimumBits(scheme, symmetry)
  if (bits < minimum) throw new StudioError('quantize/bits', { bits, scheme, minimum })
  const groupSize = override?.groupSize ?? config.groupSize
  const choice = override?.range ?? config.range
  const range = choice === 'auto' ? autoRange({ bits, granularity }) : choice
  const percentile = override?.percentile ?? config.percentile
  return {
    action: 'quantize',
    bits,
    scheme,
    symmetry,
    granularity,
    ...(granularity === 'perGroup' ? { groupSize } : {}),
    ...(range === 'minMax' ? {} : { range }),
    ...(range === 'percentile' ? { percentile } : {}),
  }
}

/** Weights of a piece where they are made one piece after the other. */
const PIECE = 2 ** 20

/**
 * Encodes one weight array.
 * @param mask 1 = kept; weights that pruning removed are restored as exactly zero by every scheme
 * @throws StudioError 'quantize/non-finite' or 'quantize/table-too-large'
 */
export function encode(
  spec: TensorSpec,
  values: Float32Array,
  mask: Uint8Array | null,
  settings: QuantizeSettings,
): Encoding {
  return encodeWithin(withRanges(spec, values, mask, settings), settings)
}

/** A file that holds such codes already is not rounded a second time. */
function reused({ stored }: WorkingTensor, plan: QuantizeSettings): Encoding | null {
  const { scheme, symmetry, granularity, range, bits } = plan
  const same = scheme === 'affine' && symmetry === 'asymmetric' && granularity === 'perTensor'
  // Nothing is nearer to such weights than they themselves, but a percentile asks to clip them.
  return same && range !== 'percentile' && stored?.bits === bits
    ? { tensor: stored, clipped: 0 }
    : null
}

/**
 * What `encode` would give, of weights that are made in pieces: none of them is there as a whole.
 * @returns null where they are there, or where a range needs all of them at once
 */
function encodedInPieces(
  { encoded, spec }: WorkingTensor,
  plan: QuantizeSettings,
): Encoding | null {
  const { granularity, range, scheme, bits, symmetry } = plan
  if (encoded.kind !== 'float' || encoded.between === undefined) return null
  if (scheme !== 'affine' || granularity === 'perGroup' || range !== undefined) return null
  const length = weightsOf(encoded)
  const whole = groupsOf(spec, length, plan)
  // Pieces of whole rows, in each of which all groups take part.
  const row = groupCount(whole, length) === 1 ? 1 : whole.count * whole.inner
  const size = row * Math.max(1, Math.floor(PIECE / row))
  if (size > PIECE) return null
  const { between } = encoded
  const room = new Float32Array(size)
  const pieces = Array.from({ length: Math.ceil(length / size) }, (_, at) => {
    const [from, to] = [at * size, Math.min(length, (at + 1) * size)]
    return { from, to, groups: groupsOf(spec, to - from, plan) }
  })
  const ranges = rangesOf(spec, new Float32Array(row), groupsOf(spec, row, plan))
  for (const { from, to, groups } of pieces) {
    const own = rangesOf(spec, between(from, to, room), groups)
    for (let group = 0; group < own.low.length; group++) {
      ranges.low[group] = Math.min(ranges.low[group] ?? 0, own.low[group] ?? 0)
      ranges.high[group] = Math.max(ranges.high[group] ?? 0, own.high[group] ?? 0)
    }
  }
  const codes = newCodes(bits, length)
  return pieces.reduce<Encoding | null>((before, { from, to, groups }) => {
    const weights = { spec, values: between(from, to, room), mask: null, groups, ranges }
    const { tensor, clipped } = encodeAffine(weights, bits, symmetry, codes.subarray(from, to))
    return {
      tensor: { ...tensor, codes, groups: whole },
      clipped: (before?.clipped ?? 0) + clipped,
    }
  }, null)
}

/**
 * Restores `values` only when they are read: a preview that counts codes never needs them. They are known again for
 * as long as somebody has them; of a large model memory holds the codes alone.
 */
class QuantizedTensor implements WorkingTensor {
  readonly spec: TensorSpec
  readonly encoded: Encoding['tensor']
  readonly clipped: number
  private readonly decoded: MadeWhenRead<Float32Array>
  readonly maskBetween?: (from: number, to: number) => Uint8Array
  private readonly masked: Pick<WorkingTensor, 'mask'>

  constructor(source: WorkingTensor, encoding: Encoding) {
    const { spec } = source
    this.spec = spec
    // A long mask may be one that is made when it is read.
    const isLong = encoding.tensor.codes.length > REMEMBERED
    this.masked = isLong ? source : { mask: source.mask }
    if (isLong && source.maskBetween !== undefined) this.maskBetween = source.maskBetween
    this.encoded = encoding.tensor
    this.decoded = new MadeWhenRead(() => decode(encoding.tensor))
    this.clipped = encoding.clipped
  }

  get mask(): Uint8Array | null {
    return this.masked.mask
  }

  get values(): Float32Array {
    return this.decoded.value
  }
}

/**
 * Replaces weights by k-bit codes.
 * @see README.md beside this file for the formulas
 */
export const quantize: TensorStep<QuantizeConfig, QuantizePlan> = {
  plan: (tensors, config) => tensors.map((tensor) => planTensor(tensor, config)),
  apply: (tensor, plan) =>
    plan.action === 'skip'
      ? tensor
      : new QuantizedTensor(
          tensor,
          reused(tensor, plan) ??
            encodedInPieces(tensor, plan) ??
            encode(tensor.spec, tensor.values, tensor.mask, plan),
        ),
}
