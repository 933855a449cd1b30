import type { Recipe } from '../techniques/recipe'
import type { Figures } from './search-goal'
import type { SensitivityTable } from './sensitivity'

/** What a search asks of whoever has the model. */
export interface SearchWorld<Found extends Figures> {
  /** What the layers bear; known at once where it was asked for before. */
  readonly sensitivity: () => Promise<SensitivityTable>
  /** Size and measure of settings; what was measured before is not measured again. */
  readonly measure: (recipe: Recipe) => Promise<Found>
  /** The download without any step has no fewer: what has more is held against that download, as it is measured then. */
  readonly fewestBytes: number
}

/** guess: one setting that nearly always keeps what matters, so that there is something from the first seconds. */
export const searchPhases = ['guess', 'sensitivity', 'front', 'neighbours'] as const
export type SearchPhase = (typeof searchPhases)[number]

export interface SearchPoint<Found extends Figures> {
  readonly recipe: Recipe
  readonly found: Found
}

/** Told after each setting that was measured, and when a phase begins. */
export interface SearchStep<Found extends Figures> {
  readonly phase: SearchPhase
  /** Settings measured, of at most `total`. */
  readonly done: number
  readonly total: number
  /** The newest; null where a phase begins. */
  readonly point: SearchPoint<Found> | null
  /** The best so far by the goal; null until one was measured. */
  readonly best: SearchPoint<Found> | null
}
