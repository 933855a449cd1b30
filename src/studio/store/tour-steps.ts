import { withConfig } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

/** What is shown on a sample, in this order. */
export const tourSteps = ['original', 'quantize', 'prune', 'look', 'keep'] as const
export type TourStep = (typeof tourSteps)[number]

export const TOUR_BITS = 4
export const TOUR_SPARSITY = 0.7

/** The settings of a step of the tour on top of those that are there; null where it changes none. */
export function tourRecipe(step: TourStep, recipe: Recipe): Recipe | null {
  switch (step) {
    case 'quantize':
      return withConfig(recipe, 'quantize', { bits: TOUR_BITS }, true)
    case 'prune':
      return withConfig(recipe, 'prune', { target: 'sparsity', value: TOUR_SPARSITY }, true)
    default:
      return null
  }
}

/** Whether the person has done, by the button or with the controls, what a step is about. */
export function isDone(step: TourStep, recipe: Recipe): boolean {
  return recipe.steps.some((one) => {
    if (!one.enabled) return false
    if (step === 'quantize') return one.technique === step && one.config.bits <= TOUR_BITS
    if (step === 'prune')
      return (
        one.technique === step &&
        (one.config.target !== 'sparsity' || one.config.value >= TOUR_SPARSITY)
      )
    return false
  })
}

/** @returns null after the last one */
export function stepAfter(step: TourStep): TourStep | null {
  return tourSteps[tourSteps.indexOf(step) + 1] ?? null
}

/** @returns null before the first one */
export function stepBefore(step: TourStep): TourStep | null {
  return tourSteps[tourSteps.indexOf(step) - 1] ?? null
}
