/** Weights that pass through codes of four bits with learned ranges, on the backend of the moment. */
import * as tf from '@tensorflow/tfjs'
import type { TensorSpec } from '../../src/core/tensor-spec.ts'
import { withRanges } from '../../src/techniques/quantize/range-choice.ts'
import type { QuantizeSettings } from '../../src/techniques/quantize/quantize-settings.ts'
import {
  clippedToRange,
  rangeShape,
  throughLearnedRange,
} from '../../src/techniques/quantize/straight-through.engine.ts'
import type { LearnedRange } from '../../src/techniques/quantize/straight-through.engine.ts'

export const codes: QuantizeSettings = {
  ...{ action: 'quantize', scheme: 'affine', symmetry: 'asymmetric' },
  ...{ granularity: 'perTensor', bits: 4 },
}

export interface LearnedCodes {
  readonly through: (weight: tf.Tensor) => tf.Tensor
  /** The caller disposes it. */
  readonly clipped: (weight: tf.Tensor) => tf.Tensor
  readonly range: LearnedRange
  readonly dispose: () => void
}

/** Ranges that clip some weights, as runs begin with. */
export function learnedCodes(
  spec: TensorSpec,
  values: Float32Array,
  settings: QuantizeSettings = codes,
): LearnedCodes {
  const { low, high } = withRanges(spec, values, null, { ...settings, range: 'mse' }).ranges
  const quantized = { spec, settings }
  const variable = (ends: Float32Array): tf.Variable =>
    tf.tidy(() => tf.variable(tf.tensor(ends.map(Math.log), rangeShape(quantized))))
  const isEven = settings.symmetry === 'symmetric'
  const range: LearnedRange = {
    low: isEven ? null : variable(low.map((end) => -end)),
    high: variable(high),
  }
  return {
    range,
    through: (weight) => throughLearnedRange(weight, quantized, null, range),
    clipped: (weight) => clippedToRange(weight, quantized, range),
    dispose: () => {
      range.low?.dispose()
      range.high.dispose()
    },
  }
}
