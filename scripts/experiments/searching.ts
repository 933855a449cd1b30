/** The search of "Make it small" on a built-in model, as the page does it. */
import { runSearch } from '../../src/search/run-search.ts'
import type { Searched } from '../../src/search/run-search.ts'
import { defaultRecipe } from '../../src/techniques/recipe.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'
import type { Laboratory } from './laboratory.ts'
import { SearchProgress } from './search-progress.ts'
import type { MeasuredFigures } from './search-progress.ts'

/** Points of accuracy that a file may lose, as a share. */
export const ALLOWED = 0.005

export const goal = { kind: 'loss', most: ALLOWED } as const

export type Measure = (recipe: Recipe) => Promise<MeasuredFigures>

/** Figures that are kept, so that a search that was broken off goes on where it was. */
export function keptMeasure(sample: string, laboratory: Laboratory): Measure {
  const progress = new SearchProgress(`search-${sample}`)
  return (recipe) =>
    progress.figures(JSON.stringify(recipe.steps.filter(({ enabled }) => enabled)), () =>
      laboratory.tried(recipe),
    )
}

export async function searched(
  laboratory: Laboratory,
  measure: Measure,
): Promise<Searched<MeasuredFigures>> {
  const steps = runSearch(goal, defaultRecipe, {
    sensitivity: () => laboratory.sensitivity(),
    measure,
  })
  for (;;) {
    const step = await steps.next()
    if (step.done === true) {
      if (step.value === null) throw new Error('Nothing was found.')
      return step.value
    }
    const { point, best, done, phase } = step.value
    if (point !== null)
      console.log(`  ${phase} ${done}:`, point.found, `best ${best?.found.bytes ?? NaN}`)
  }
}
