import type { ConfigOf } from '../techniques/catalog'
import { overrideOf } from '../techniques/overrides'
import { isOn, stepOf } from '../techniques/recipe'
import type { Recipe } from '../techniques/recipe'

/** Whether settings code anything, whatever the layer. */
export function isCoding(recipe: Recipe): boolean {
  return isOn(recipe, 'quantize')
}

/** Settings of the codes of a layer, its exception included; null where it is not coded. */
export function codingOf(recipe: Recipe, layer: string): ConfigOf<'quantize'> | null {
  const own = overrideOf(recipe, 'quantize', layer)
  const step = stepOf(recipe, 'quantize')
  if (step?.enabled !== true || own.enabled === false) return null
  const { bits = step.config.bits, granularity = step.config.granularity } = own
  return { ...step.config, bits, granularity, range: own.range ?? step.config.range }
}
