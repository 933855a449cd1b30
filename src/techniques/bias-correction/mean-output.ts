import type { CoveredClass } from './covered-layers'

/** A kernel of a covered layer with its values. */
export interface Kernel {
  readonly spec: { readonly shape: readonly number[] }
  readonly values: Float32Array
}

/**
 * The mean of a layer's outputs before bias and activation.
 * @param kernels one, or of a separable convolution the depthwise one and then the pointwise one
 * @param patches of `patchMeans`, one for each row of the first kernel
 * @returns one number for each output channel
 */
export function meanOutput(
  kind: CoveredClass,
  [first, second]: readonly Kernel[],
  patches: Float64Array,
): Float64Array {
  if (first === undefined) throw new RangeError('a layer without a kernel has no outputs')
  if (kind === 'DepthwiseConv2D') return depthwise(first, patches)
  if (second === undefined) return product(first, patches)
  return product(second, depthwise(first, patches))
}

/** Kernels are [...inputs, outputs]. */
function product({ spec: { shape }, values }: Kernel, inputs: Float64Array): Float64Array {
  const outputs = shape.at(-1) ?? 0
  const sums = new Float64Array(outputs)
  for (let input = 0, i = 0; input < inputs.length; input++) {
    const given = inputs[input] ?? 0
    for (let output = 0; output < outputs; output++, i++)
      sums[output] = (sums[output] ?? 0) + given * (values[i] ?? 0)
  }
  return sums
}

/** Kernels are [height, width, channels, multiplier]; output channel = channel x multiplier + which. */
function depthwise({ spec: { shape }, values }: Kernel, patches: Float64Array): Float64Array {
  const multiplier = shape.at(-1) ?? 0
  const channels = shape.at(-2) ?? 0
  const sums = new Float64Array(channels * multiplier)
  for (let patch = 0, i = 0; patch < patches.length; patch++) {
    const given = patches[patch] ?? 0
    const output = (patch % channels) * multiplier
    for (let which = 0; which < multiplier; which++, i++)
      sums[output + which] = (sums[output + which] ?? 0) + given * (values[i] ?? 0)
  }
  return sums
}
