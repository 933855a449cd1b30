import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { LayerSummary } from '../../core/model-summary'
import { overriddenLayers } from '../../techniques/overrides'
import type { Recipe } from '../../techniques/recipe'
import { compressibleNames, layerRanges } from './layer-ranges'
import { rangeWords } from './range-words'
import { stepWords } from './step-words'
import { clauses } from './joining'

/**
 * Names settings in a few words: `80.0 % pruned, 4-bit affine, one layer otherwise`; where most layers of their model do
 * otherwise, from the least to the most: `pruned 0.0 % to 92.0 %, 2 to 6 bits, each layer its own`.
 * @param of the layers of their model; undefined where nobody has it open. Whoever asks has the store: what the first
 *   screen says needs none.
 */
export function useRecipeText(of?: readonly LayerSummary[]): (recipe: Recipe) => string {
  const { t } = useTranslation('page')
  const layers = useMemo(() => compressibleNames(of), [of])
  return useCallback(
    (recipe) => {
      // Each technique names its own words; a test says that they are there.
      const say = t as (key: string, facts?: Record<string, string>) => string
      const enabled = recipe.steps.filter((step) => step.enabled)
      const others = overriddenLayers({ ...recipe, steps: enabled }).size
      const ranges = others === 0 ? null : layerRanges(recipe, layers)
      const steps = clauses(
        ...enabled.map(
          (step) =>
            rangeWords(step, ranges, t, 1) ??
            stepWords(step, `recipeText.${step.technique}`, say, 1),
        ),
        ranges !== null
          ? t('recipeText.each.layer')
          : others > 0 && t('recipeText.others', { count: others }),
      )
      if (recipe.trained !== undefined)
        return steps === '' ? t('recipeText.trainedOnly') : t('recipeText.trained', { steps })
      return steps === '' ? t('recipeText.nothing') : steps
    },
    [layers, t],
  )
}
