import { techniqueIds } from './catalog'
import type { ConfigOf, OverrideOf, TechniqueId } from './catalog'
import { mapSteps, stepOf } from './recipe'
import type { Recipe } from './recipe'
import type { OverrideChanges } from './technique'

/** What a layer does otherwise than a technique's step; of several steps the first. */
export function overrideOf<Id extends TechniqueId>(
  recipe: Pick<Recipe, 'steps'>,
  technique: Id,
  layer: string,
): Partial<OverrideOf<Id>> {
  const config: ConfigOf<Id> | undefined = stepOf(recipe, technique)?.config
  // What is read at a generic key loses its own type on the way.
  return (config?.overrides[layer] ?? {}) as Partial<OverrideOf<Id>>
}

/** The layers that do anything otherwise. */
export function overriddenLayers({ steps }: Recipe): ReadonlySet<string> {
  return new Set(steps.flatMap(({ config }) => Object.keys(config.overrides)))
}

/** The recipe with changed exceptions from a technique's steps. */
export function withOverrides<Id extends TechniqueId>(
  recipe: Recipe,
  technique: Id,
  layers: readonly string[],
  changes: OverrideChanges<OverrideOf<Id>>,
): Recipe {
  return mapOverrides(recipe, technique, (overrides) => changed(overrides, layers, changes))
}

/** The recipe without exceptions for these layers. */
export function withoutOverrides(recipe: Recipe, layers: Iterable<string>): Recipe {
  const gone = new Set(layers)
  const rest = <Override>(overrides: Readonly<Record<string, Override>>) =>
    Object.fromEntries(Object.entries(overrides).filter(([layer]) => !gone.has(layer)))
  return techniqueIds.reduce((all, technique) => mapOverrides(all, technique, rest), recipe)
}

type Overrides = Readonly<Record<string, object>>

function mapOverrides(
  recipe: Recipe,
  technique: TechniqueId,
  change: (overrides: Overrides) => Overrides,
): Recipe {
  return mapSteps(recipe, technique, (step) => {
    const config = { ...step.config, overrides: change(step.config.overrides) }
    // Fields come from a panel that is typed by its technique.
    return { ...step, config } as typeof step
  })
}

function changed(overrides: Overrides, layers: readonly string[], changes: object): Overrides {
  const result: Record<string, object> = { ...overrides }
  for (const layer of layers) {
    const fields = Object.entries({ ...overrides[layer], ...changes }).filter(
      ([, value]) => value !== undefined,
    )
    // Without fields there is no exception any more.
    if (fields.length === 0) Reflect.deleteProperty(result, layer)
    else result[layer] = Object.fromEntries(fields)
  }
  return result
}
