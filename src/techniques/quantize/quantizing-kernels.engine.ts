import * as tf from '@tensorflow/tfjs'
import type { GroupLayout } from '../../core/group-layout'
import { clippedToEnds } from '../../engine/wasm-kernels/clip-to-ends'
import { fakeQuantize, fakelyQuantized } from '../../engine/wasm-kernels/fake-quantize'
import type { GroupCodes } from '../../engine/wasm-kernels/fake-quantize'
import { summedForRanges } from '../../engine/wasm-kernels/range-gradient'
import { isRegistered } from '../../engine/wasm-kernels/training-kernel'
import type { TensorSpec } from '../../core/tensor-spec'
import type { Mask } from '../training-hook.engine'
import { affineParameters } from './affine'
import { groupsOf, refuseNonFinite } from './encoding'
import type { Ranges } from './encoding'
import type { RangeSums } from './learned-range'
import { linearParameters } from './linear'
import type { QuantizeSettings } from './quantize-settings'
import { chosenRanges } from './range-choice'

/**
 * Whether kernels in the backend's memory do the work, with the arithmetic of the file. A table of means is made by
 * the file's own code.
 */
export function canRunKernels({ scheme }: QuantizeSettings): boolean {
  return scheme !== 'mean' && isRegistered(fakeQuantize)
}

/**
 * What `encode` and `decode` make of a weight, bit for bit.
 * @param mask 1 = kept; what is removed must be zero
 * @param ends that weights are clipped to first; null: they are not
 * @throws StudioError 'quantize/non-finite'
 */
export function quantizedByKernel(
  weight: tf.Tensor,
  { spec, settings }: { readonly spec: TensorSpec; readonly settings: QuantizeSettings },
  mask: Mask | null,
  ends: Ranges | null,
): tf.Tensor {
  const groups = groupsOf(spec, weight.size, settings)
  const restored = fakelyQuantized(weight, {
    groups,
    ends,
    codesFor: (ranges, values) => {
      refuseNonFinite(spec, values, ranges)
      const whole = { spec, values, mask: mask?.bytes ?? null, groups, ranges }
      return codesOf(chosenRanges(whole, settings), settings)
    },
  })
  // No level of the linear scheme is zero.
  if (mask === null || settings.scheme === 'affine') return restored
  const kept = tf.mul(restored, mask.tensor)
  restored.dispose()
  return kept
}

function codesOf(ranges: Ranges, { bits, scheme, symmetry }: QuantizeSettings): GroupCodes {
  if (scheme === 'affine')
    return { ...affineParameters(ranges, bits, symmetry), rounding: 'nearest' }
  const last = 2 ** bits - 1
  return { ...linearParameters(ranges, bits), rounding: 'below', first: 0, last }
}

/** The weights within the ends of their group. */
export function clippedByKernel(weight: tf.Tensor, groups: GroupLayout, ends: Ranges): tf.Tensor {
  return clippedToEnds(weight, groups, ends)
}

/** What the gradients of ranges are made of. */
export function sumsByKernel(
  inputs: { readonly weights: tf.Tensor; readonly restored: tf.Tensor; readonly dy: tf.Tensor },
  groups: GroupLayout,
  ends: Ranges,
): RangeSums {
  const sums = summedForRanges(inputs, groups, ends)
  const [count = 0] = [sums.shape[1]]
  const values = sums.dataSync<'float32'>()
  sums.dispose()
  return {
    moved: values.subarray(0, count),
    top: values.subarray(count, 2 * count),
    bottom: values.subarray(2 * count),
  }
}
