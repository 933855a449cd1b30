import { createRandom } from '../core/random'
import { elementCount } from '../core/tensor-spec'
import type { Between } from '../files/between'
import { withValues } from '../formats/format'
import type { OpenedModel, OpenedWeight } from '../formats/format'
import type { ModelGraph } from '../graph/graph'
import type { ValueName } from '../graph/values'

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
  const ones = neutralFactors(model.graph)
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
    const values = ones.has(weight.spec.name)
      ? new Float32Array(weight.values.length).fill(1)
      : await fresh(weight, () => random.normal(), step)
    weights.push(withValues(weight, values))
  }
  return { ...model, weights }
}

async function fresh(
  { spec, values }: OpenedWeight,
  normal: () => number,
  step: (count: number) => Promise<void>,
): Promise<Float32Array> {
  const { channel, role, shape } = spec
  const drawn = new Float32Array(values.length)
  switch (role) {
    case 'kernel':
    case 'recurrentKernel':
    case 'embedding':
    case 'depthwiseKernel': {
      // A filter reads what it has weights for; the rows of a table are no filters.
      const rows = elementCount(shape.slice(0, -1))
      const reads = role === 'embedding' ? rows : values.length / channel.count
      const deviation = Math.sqrt(2 / Math.max(1, reads))
      for (let from = 0; from < drawn.length; from += SLICE) {
        const slice = drawn.subarray(from, from + SLICE)
        for (let at = 0; at < slice.length; at++) slice[at] = deviation * normal()
        await step(slice.length)
      }
      return drawn
    }
    case 'normalization':
    case 'bias':
    case 'other':
      return drawn
  }
}

/** Weights of normalisations by which values are multiplied or divided. */
function neutralFactors({ nodes }: ModelGraph): ReadonlySet<ValueName | null | undefined> {
  return new Set(
    nodes.flatMap((node) => {
      const [, scale, , , variance] = node.inputs
      switch (node.op) {
        case 'batchNormalization':
          return [scale, variance]
        case 'layerNormalization':
          return [scale]
        default:
          return []
      }
    }),
  )
}
