import { z } from 'zod'
import { StudioError } from '../core/errors'
import { catalog } from './catalog'
import type { RecipeStep, TechniqueId } from './catalog'
import { parseStepConfig } from './parse-step-config'

/** Everything that decides the compressed weights; equal recipes give equal bytes. */
export interface Recipe {
  readonly version: 1
  readonly seed: number
  /**
   * The weights of a training run that the steps work on, by the id that follows from them; absent: those
   * of the file.
   */
  readonly trained?: string
  /** In the order in which they run. */
  readonly steps: readonly RecipeStep[]
}

const envelope = z.strictObject({
  version: z.literal(1),
  seed: z.int().nonnegative(),
  trained: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/)
    .optional(),
  steps: z
    .array(
      z.strictObject({
        technique: z.enum(Object.keys(catalog) as [TechniqueId, ...TechniqueId[]]),
        enabled: z.boolean(),
        config: z.unknown(),
      }),
    )
    .max(16),
})

/** What a newly opened model starts with: every step present and off. */
export const defaultRecipe: Recipe = {
  version: 1,
  seed: 42,
  steps: [
    { technique: 'prune', enabled: false, config: catalog.prune.defaultConfig },
    { technique: 'quantize', enabled: false, config: catalog.quantize.defaultConfig },
  ],
}

/** The same steps on the file's own weights. */
export function withoutTraining({ version, seed, steps }: Recipe): Recipe {
  return { version, seed, steps }
}

/** The recipe with one step replaced. */
export function withStep(recipe: Recipe, index: number, step: RecipeStep): Recipe {
  return { ...recipe, steps: recipe.steps.map((old, at) => (at === index ? step : old)) }
}

/**
 * Parses an untrusted recipe.
 * @throws StudioError 'recipe/invalid' naming the field
 */
export function parseRecipe(input: unknown): Recipe {
  const { version, seed, trained, steps } = parseStepConfig(envelope, input)
  return {
    version,
    seed,
    ...(trained === undefined ? {} : { trained }),
    steps: steps.map((step, index) => parseStep(step, index)),
  }
}

function parseStep(
  step: { technique: TechniqueId; enabled: boolean; config?: unknown },
  index: number,
): RecipeStep {
  const { technique, enabled } = step
  try {
    switch (technique) {
      case 'prune':
        return { technique, enabled, config: catalog.prune.parseConfig(step.config) }
      case 'quantize':
        return { technique, enabled, config: catalog.quantize.parseConfig(step.config) }
    }
  } catch (error) {
    if (error instanceof StudioError && error.code === 'recipe/invalid') {
      const { field, expected, found } = error.params
      throw new StudioError('recipe/invalid', {
        field: `steps.${index}.config.${field ?? ''}`,
        expected: expected ?? '',
        found: found ?? '',
      })
    }
    throw error
  }
}
