import { createRandom } from '../core/random'
import { elementCount } from '../core/tensor-spec'
import type { Between } from '../files/between'
import type { OpenedModel, OpenedWeight } from '../formats/format'

/** Weights that are drawn between two looks at the signal. */
const SLICE = 1 << 18

/**
 * The same model before any training: kernels are drawn from a normal distribution of variance 2 / fan-in (He et
 * al. 2015, arXiv:1502.01852), normalisation does nothing yet, and biases are zero.
 * @param between told how many weights are done
 */
export async function withFreshWeights(
  model: OpenedModel,
  seed: number,
  between: Between,
): Promise<OpenedModel> {
  const random = createRandom(seed)
  const total = model.weights.reduce((sum, { spec }) => sum + elementCount(spec.shape), 0)
  let done = 0
  const step = (count: number): Promise<void> => {
    done += count
    return between(done, total)
  }
  const weights: OpenedWeight[] = []
  for (const weight of model.weights) {
    if (!(weight.values instanceof Float32Array)) {
      weights.push(weight)
      continue
    }
    const values = await fresh(weight, () => random.normal(), step)
    let zeros = 0
    for (const value of values) if (value === 0) zeros++
    weights.push({ ...weight, values, zeros, quantized: null })
  }
  return { ...model, weights }
}

async function fresh(
  { spec, values }: OpenedWeight,
  normal: () => number,
  step: (count: number) => Promise<void>,
): Promise<Float32Array> {
  const { role, shape } = spec
  const drawn = new Float32Array(values.length)
  switch (role) {
    case 'kernel':
    case 'recurrentKernel':
    case 'embedding':
    case 'depthwiseKernel': {
      // A depthwise filter reads one channel, every other kernel all but its last axis.
      const reads = role === 'depthwiseKernel' ? shape.slice(0, -2) : shape.slice(0, -1)
      const deviation = Math.sqrt(2 / Math.max(1, elementCount(reads)))
      for (let from = 0; from < drawn.length; from += SLICE) {
        const slice = drawn.subarray(from, from + SLICE)
        for (let at = 0; at < slice.length; at++) slice[at] = deviation * normal()
        await step(slice.length)
      }
      return drawn
    }
    case 'normalization':
      return /\/(?:gamma|moving_variance)$/.test(spec.name) ? drawn.fill(1) : drawn
    case 'bias':
    case 'other':
      return drawn
  }
}
