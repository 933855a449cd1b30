/** The search of "Make it small" on a built-in model, as the page does it. */
import { runSearch } from '../../src/search/run-search.ts'
import type { Searched } from '../../src/search/run-search.ts'
import { defaultRecipe } from '../../src/techniques/recipe.ts'
import type { SearchPhase } from '../../src/search/search-world.ts'
import type { Recipe } from '../../src/techniques/recipe.ts'
import type { Laboratory } from './laboratory.ts'
import { SearchProgress } from './search-progress.ts'
import type { MeasuredFigures } from './search-progress.ts'

/** Points of accuracy that a file may lose, as a share. */
export const ALLOWED = 0.005

export const goal = { kind: 'loss', most: ALLOWED } as const

export type Measure = (recipe: Recipe) => Promise<MeasuredFigures>

export interface KeptMeasure {
  readonly measure: Measure
  /** Settings that an earlier run had measured. */
  readonly recalled: () => number
}

/** Figures that are kept, so that a search that was broken off goes on where it was. */
export function keptMeasure(sample: string, laboratory: Laboratory): KeptMeasure {
  const progress = new SearchProgress(`search-${sample}`)
  let recalled = 0
  return {
    measure: (recipe) => {
      recalled++
      const key = JSON.stringify(recipe.steps.filter(({ enabled }) => enabled))
      return progress.figures(key, () => {
        recalled--
        return laboratory.tried(recipe)
      })
    },
    recalled: () => recalled,
  }
}

export interface TimedSearch extends Searched<MeasuredFigures> {
  /** In each phase; of the settings that are recalled it says nothing. */
  readonly seconds: Readonly<Record<SearchPhase, number>>
}

/** @param most what a file may lose, as a share */
export async function searched(
  laboratory: Laboratory,
  measure: Measure,
  most = ALLOWED,
): Promise<TimedSearch> {
  const seconds = { guess: 0, sensitivity: 0, front: 0, neighbours: 0 }
  let now: SearchPhase = 'guess'
  let began = performance.now()
  const steps = runSearch({ ...goal, most }, defaultRecipe, {
    sensitivity: () => laboratory.sensitivity(),
    measure,
    // None of these models is smaller than its report.
    fewestBytes: Infinity,
  })
  for (;;) {
    const step = await steps.next()
    const ended = performance.now()
    seconds[now] += (ended - began) / 1000
    began = ended
    if (step.done === true) return { ...step.value, seconds }
    const { point, best, done, phase } = step.value
    now = phase
    if (point !== null)
      console.log(`  ${phase} ${done}:`, point.found, `best ${best?.found.bytes ?? NaN}`)
  }
}
