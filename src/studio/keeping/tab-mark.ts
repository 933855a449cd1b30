import { z } from 'zod'
import { madeOnce } from '../../core/made-once'
import { parseRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'

/** Of this tab, over a reload; a tab that is duplicated takes it along. */
const KEY = 'compression-studio.tab'

/** What is open in this tab: its session is kept apart, its last settings stand here. */
export interface TabMark {
  /** Of the session. */
  readonly id: string
  readonly modelName: string
  readonly sampleId: string | null
  /** Names the state of the open model that the settings are of. */
  readonly mark: string
  readonly recipe: Recipe
}

const markSchema = madeOnce(() =>
  z.object({
    id: z.string(),
    modelName: z.string(),
    sampleId: z.string().nullable(),
    mark: z.string(),
    recipe: z.unknown().transform((recipe) => parseRecipe(recipe)),
    /** As the page had written it. */
    hash: z.string(),
  }),
)

/** What this tab had open, as its address says it. */
export interface FoundMark extends TabMark {
  readonly hash: string
}

export function writeTabMark(mark: FoundMark | null): void {
  try {
    if (mark === null) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, JSON.stringify(mark))
  } catch {
    // Full or forbidden storage only costs the convenience.
  }
}

/**
 * What was open in this tab before it was reloaded; an address that was typed or followed begins anew.
 * Asked once: a model that ends its tab is not opened again.
 */
export function takeTabMark(): FoundMark | null {
  const isReload = performance
    .getEntriesByType('navigation')
    .some((entry) => 'type' in entry && entry.type === 'reload')
  try {
    const text = sessionStorage.getItem(KEY)
    sessionStorage.removeItem(KEY)
    return isReload ? markSchema().parse(JSON.parse(text ?? 'null')) : null
  } catch {
    return null
  }
}
