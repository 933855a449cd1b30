import { z } from 'zod'
import { StudioError } from '../core/errors'
import { madeOnce } from '../core/made-once'
import { makeStep, metaOf, techniqueIds } from './catalog'
import type { ConfigOf, RecipeStep, StepOf, TechniqueId } from './catalog'
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

const MOST_STEPS = 16

const envelope = madeOnce(() =>
  z.strictObject({
    version: z.literal(1),
    seed: z.int().nonnegative(),
    trained: z
      .string()
      .regex(/^[0-9a-f]{8,64}$/)
      .optional(),
    steps: z
      .array(
        z.strictObject({
          technique: z.enum(techniqueIds as [TechniqueId, ...TechniqueId[]]),
          enabled: z.boolean(),
          config: z.unknown(),
        }),
      )
      .max(MOST_STEPS),
  }),
)

/** What a newly opened model starts with: every step present and off. */
export const defaultRecipe: Recipe = {
  version: 1,
  seed: 42,
  steps: techniqueIds.map(idleStep),
}

function idleStep<Id extends TechniqueId>(technique: Id): StepOf<Id> {
  return makeStep(technique, false, metaOf(technique).defaultConfig)
}

/** The same steps on the file's own weights. */
export function withoutTraining({ version, seed, steps }: Recipe): Recipe {
  return { version, seed, steps }
}

/** The recipe with one step replaced. */
export function withStep(recipe: Recipe, index: number, step: RecipeStep): Recipe {
  return { ...recipe, steps: recipe.steps.map((old, at) => (at === index ? step : old)) }
}

function isStepOf<Id extends TechniqueId>(step: RecipeStep, technique: Id): step is StepOf<Id> {
  return step.technique === technique
}

/** The first step of a technique. */
export function stepOf<Id extends TechniqueId>(
  { steps }: Pick<Recipe, 'steps'>,
  technique: Id,
): StepOf<Id> | null {
  return steps.find((step): step is StepOf<Id> => isStepOf(step, technique)) ?? null
}

/** Whether any step of a technique is on. */
export function isOn({ steps }: Pick<Recipe, 'steps'>, technique: TechniqueId): boolean {
  return steps.some((step) => step.enabled && step.technique === technique)
}

/** The recipe with every step of a technique changed. */
export function mapSteps<Id extends TechniqueId>(
  recipe: Recipe,
  technique: Id,
  change: (step: StepOf<Id>) => StepOf<Id>,
): Recipe {
  const steps = recipe.steps.map((step): RecipeStep =>
    isStepOf(step, technique) ? change(step) : step,
  )
  return { ...recipe, steps }
}

/**
 * The recipe with some settings of a technique changed.
 * @param enabled whether its steps are on; left out: as they are
 */
export function withConfig<Id extends TechniqueId>(
  recipe: Recipe,
  technique: Id,
  changes: Partial<ConfigOf<Id>>,
  enabled?: boolean,
): Recipe {
  return mapSteps(recipe, technique, (step) => ({
    ...step,
    enabled: enabled ?? step.enabled,
    config: { ...step.config, ...changes },
  }))
}

/** The recipe with every step off. */
export function allOff(recipe: Recipe): Recipe {
  return { ...recipe, steps: recipe.steps.map((step) => ({ ...step, enabled: false })) }
}

/**
 * Parses an untrusted recipe. Techniques that it does not know of, because they came later, are put in
 * their place switched off.
 * @throws StudioError 'recipe/invalid' naming the field
 */
export function parseRecipe(input: unknown): Recipe {
  const { version, seed, trained, steps } = parseStepConfig(envelope(), input, 'top level')
  return {
    version,
    seed,
    ...(trained === undefined ? {} : { trained }),
    steps: completed(steps.map((step, index) => parseStep(step, index))),
  }
}

/** A missing technique comes after the last step of those before it in the catalog. */
function completed(steps: readonly RecipeStep[]): readonly RecipeStep[] {
  const all = [...steps]
  for (const [place, technique] of techniqueIds.entries()) {
    if (all.some((step) => step.technique === technique)) continue
    // A recipe that is full stays one that can be read again.
    if (all.length >= MOST_STEPS) break
    const earlier = new Set(techniqueIds.slice(0, place))
    const last = all.findLastIndex((step) => earlier.has(step.technique))
    all.splice(last + 1, 0, idleStep(technique))
  }
  return all
}

function parseStep<Id extends TechniqueId>(
  step: { technique: Id; enabled: boolean; config?: unknown },
  index: number,
): StepOf<Id> {
  const { technique, enabled } = step
  try {
    return makeStep(technique, enabled, metaOf(technique).parseConfig(step.config))
  } catch (error) {
    if (error instanceof StudioError && error.code === 'recipe/invalid') {
      const { field = '', expected = '', found = '' } = error.params
      const config = `steps.${index}.config`
      throw new StudioError('recipe/invalid', {
        field: field === '' ? config : `${config}.${field}`,
        expected,
        found,
      })
    }
    throw error
  }
}
