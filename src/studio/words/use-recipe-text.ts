import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { overriddenLayers } from '../../techniques/overrides'
import type { Recipe } from '../../techniques/recipe'
import { stepWords } from './step-words'
import { clauses } from './joining'

/** Names settings in a few words: `80.0 % pruned, 4-bit affine, one layer otherwise`. */
export function useRecipeText(): (recipe: Recipe) => string {
  const { t } = useTranslation('page')
  return useCallback(
    (recipe) => {
      // Each technique names its own words; a test says that they are there.
      const say = t as (key: string, facts?: Record<string, string>) => string
      const enabled = recipe.steps.filter((step) => step.enabled)
      const others = overriddenLayers({ ...recipe, steps: enabled }).size
      const steps = clauses(
        ...enabled.map((step) => stepWords(step, `recipeText.${step.technique}`, say, 1)),
        others > 0 && t('recipeText.others', { count: others }),
      )
      if (recipe.trained !== undefined)
        return steps === '' ? t('recipeText.trainedOnly') : t('recipeText.trained', { steps })
      return steps === '' ? t('recipeText.nothing') : steps
    },
    [t],
  )
}
