import type { ConfigOf } from '../../techniques/catalog'
import type { Recipe } from '../../techniques/recipe'

/** A recipe in a few words: parts for the language file to join. */
export function recipeParts(recipe: Recipe): {
  readonly prune: {
    readonly target: string
    readonly value: number
    readonly random: boolean
  } | null
  readonly quantize: {
    readonly bits: number
    readonly scheme: ConfigOf<'quantize'>['scheme']
    readonly channel: boolean
  } | null
} {
  let prune = null
  let quantize = null
  for (const step of recipe.steps) {
    if (!step.enabled) continue
    if (step.technique === 'prune') {
      const { target, value, method } = step.config
      prune = { target, value, random: method === 'random' }
    } else {
      const { bits, scheme, granularity } = step.config
      quantize = { bits, scheme, channel: granularity === 'perChannel' }
    }
  }
  return { prune, quantize }
}
