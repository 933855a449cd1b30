import type { LayerSensitivity, SensitivityTable } from '../search/sensitivity'
import type { Recipe } from '../techniques/recipe'

export interface SensitivityRequest {
  /** Whose weights are meant; its steps make no difference. */
  readonly recipe: Recipe
  /** Whether the removal of whole filters is looked at, too. */
  readonly filters?: boolean
  /** What an earlier visit has found; of no use where it is of other weights or other samples. */
  readonly known?: SensitivityTable
}

/** A table that grows: first what layers are thought to bear, then what was tried. */
export interface SensitivityEvent {
  readonly done: number
  readonly total: number
  /** A layer as it is known now; it comes again with more cells. null: nothing new but the count. */
  readonly layer: LayerSensitivity | null
}
