import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Recipe } from '../../techniques/recipe'
import { formatPercent, formatSignificant } from '../../ui-kit/format-number'
import { recipeParts } from './recipe-parts'

/** Names settings in a few words: `80.0 % pruned, 4-bit affine`. */
export function useRecipeText(): (recipe: Recipe) => string {
  const { t } = useTranslation('page')
  return useCallback(
    (recipe) => {
      const { prune, quantize } = recipeParts(recipe)
      const parts: string[] = []
      if (prune !== null) {
        const value =
          prune.target === 'sparsity'
            ? formatPercent(prune.value, 1)
            : prune.target === 'sigma'
              ? `${formatSignificant(prune.value, 3)}\u00A0σ`
              : `t\u00A0=\u00A0${formatSignificant(prune.value, 3)}`
        parts.push(t(prune.random ? 'recipeText.random' : 'recipeText.prune', { value }))
      }
      if (quantize !== null) {
        parts.push(
          t(quantize.channel ? 'recipeText.quantizeChannel' : 'recipeText.quantize', {
            bits: quantize.bits,
            scheme: t(`recipeText.schemes.${quantize.scheme}`),
          }),
        )
      }
      const steps = parts.join(', ')
      if (recipe.trained !== undefined)
        return steps === '' ? t('recipeText.trainedOnly') : t('recipeText.trained', { steps })
      return steps === '' ? t('recipeText.nothing') : steps
    },
    [t],
  )
}
