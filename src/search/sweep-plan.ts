import type { ConfigOf } from '../techniques/catalog'
import { stepOf, withConfig } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'

export const curveKinds = ['bits', 'sparsity', 'both'] as const
/** bits: 16 to 1. sparsity: 0 to 99 %, with random removal as the control. both: a grid of the two. */
export type CurveKind = (typeof curveKinds)[number]
/** remedies: what may take a drop away. */
export type SweepKind = CurveKind | 'remedies'

const allBits = Array.from({ length: 16 }, (_, index) => 16 - index)
const sparsities = [0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 93, 95, 97, 98, 99]
const gridBits = [8, 6, 5, 4, 3, 2]
const gridSparsities = [0, 30, 50, 70, 80, 90, 95]

/** The settings that a sweep measures, the rest of each as the controls stand. */
export function sweepPlan(kind: CurveKind, recipe: Recipe): readonly Recipe[] {
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
  const config = stepOf(recipe, 'quantize')?.config
  const isSymmetric = config?.scheme === 'affine' && config.symmetry === 'symmetric'
  if (isSymmetric && bits < 2) return []
  return [withConfig(recipe, 'quantize', { bits }, true)]
}

function withSparsity(
  recipe: Recipe,
  percent: number,
  method: ConfigOf<'prune'>['method'],
): Recipe {
  return withConfig(
    recipe,
    'prune',
    { target: 'sparsity', value: percent / 100, method, randomRule: 'matched' },
    percent > 0,
  )
}
