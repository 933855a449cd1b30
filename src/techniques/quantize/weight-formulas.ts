import { decodeRange } from '../../core/encoded-tensor'
import type { EncodedTensor } from '../../core/encoded-tensor'
import { groupOf } from '../../core/group-layout'
import { errorPower, meanSquaredError } from '../../core/statistics'
import type { WorkingTensor } from '../technique'
import { quantize } from './quantize'
import type { QuantizeConfig } from './quantize.meta'

/** A weight as a scheme restores it. */
export interface RestoredWeight {
  /** z */
  readonly value: number
  /** z - x */
  readonly error: number
  /** Mean squared error over the whole tensor. */
  readonly mse: number
}

/** One weight of a tensor in the two formulas: y = floor(x / q), then z = y q + q / 2, or the mean of its bin. */
export interface WeightFormulas {
  readonly tensor: string
  readonly shape: readonly number[]
  /** Weights of the tensor. */
  readonly count: number
  /** Place of the weight in the flat array. */
  readonly index: number
  readonly bits: number
  /** Pruning has removed it: then x and both values are zero, whatever its bin. */
  readonly isRemoved: boolean
  readonly x: number
  /** Width of a bin; the bins span [-q 2^(bits-1), q 2^(bits-1)]. */
  readonly q: number
  /** The bin, clamped to -2^(bits-1) .. 2^(bits-1) - 1. */
  readonly y: number
  /** x lies beyond the last bin, and counts for it. */
  readonly isClamped: boolean
  readonly linear: RestoredWeight
  /** `members`: kept weights that share the bin, and so its mean. */
  readonly mean: RestoredWeight & { readonly members: number }
}

/**
 * What both schemes make of one weight, by the very codes that they write.
 * @param tensor as it enters quantization
 * @param config bits, groups and range of the step; its scheme does not matter
 * @param index of the weight; clipped to those that there are
 * @returns null where the step leaves the tensor as it is
 * @throws StudioError 'quantize/non-finite' or 'quantize/table-too-large'
 */
export function weightFormulas(
  tensor: WorkingTensor,
  config: QuantizeConfig,
  index: number,
): WeightFormulas | null {
  const linear = encodedBy('linear', tensor, config)
  const mean = encodedBy('mean', tensor, config)
  if (linear?.kind !== 'affine' || mean?.kind !== 'codebook') return null
  const { mask, spec, values } = tensor
  const at = Math.max(0, Math.min(values.length - 1, Math.floor(index)))
  const x = values[at] ?? 0
  const { bits } = linear
  const half = 2 ** (bits - 1)
  const q = linear.scale[groupOf(linear.groups, at)] ?? 0
  const y = (linear.codes[at] ?? 0) - half
  const group = groupOf(mean.groups, at)
  const code = mean.codes[at]
  let members = 0
  mean.codes.forEach((other, place) => {
    if (other === code && mask?.[place] !== 0 && groupOf(mean.groups, place) === group) members++
  })
  return {
    ...{ tensor: spec.name, shape: spec.shape, count: values.length, index: at, bits },
    ...{ isRemoved: mask?.[at] === 0, x, q, y, isClamped: Math.floor(x / q) !== y },
    linear: restored(linear, values, at),
    mean: { ...restored(mean, values, at), members },
  }
}

function encodedBy(
  scheme: 'linear' | 'mean',
  tensor: WorkingTensor,
  config: QuantizeConfig,
): EncodedTensor | null {
  const { layerName } = tensor.spec
  const { scheme: _, ...own } = config.overrides[layerName] ?? {}
  const wanted = { ...config, scheme, overrides: { [layerName]: own } }
  const [plan] = quantize.plan([tensor], wanted, { seed: 0 })
  return plan === undefined || plan.action === 'skip' ? null : quantize.apply(tensor, plan).encoded
}

function restored(encoded: EncodedTensor, original: Float32Array, at: number): RestoredWeight {
  const value = decodeRange(encoded, at, at + 1)[0] ?? 0
  const mse = meanSquaredError(errorPower(original, encoded))
  return { value, error: value - (original[at] ?? 0), mse }
}
