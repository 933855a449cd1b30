import { biasCorrectionMeta } from './bias-correction/bias-correction.meta'
import { equalizeMeta } from './equalize/equalize.meta'
import { pruneMeta } from './prune/prune.meta'
import { quantizeMeta } from './quantize/quantize.meta'
import type { OverrideIn, TechniqueMeta } from './technique'

/** Every technique, in the order in which a new recipe runs them. Adding one starts here. */
export const catalog = {
  prune: pruneMeta,
  equalize: equalizeMeta,
  quantize: quantizeMeta,
  'bias-correction': biasCorrectionMeta,
} as const

export type TechniqueId = keyof typeof catalog
export type ConfigOf<Id extends TechniqueId> = ReturnType<(typeof catalog)[Id]['parseConfig']>
/** What a layer does otherwise than a step. */
export type OverrideOf<Id extends TechniqueId> = OverrideIn<ConfigOf<Id>>

/** A step of a recipe, its settings typed by its technique. */
export type StepOf<Id extends TechniqueId> = {
  [Each in TechniqueId]: {
    readonly technique: Each
    readonly enabled: boolean
    readonly config: ConfigOf<Each>
  }
}[Id]
export type RecipeStep = StepOf<TechniqueId>

export function makeStep<Id extends TechniqueId>(
  technique: Id,
  enabled: boolean,
  config: ConfigOf<Id>,
): StepOf<Id> {
  // That a mapped type at `Id` is what its line says is beyond the compiler.
  return { technique, enabled, config } as StepOf<Id>
}

export const techniqueIds = Object.keys(catalog) as TechniqueId[]

type Metas = { readonly [Id in TechniqueId]: TechniqueMeta<Id, ConfigOf<Id>> }

/** The description of a technique, typed by its id. */
export function metaOf<Id extends TechniqueId>(technique: Id): Metas[Id] {
  const metas: Metas = catalog
  return metas[technique]
}
