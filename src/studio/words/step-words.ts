import { metaOf } from '../../techniques/catalog'
import type { ConfigOf, RecipeStep, TechniqueId } from '../../techniques/catalog'
import type { Fact, TechniqueMeta } from '../../techniques/technique'
import { formatPercent, formatSignificant } from '../../ui-kit/format-number'

/**
 * What a step is set to, in the words of a language file.
 * @param words key of the forms and words of its technique
 * @param decimals of per cents
 */
export function stepWords(
  step: RecipeStep,
  words: string,
  say: (key: string, facts?: Record<string, string>) => string,
  decimals: number,
): string {
  const { form, facts } = describe(step)
  const said = Object.entries(facts).map(([name, fact]) => [
    name,
    factText(fact, (word) => say(`${words}.${word}`), decimals),
  ])
  return say(`${words}.${form}`, Object.fromEntries(said) as Record<string, string>)
}

function describe<Id extends TechniqueId>(step: {
  readonly technique: Id
  readonly config: ConfigOf<Id>
}) {
  const meta: TechniqueMeta<Id, ConfigOf<Id>> = metaOf(step.technique)
  return meta.describe(step.config)
}

/**
 * A fact of a description, formatted.
 * @param decimals of per cents
 */
export function factText(fact: Fact, wordFor: (word: string) => string, decimals: number): string {
  if (typeof fact === 'number') return String(fact)
  if ('percent' in fact) return formatPercent(fact.percent, decimals)
  return 'word' in fact ? wordFor(fact.word) : formatSignificant(fact.significant, 3)
}
