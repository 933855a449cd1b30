import type { ConfigOf, RecipeStep } from './catalog'
import type { Recipe } from './recipe'

export type PruneOverride = NonNullable<ConfigOf<'prune'>['overrides'][string]>
export type QuantizeOverride = NonNullable<ConfigOf<'quantize'>['overrides'][string]>

/** undefined takes a field back: the layer follows the step again. */
type Changes<Override> = { readonly [Field in keyof Override]?: Override[Field] | undefined }

export interface LayerOverride {
  readonly prune: PruneOverride
  readonly quantize: QuantizeOverride
}

/** What a layer does otherwise than the steps; of several steps of one kind, the first. */
export function overrideOf({ steps }: Recipe, layer: string): LayerOverride {
  let [prune, quantize]: [PruneOverride | null, QuantizeOverride | null] = [null, null]
  for (const step of steps)
    if (step.technique === 'prune') prune ??= step.config.overrides[layer] ?? {}
    else quantize ??= step.config.overrides[layer] ?? {}
  return { prune: prune ?? {}, quantize: quantize ?? {} }
}

/** The layers that do anything otherwise. */
export function overriddenLayers({ steps }: Recipe): ReadonlySet<string> {
  return new Set(steps.flatMap(({ config }) => Object.keys(config.overrides)))
}

/** The recipe with changed exceptions from pruning. */
export function withPruneOverrides(
  recipe: Recipe,
  layers: readonly string[],
  changes: Changes<PruneOverride>,
): Recipe {
  return mapSteps(recipe, (step) =>
    step.technique === 'prune'
      ? {
          ...step,
          config: { ...step.config, overrides: changed(step.config.overrides, layers, changes) },
        }
      : step,
  )
}

/** The recipe with changed exceptions from quantization. */
export function withQuantizeOverrides(
  recipe: Recipe,
  layers: readonly string[],
  changes: Changes<QuantizeOverride>,
): Recipe {
  return mapSteps(recipe, (step) =>
    step.technique === 'quantize'
      ? {
          ...step,
          config: { ...step.config, overrides: changed(step.config.overrides, layers, changes) },
        }
      : step,
  )
}

/** The recipe without exceptions for these layers. */
export function withoutOverrides(recipe: Recipe, layers: Iterable<string>): Recipe {
  const gone = new Set(layers)
  const rest = <Override>(overrides: Readonly<Record<string, Override>>) =>
    Object.fromEntries(Object.entries(overrides).filter(([layer]) => !gone.has(layer)))
  return mapSteps(recipe, (step) =>
    step.technique === 'prune'
      ? { ...step, config: { ...step.config, overrides: rest(step.config.overrides) } }
      : { ...step, config: { ...step.config, overrides: rest(step.config.overrides) } },
  )
}

function mapSteps(recipe: Recipe, change: (step: RecipeStep) => RecipeStep): Recipe {
  return { ...recipe, steps: recipe.steps.map(change) }
}

function changed<Override extends object>(
  overrides: Readonly<Record<string, Override>>,
  layers: readonly string[],
  changes: Changes<Override>,
): Record<string, Override> {
  const result: Record<string, Override> = { ...overrides }
  for (const layer of layers) {
    const fields = Object.entries({ ...overrides[layer], ...changes }).filter(
      ([, value]) => value !== undefined,
    )
    // Without fields there is no exception any more.
    if (fields.length === 0) Reflect.deleteProperty(result, layer)
    else result[layer] = Object.fromEntries(fields) as Override
  }
  return result
}
