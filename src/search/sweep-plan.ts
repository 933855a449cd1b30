import { pruneMeta } from '../techniques/prune/prune.meta'
import { quantizeMeta } from '../techniques/quantize/quantize.meta'
import type { ConfigOf, RecipeStep } from '../techniques/catalog'
import type { Recipe } from '../techniques/recipe'

export const sweepKinds = ['bits', 'sparsity', 'both'] as const
/** bits: 16 to 1. sparsity: 0 to 99 %, with random removal as the control. both: a grid of the two. */
export type SweepKind = (typeof sweepKinds)[number]

const allBits = Array.from({ length: 16 }, (_, index) => 16 - index)
const sparsities = [0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 93, 95, 97, 98, 99]
const gridBits = [8, 6, 5, 4, 3, 2]
const gridSparsities = [0, 30, 50, 70, 80, 90, 95]

/** The settings that a sweep measures, the rest of each as the controls stand. */
export function sweepPlan(kind: SweepKind, recipe: Recipe): readonly Recipe[] {
  switch (kind) {
    case 'bits':
      return allBits.flatMap((bits) => withBits(recipe, bits))
    case 'sparsity':
      return (['magnitude', 'random'] as const).flatMap((method) =>
        sparsities.map((percent) => withSparsity(recipe, percent, method)),
      )
    case 'both':
      return gridSparsities.flatMap((percent) =>
        gridBits.flatMap((bits) => withBits(withSparsity(recipe, percent, 'magnitude'), bits)),
      )
  }
}

/** No settings where the scheme needs more bits. */
function withBits(recipe: Recipe, bits: number): readonly Recipe[] {
  const step = recipe.steps.find(({ technique }) => technique === 'quantize')
  const config: ConfigOf<'quantize'> =
    step?.technique === 'quantize' ? step.config : quantizeMeta.defaultConfig
  const isSymmetric = config.scheme === 'affine' && config.symmetry === 'symmetric'
  if (isSymmetric && bits < 2) return []
  return [replaced(recipe, { technique: 'quantize', enabled: true, config: { ...config, bits } })]
}

function withSparsity(
  recipe: Recipe,
  percent: number,
  method: ConfigOf<'prune'>['method'],
): Recipe {
  const step = recipe.steps.find(({ technique }) => technique === 'prune')
  const config: ConfigOf<'prune'> =
    step?.technique === 'prune' ? step.config : pruneMeta.defaultConfig
  return replaced(recipe, {
    technique: 'prune',
    enabled: percent > 0,
    config: { ...config, target: 'sparsity', value: percent / 100, method, randomRule: 'matched' },
  })
}

function replaced(recipe: Recipe, step: RecipeStep): Recipe {
  const { technique } = step
  return {
    ...recipe,
    steps: recipe.steps.map((old) => (old.technique === technique ? step : old)),
  }
}
