import * as tf from '@tensorflow/tfjs'
import type { TensorSpec } from '../../core/tensor-spec'
import { blocksOf } from './encoding'
import { clipTo, quantizedValues, rangeGradient } from './learned-range'
import type { ClipRange } from './learned-range'
import type { QuantizeSettings } from './quantize'

/** A mask as both sides need it: 1 = kept. */
export interface Mask {
  readonly tensor: tf.Tensor
  readonly bytes: Uint8Array
}

/** The weight that is quantized, and how. */
export interface QuantizedWeight {
  readonly spec: TensorSpec
  readonly settings: QuantizeSettings
}

/** Logarithms of the ends of each channel's range, [1, channels, 1]; low is null where they are even. */
export interface LearnedRange {
  readonly low: tf.Variable | null
  readonly high: tf.Variable
}

/**
 * Whether weights lie where code without a backend can read them at once. There the formulas of the file
 * itself are quicker than a dozen operators.
 */
function isAtHand(): boolean {
  return tf.getBackend() === 'wasm' || tf.getBackend() === 'cpu'
}

/**
 * A weight as its quantized file will hold it; the gradient passes the rounding straight through.
 * @see Bengio et al. 2013, arXiv:1308.3432
 */
export function straightThrough(
  weight: tf.Tensor,
  { spec, settings }: QuantizedWeight,
  mask: Mask | null,
): tf.Tensor {
  const rounded = tf.customGrad((...[input]: unknown[]) => {
    const x = input as tf.Tensor
    return {
      value: isAtHand()
        ? tf.tensor(quantizedValues(spec, floatsOf(x), mask?.bytes ?? null, settings), x.shape)
        : fakeQuantize(x, spec, mask?.tensor ?? null, settings),
      gradFunc: (dy: tf.Tensor) => dy,
    }
  })
  return rounded(weight)
}

/** The same between learned ends, which have gradients of their own; see `rangeGradient`. */
export function throughLearnedRange(
  weight: tf.Tensor,
  quantized: QuantizedWeight,
  mask: Mask | null,
  range: LearnedRange,
  atHand = isAtHand(),
): tf.Tensor {
  const pass = atHand ? throughRangeAtHand : throughRangeOnDevice
  const rounded = tf.customGrad((...inputs: unknown[]) =>
    pass(inputs[0] as tf.Tensor, quantized, mask, range, inputs.at(-1) as tf.GradSaveFunc),
  )
  return range.low === null ? rounded(weight, range.high) : rounded(weight, range.high, range.low)
}

/** The weight within its range; the caller disposes it. */
export function clippedToRange(
  weight: tf.Tensor,
  { spec, settings }: QuantizedWeight,
  range: LearnedRange,
): tf.Tensor {
  const blocks = blocksOf(spec, weight.size, settings)
  if (isAtHand()) {
    const values = floatsOf(weight).slice()
    clipTo(values, blocks, endsOf(range))
    return tf.tensor(values, weight.shape)
  }
  return tf.tidy(() => {
    const { low, high } = endTensors(range)
    const w = weight.reshape(blockShape(blocks, weight.size))
    return tf.minimum(high, tf.maximum(low, w)).reshape(weight.shape)
  })
}

interface Passed {
  value: tf.Tensor
  gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[]
}

function throughRangeAtHand(
  weight: tf.Tensor,
  { spec, settings }: QuantizedWeight,
  mask: Mask | null,
  range: LearnedRange,
): Passed {
  const blocks = blocksOf(spec, weight.size, settings)
  const ends = endsOf(range)
  const clipped = floatsOf(weight).slice()
  clipTo(clipped, blocks, ends)
  const restored = quantizedValues(spec, clipped, mask?.bytes ?? null, settings)
  return {
    value: tf.tensor(restored, weight.shape),
    gradFunc: (dy) => {
      const even = range.low === null
      const scale = gradientScale(blocks.count, weight.size, settings)
      const ofEnds = rangeGradient(clipped, restored, floatsOf(dy), blocks, ends, even, scale)
      const shape = range.high.shape
      const high = tf.tensor(ofEnds.high, shape)
      return even ? [dy, high] : [dy, high, tf.tensor(ofEnds.low, shape)]
    },
  }
}

function throughRangeOnDevice(
  weight: tf.Tensor,
  { spec, settings }: QuantizedWeight,
  mask: Mask | null,
  range: LearnedRange,
  save: tf.GradSaveFunc,
): Passed {
  const layout = blocksOf(spec, weight.size, settings)
  const blocks = blockShape(layout, weight.size)
  const { low, high } = endTensors(range)
  const clipped = tf.minimum(high, tf.maximum(low, weight.reshape(blocks)))
  const value = fakeQuantize(clipped.reshape(weight.shape), spec, mask?.tensor ?? null, settings)
  save([clipped, value, high, low])
  return {
    value,
    gradFunc: (dy, saved) => {
      const [w, restored, top, bottom] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      const gradient = dy.reshape(blocks)
      const scale = gradientScale(layout.count, weight.size, settings)
      const atTop = w.greaterEqual(top).cast('float32')
      const atBottom = w.lessEqual(bottom).cast('float32')
      const inside = tf.sub(1, tf.maximum(atTop, atBottom))
      const moved = restored.reshape(blocks).sub(w).mul(inside)
      const total = (x: tf.Tensor): tf.Tensor => x.mul(gradient).sum([0, 2], true).mul(scale)
      if (range.low === null) return [dy, total(moved.add(atTop.sub(atBottom).mul(top)))]
      const width = top.sub(bottom)
      return [
        dy,
        total(moved.mul(top.div(width)).add(atTop.mul(top))),
        total(moved.mul(bottom.neg().div(width)).add(atBottom.mul(bottom))),
      ]
    },
  }
}

/** Keeps the step of a range independent of how many weights share it, as Esser et al. do. */
function gradientScale(channels: number, weights: number, { bits }: QuantizeSettings): number {
  return 1 / Math.sqrt((weights / channels) * 2 ** (bits - 1))
}

function floatsOf(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync<'float32'>()
}

function endsOf({ low, high }: LearnedRange): ClipRange {
  const upper = floatsOf(high).map(Math.exp)
  return {
    high: upper,
    low: (low === null ? upper : floatsOf(low).map(Math.exp)).map((end) => -end),
  }
}

function endTensors({ low, high }: LearnedRange): { low: tf.Tensor; high: tf.Tensor } {
  const upper = high.exp()
  return { low: (low === null ? upper : low.exp()).neg(), high: upper }
}

function blockShape(
  { count, inner }: { readonly count: number; readonly inner: number },
  size: number,
): [number, number, number] {
  return [size / (count * inner), count, inner]
}

/**
 * What quantization makes of a weight, computed by the backend with the formulas of `encode` and `decode`
 * in float32: they agree except for values so near to the edge of a bin that rounding decides.
 *
 * @param weights any shape; its layout is that of `spec`
 * @param mask 1 = kept, the same shape; null where nothing was pruned
 * @returns the restored weights, the same shape; the caller disposes them
 */
export function fakeQuantize(
  weights: tf.Tensor,
  spec: TensorSpec,
  mask: tf.Tensor | null,
  settings: QuantizeSettings,
): tf.Tensor {
  return tf.tidy(() => {
    const blocks = blockShape(blocksOf(spec, weights.size, settings), weights.size)
    const w = tf.reshape<tf.Rank.R3>(weights, blocks)
    const kept = mask === null ? null : tf.reshape<tf.Rank.R3>(mask, blocks)
    return restored(w, kept, settings).reshape(weights.shape)
  })
}

function restored(w: tf.Tensor3D, kept: tf.Tensor3D | null, settings: QuantizeSettings): tf.Tensor {
  const { bits, scheme, symmetry } = settings
  const levels = 2 ** bits
  if (scheme === 'affine')
    return symmetry === 'symmetric' ? symmetric(w, levels) : asymmetric(w, levels)
  const max = magnitudes(w)
  if (scheme === 'linear') {
    const { code, q } = linearCodes(w, max, levels)
    const values = code.sub(levels / 2 - 0.5).mul(q)
    return kept === null ? values : values.mul(kept)
  }
  if (kept === null) {
    const { code, q } = linearCodes(w, max, levels)
    return binMeans(w, code, levels, (index) =>
      index.sub(levels / 2 - 0.5).mul(q.squeeze([0, 2]).expandDims(1)),
    )
  }
  // One level is zero; the kept weights share the others.
  const bins = levels - 1
  const width = max.mul(2 / bins)
  const bin = w
    .add(max)
    .div(oneWhereZero(width))
    .floor()
    .clipByValue(0, bins - 1)
  const means = binMeans(w, bin.add(1).mul(kept), levels, (index) =>
    index
      .sub(0.5)
      .mul(width.squeeze([0, 2]).expandDims(1))
      .sub(max.squeeze([0, 2]).expandDims(1)),
  )
  return means.mul(kept)
}

/** max |w| of each channel, [1, channels, 1]. */
function magnitudes(w: tf.Tensor3D): tf.Tensor {
  return w.abs().max([0, 2], true)
}

function oneWhereZero(x: tf.Tensor): tf.Tensor {
  return x.add(x.equal(0).cast('float32'))
}

function symmetric(w: tf.Tensor3D, levels: number): tf.Tensor {
  const half = levels / 2
  const scale = oneWhereZero(magnitudes(w).div(half - 1))
  return w
    .div(scale)
    .add(half + 0.5)
    .floor()
    .clipByValue(1, levels - 1)
    .sub(half)
    .mul(scale)
}

function asymmetric(w: tf.Tensor3D, levels: number): tf.Tensor {
  const last = levels - 1
  const low = tf.minimum(w.min([0, 2], true), 0)
  const high = tf.maximum(w.max([0, 2], true), 0)
  const scale = oneWhereZero(high.sub(low).div(last))
  const zeroPoint = tf.minimum(low.neg().div(scale).add(0.5).floor(), last)
  return w.div(scale).add(zeroPoint.add(0.5)).floor().clipByValue(0, last).sub(zeroPoint).mul(scale)
}

function linearCodes(
  w: tf.Tensor3D,
  max: tf.Tensor,
  levels: number,
): { code: tf.Tensor; q: tf.Tensor } {
  const half = levels / 2
  const q = max.div(half)
  const code = w
    .div(oneWhereZero(q))
    .floor()
    .add(half)
    .clipByValue(0, levels - 1)
  return { code, q }
}

/**
 * Puts the mean of its weights in the place of each code; a code that no weight has keeps its midpoint,
 * which nobody sees.
 * @param midpoint of codes [1, levels] for each channel, [channels, levels]
 */
function binMeans(
  w: tf.Tensor3D,
  code: tf.Tensor,
  levels: number,
  midpoint: (index: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const [, channels] = w.shape
  const offset = tf.range(0, channels, 1, 'float32').mul(levels).reshape([1, channels, 1])
  const segment = code.add(offset).cast('int32').flatten()
  const sums = tf.unsortedSegmentSum(w.flatten(), segment, channels * levels)
  const members = tf.unsortedSegmentSum(tf.onesLike(w).flatten(), segment, channels * levels)
  const empty = members.equal(0)
  const table = tf.where(
    empty,
    midpoint(tf.range(0, levels, 1, 'float32').expandDims(0)).flatten(),
    sums.div(oneWhereZero(members)),
  )
  return table.gather(segment).reshape(w.shape)
}
