import { pruneMeta } from './prune/prune.meta'
import { quantizeMeta } from './quantize/quantize.meta'

/** Every technique, in the order in which a new recipe runs them. Adding one starts here. */
export const catalog = { prune: pruneMeta, quantize: quantizeMeta } as const

export type TechniqueId = keyof typeof catalog
export type ConfigOf<Id extends TechniqueId> = ReturnType<(typeof catalog)[Id]['parseConfig']>

/** One step of a recipe, its settings typed by its technique. */
export type RecipeStep = {
  [Id in TechniqueId]: {
    readonly technique: Id
    readonly enabled: boolean
    readonly config: ConfigOf<Id>
  }
}[TechniqueId]
