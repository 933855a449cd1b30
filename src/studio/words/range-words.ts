import type { TFunction } from 'i18next'
import type { RecipeStep } from '../../techniques/catalog'
import { formatPercent } from '../../ui-kit/format-number'
import type { LayerRanges } from './layer-ranges'

/**
 * What a step does to layers that each have settings of their own: `pruned 0.0 % to 92.0 %`, `2 to 6 bits`.
 * @param decimals of per cents
 * @returns null where what the step is set to is what all layers do
 */
export function rangeWords(
  step: RecipeStep,
  ranges: LayerRanges | null,
  t: TFunction,
  decimals: number,
): string | null {
  const isPruning = step.technique === 'prune'
  const range = isPruning ? ranges?.sparsity : step.technique === 'quantize' ? ranges?.bits : null
  if (range == null) return null
  const { high, low, set } = range
  if (low === high && low === set) return null
  const [from, to] = [low, high].map((value) =>
    isPruning ? formatPercent(value, decimals) : String(value),
  )
  const told = low === high ? from : t('recipeText.each.range', { low: from, high: to })
  return isPruning
    ? t('recipeText.each.prune', { range: told })
    : t('recipeText.each.quantize', { range: told, count: high })
}
