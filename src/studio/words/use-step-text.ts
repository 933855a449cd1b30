import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecipeStep } from '../../techniques/catalog'
import { clauses } from './joining'
import { compressibleNames, layerRanges } from './layer-ranges'
import { rangeWords } from './range-words'
import { stepWords } from './step-words'
import { useStudio } from '../store/store'

/** What a step is set to, beside its name: `5 bits, per channel`. */
export function useStepText(): (step: RecipeStep) => string {
  const { t } = useTranslation('techniques')
  const { t: page } = useTranslation('page')
  const of = useStudio((state) => state.model?.layers)
  const layers = useMemo(() => compressibleNames(of), [of])
  return useCallback(
    (step) => {
      // Each technique names its own words; a test says that they are there.
      const say = t as (key: string, facts?: Record<string, string>) => string
      const set = stepWords(step, `set.${step.technique}`, say, 0)
      const ranges = layerRanges({ steps: [step] }, layers)
      if (ranges !== null)
        return clauses(rangeWords(step, ranges, page, 0) ?? set, page('recipeText.each.layer'))
      const otherwise = Object.keys(step.config.overrides).length
      return otherwise === 0 ? set : t('exceptions.besides', { set, count: otherwise })
    },
    [layers, page, t],
  )
}
