import type { WeightTensor } from '../../core/weight-tensor'
import { recipeOf } from '../../search/allocation'
import type { StoredBytes } from '../../search/layer-cells'
import type { SmallCell, SmallSensitivity } from '../../search/sensitivity'
import { createPipeline } from '../../techniques/pipeline'
import { defaultRecipe } from '../../techniques/recipe'
import type { ProbedChange } from './probes'

const roles = { biases: 'bias', normalization: 'normalization' } as const
const choices = ['float', 16, 8] as const

/**
 * What biases and normalization parameters cost and move as floats and as codes; kinds that the model lacks are left
 * out.
 */
export async function smallSensitivities(
  weights: readonly WeightTensor[],
  storedBytes: StoredBytes,
  distanceOf: (change: ProbedChange) => Promise<number>,
): Promise<readonly SmallSensitivity[]> {
  const found: SmallSensitivity[] = []
  for (const small of ['biases', 'normalization'] as const) {
    const tensors = weights.filter(
      ({ spec }) => spec.role === roles[small] && spec.dtype === 'float32',
    )
    if (tensors.length === 0) continue
    const pipeline = createPipeline(tensors)
    const cells: SmallCell[] = []
    for (const as of choices) {
      const recipe = recipeOf(defaultRecipe, {
        ...{ layers: new Map(), biases: 'float', normalization: 'float', corrected: false },
        [small]: as,
      })
      const bytes = pipeline
        .runAll(recipe)
        .tensors.reduce((sum, { encoded }) => sum + storedBytes(encoded), 0)
      cells.push({ as, bytes, distance: as === 'float' ? 0 : await distanceOf({ [small]: as }) })
    }
    found.push({ small, cells })
  }
  return found
}
