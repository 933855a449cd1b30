import * as tf from '@tensorflow/tfjs'
import { elementCount } from '../../core/tensor-spec'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Mask } from '../training-hook.engine'
import { groupCount } from '../../core/group-layout'
import type { GroupLayout } from '../../core/group-layout'
import { isRegistered } from '../../engine/wasm-kernels/training-kernel'
import type { DeviceRange } from '../../engine/webgpu-kernels/device-quantization'
import {
  clippedWithin,
  gradientsOfRange,
  quantizeOnDevice,
  quantizedWithin,
} from '../../engine/webgpu-kernels/quantize-on-device'
import { groupsOf } from './encoding'
import type { Ranges } from './encoding'
import { fakeQuantize } from './fake-quantize.engine'
import type { RangeTensors } from './fake-quantize.engine'
import { apart, groupShape, together, WITHIN_GROUP } from './groups-apart.engine'
import {
  canRunKernels,
  clippedByKernel,
  quantizedByKernel,
  sumsByKernel,
} from './quantizing-kernels.engine'
import { clipTo, quantizedValues, rangeGradient, sumsForRanges } from './learned-range'
import type { RangeSums } from './learned-range'
import { isEvenSided } from './quantize-settings'
import type { QuantizeSettings } from './quantize-settings'

/** No weight lies beyond: ends that clip nothing. */
const LARGEST = 3e38

/** The weight that is quantized, and how. */
export interface QuantizedWeight {
  readonly spec: TensorSpec
  readonly settings: QuantizeSettings
}

/** Logarithms of the ends of each group's range, as `rangeShape`; low is null where they are even. */
export interface LearnedRange {
  readonly low: tf.Variable | null
  readonly high: tf.Variable
}

/** Shape of the ends of a weight's ranges. */
export function rangeShape({ spec, settings }: QuantizedWeight): [number, number, number, number] {
  const size = elementCount(spec.shape)
  return groupShape(groupsOf(spec, size, settings), size)
}

/**
 * Whether weights lie where code without a backend can read them at once. There the formulas of the file
 * itself are quicker than a dozen operators.
 */
export function isAtHand(): boolean {
  return tf.getBackend() === 'wasm' || tf.getBackend() === 'cpu'
}

/**
 * A weight as its quantized file will hold it; the gradient passes the rounding straight through.
 * @param ranges what `range` of the settings chose, where weights are not at hand; null for min-max
 * @see Bengio et al. 2013, arXiv:1308.3432
 */
export function straightThrough(
  weight: tf.Tensor,
  { spec, settings }: QuantizedWeight,
  mask: Mask | null,
  ranges: RangeTensors | null = null,
): tf.Tensor {
  const quantized = (x: tf.Tensor): tf.Tensor => {
    if (canRunKernels(settings)) return quantizedByKernel(x, { spec, settings }, mask, null)
    if (!isAtHand() && ranges === null && canRunShaders(settings)) {
      const groups = groupsOf(spec, x.size, settings)
      const count = groupCount(groups, x.size)
      const [low, high] = [tf.fill([count], -LARGEST), tf.fill([count], LARGEST)]
      return quantizedWithin({ x, low, high }, shaderRange(groups, settings))
    }
    if (!isAtHand()) return fakeQuantize(x, spec, mask?.tensor ?? null, settings, ranges)
    const values = quantizedValues(spec, floatsOf(x), mask?.bytes ?? null, settings)
    return tf.tensor(values, x.shape)
  }
  const rounded = tf.customGrad((...[x]: unknown[]) => ({
    value: quantized(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => dy,
  }))
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
  const byShaders = !atHand && canRunShaders(quantized.settings)
  const byKernels =
    atHand && canRunKernels(quantized.settings) && quantized.settings.range === undefined
  const pass = byKernels
    ? throughRangeByKernels
    : atHand
      ? throughRangeAtHand
      : byShaders
        ? throughRangeByShaders
        : throughRangeOnDevice
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
  const groups = groupsOf(spec, weight.size, settings)
  if (canRunKernels(settings)) return clippedByKernel(weight, groups, endsOf(range))
  if (isAtHand()) {
    const values = floatsOf(weight).slice()
    clipTo(values, groups, endsOf(range))
    return tf.tensor(values, weight.shape)
  }
  return tf.tidy(() => {
    const { low, high } = endTensors(range)
    if (canRunShaders(settings))
      return clippedWithin({ x: weight, low, high }, shaderRange(groups, settings))
    const clipped = tf.minimum(high, tf.maximum(low, apart(weight, groups)))
    return together(clipped, groups, weight.shape)
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
  const groups = groupsOf(spec, weight.size, settings)
  const ends = endsOf(range)
  const clipped = floatsOf(weight).slice()
  clipTo(clipped, groups, ends)
  const restored = quantizedValues(spec, clipped, mask?.bytes ?? null, settings)
  return {
    value: tf.tensor(restored, weight.shape),
    gradFunc: (dy) => {
      const sums = sumsForRanges(clipped, restored, floatsOf(dy), groups, ends)
      return [
        dy,
        ...gradientsOfEnds(sums, ends, range, gradientScale(groups, weight.size, settings)),
      ]
    },
  }
}

function throughRangeByKernels(
  weight: tf.Tensor,
  quantized: QuantizedWeight,
  mask: Mask | null,
  range: LearnedRange,
  save: tf.GradSaveFunc,
): Passed {
  const { spec, settings } = quantized
  const groups = groupsOf(spec, weight.size, settings)
  const ends = endsOf(range)
  const value = quantizedByKernel(weight, quantized, mask, ends)
  save([weight, value])
  return {
    value,
    gradFunc: (dy, saved) => {
      const [weights, restored] = saved as [tf.Tensor, tf.Tensor]
      const sums = sumsByKernel({ weights, restored, dy }, groups, ends)
      return [
        dy,
        ...gradientsOfEnds(sums, ends, range, gradientScale(groups, weight.size, settings)),
      ]
    },
  }
}

/** Of the upper ends, and of the lower ones where they move by themselves. */
function gradientsOfEnds(
  sums: RangeSums,
  ends: Ranges,
  range: LearnedRange,
  scale: number,
): tf.Tensor[] {
  const isEven = range.low === null
  const { low, high } = rangeGradient(sums, ends, isEven, scale)
  return (isEven ? [high] : [high, low]).map((values) => tf.tensor(values, range.high.shape))
}

function throughRangeByShaders(
  weight: tf.Tensor,
  { spec, settings }: QuantizedWeight,
  _: Mask | null,
  range: LearnedRange,
  save: tf.GradSaveFunc,
): Passed {
  const of = shaderRange(groupsOf(spec, weight.size, settings), settings)
  const { low, high } = endTensors(range)
  const value = quantizedWithin({ x: weight, low, high }, of)
  save([weight, value, high, low])
  return {
    value,
    gradFunc: (dy, saved) => {
      const [x, restored, top, bottom] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      const scale = gradientScale(of.groups, weight.size, settings)
      return [dy, ...gradientsOfRange({ x, restored, dy, low: bottom, high: top }, of, scale)]
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
  const groups = groupsOf(spec, weight.size, settings)
  const { low, high } = endTensors(range)
  const clipped = tf.minimum(high, tf.maximum(low, apart(weight, groups)))
  const value = fakeQuantize(
    together(clipped, groups, weight.shape),
    spec,
    mask?.tensor ?? null,
    settings,
  )
  save([clipped, value, high, low])
  return {
    value,
    gradFunc: (dy, saved) => {
      const [w, restored, top, bottom] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
      const gradient = apart(dy, groups)
      const scale = gradientScale(groups, weight.size, settings)
      const atTop = w.greaterEqual(top).cast('float32')
      const atBottom = w.lessEqual(bottom).cast('float32')
      const inside = tf.sub(1, tf.maximum(atTop, atBottom))
      const moved = apart(restored, groups).sub(w).mul(inside)
      const total = (x: tf.Tensor): tf.Tensor => x.mul(gradient).sum(WITHIN_GROUP, true).mul(scale)
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

/** Whether shaders of our own do the work on a graphics device: they know affine codes. */
function canRunShaders({ scheme, range }: QuantizeSettings): boolean {
  return scheme === 'affine' && range === undefined && isRegistered(quantizeOnDevice)
}

function shaderRange(groups: GroupLayout, settings: QuantizeSettings): DeviceRange {
  return { groups, isEven: isEvenSided(settings), levels: 2 ** settings.bits }
}

/** Keeps the step of a range independent of how many weights share it, as Esser et al. do. */
function gradientScale(groups: GroupLayout, weights: number, { bits }: QuantizeSettings): number {
  return 1 / Math.sqrt((weights / groupCount(groups, weights)) * 2 ** (bits - 1))
}

function floatsOf(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync<'float32'>()
}

function endsOf({ low, high }: LearnedRange): Ranges {
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
