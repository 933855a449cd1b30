import { createRandom } from '../core/random'
import { elementCount } from '../core/tensor-spec'
import type { OpenedModel, OpenedWeight } from '../formats/format'

/**
 * The same model before any training: kernels are drawn from a normal distribution of variance 2 / fan-in (He et
 * al. 2015, arXiv:1502.01852), normalisation does nothing yet, and biases are zero.
 */
export function withFreshWeights(model: OpenedModel, seed: number): OpenedModel {
  const random = createRandom(seed)
  return {
    ...model,
    weights: model.weights.map((weight) => {
      if (!(weight.values instanceof Float32Array)) return weight
      const values = fresh(weight, () => random.normal())
      const zeros = values.reduce((count, value) => count + (value === 0 ? 1 : 0), 0)
      return { ...weight, values, zeros, quantized: null }
    }),
  }
}

function fresh({ spec, values }: OpenedWeight, normal: () => number): Float32Array {
  const { role, shape } = spec
  switch (role) {
    case 'kernel':
    case 'recurrentKernel':
    case 'embedding':
    case 'depthwiseKernel': {
      // A depthwise filter reads one channel, every other kernel all but its last axis.
      const reads = role === 'depthwiseKernel' ? shape.slice(0, -2) : shape.slice(0, -1)
      const deviation = Math.sqrt(2 / Math.max(1, elementCount(reads)))
      return Float32Array.from(values, () => deviation * normal())
    }
    case 'normalization':
      return new Float32Array(values.length).fill(
        /\/(?:gamma|moving_variance)$/.test(spec.name) ? 1 : 0,
      )
    case 'bias':
    case 'other':
      return new Float32Array(values.length)
  }
}
