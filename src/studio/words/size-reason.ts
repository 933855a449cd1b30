import { metaOf } from '../../techniques/catalog'
import type { Recipe } from '../../techniques/recipe'

export type SizeReason =
  'nothing' | 'pruneOnly' | 'decoded' | 'oneByte' | 'belowOneByte' | 'twoBytes'

/** Why the file has the size it has: key of the sentence. */
export function sizeReason(recipe: Recipe): SizeReason {
  const quantize = recipe.steps.find((step) => step.enabled && step.technique === 'quantize')
  if (quantize?.technique !== 'quantize') {
    return recipe.steps.some((step) => step.enabled) ? 'pruneOnly' : 'nothing'
  }
  if (inexactSettings(recipe).length > 0) return 'decoded'
  if (quantize.config.bits > 8) return 'twoBytes'
  return quantize.config.bits === 8 ? 'oneByte' : 'belowOneByte'
}

export type InexactSetting = 'perChannel' | 'perGroup' | 'mean' | 'linearWithMask'

/** Settings that no entry of a stock manifest can hold, so that decoded values are written. */
export function inexactSettings(recipe: Recipe): readonly InexactSetting[] {
  const removes = recipe.steps.some((step) => step.enabled && metaOf(step.technique).removes)
  return recipe.steps.flatMap((step) => {
    if (!step.enabled || step.technique !== 'quantize') return []
    const { scheme, granularity } = step.config
    return [
      ...(granularity === 'perTensor' ? [] : [granularity]),
      ...(scheme === 'mean' ? (['mean'] as const) : []),
      ...(scheme === 'linear' && removes ? (['linearWithMask'] as const) : []),
    ]
  })
}
