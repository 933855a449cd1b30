import type { ConfigOf } from '../../src/techniques/catalog'
import { defaultRecipe } from '../../src/techniques/recipe'
import type { Recipe } from '../../src/techniques/recipe'

/** The built-in steps, on where their settings are given. */
export function recipeWith(steps: {
  readonly prune?: Partial<ConfigOf<'prune'>>
  readonly quantize?: Partial<ConfigOf<'quantize'>>
}): Recipe {
  return {
    ...defaultRecipe,
    steps: defaultRecipe.steps.map((step) =>
      step.technique === 'prune'
        ? {
            ...step,
            enabled: steps.prune !== undefined,
            config: { ...step.config, ...steps.prune },
          }
        : {
            ...step,
            enabled: steps.quantize !== undefined,
            config: { ...step.config, ...steps.quantize },
          },
    ),
  }
}
