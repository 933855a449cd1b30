import type { ConfigOf, TechniqueId } from '../../src/techniques/catalog'
import { defaultRecipe, withConfig } from '../../src/techniques/recipe'
import type { Recipe } from '../../src/techniques/recipe'

type Settings = { readonly [Id in TechniqueId]?: Partial<ConfigOf<Id>> }

/** The default settings, with the steps on whose settings are given. */
export function recipeWith(settings: Settings): Recipe {
  return (Object.keys(settings) as TechniqueId[]).reduce(
    (recipe, technique) => withConfig(recipe, technique, settings[technique] ?? {}, true),
    defaultRecipe,
  )
}
