import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { metaOf } from '../../techniques/catalog'
import type { ConfigOf, TechniqueId } from '../../techniques/catalog'
import type { Recipe } from '../../techniques/recipe'
import type { Fact, TechniqueMeta } from '../../techniques/technique'
import { formatPercent, formatSignificant } from '../../ui-kit/format-number'

/** Names settings in a few words: `80.0 % pruned, 4-bit affine`. */
export function useRecipeText(): (recipe: Recipe) => string {
  const { t } = useTranslation('page')
  return useCallback(
    (recipe) => {
      // Each technique names its own words; a test says that they are there.
      const say = t as (key: string, facts?: Record<string, string>) => string
      const steps = recipe.steps
        .filter(({ enabled }) => enabled)
        .map((step) => {
          const { form, facts } = describe(step)
          const words = `recipeText.${step.technique}`
          const said = Object.entries(facts).map(([name, fact]) => [
            name,
            factText(fact, (word) => say(`${words}.${word}`)),
          ])
          return say(`${words}.${form}`, Object.fromEntries(said) as Record<string, string>)
        })
        .join(', ')
      if (recipe.trained !== undefined)
        return steps === '' ? t('recipeText.trainedOnly') : t('recipeText.trained', { steps })
      return steps === '' ? t('recipeText.nothing') : steps
    },
    [t],
  )
}

function describe<Id extends TechniqueId>(step: {
  readonly technique: Id
  readonly config: ConfigOf<Id>
}) {
  const meta: TechniqueMeta<Id, ConfigOf<Id>> = metaOf(step.technique)
  return meta.describe(step.config)
}

function factText(fact: Fact, wordFor: (word: string) => string): string {
  if (typeof fact === 'number') return String(fact)
  if ('percent' in fact) return formatPercent(fact.percent, 1)
  return 'word' in fact ? wordFor(fact.word) : formatSignificant(fact.significant, 3)
}
