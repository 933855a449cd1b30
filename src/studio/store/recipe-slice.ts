import { defaultRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { Slice } from './slice'

export interface RecipeSlice {
  /** What the controls show; the numbers may still belong to an earlier one (`applied` in run). */
  readonly recipe: Recipe
  /** The last settled recipe: what the history of the store remembers. */
  readonly committed: Recipe
  /** While a thumb moves: no entry in the history. */
  dragRecipe: (recipe: Recipe) => void
  commitRecipe: (recipe: Recipe) => void
}

export const recipeSlice: Slice<RecipeSlice> = {
  create: (set, get) => ({
    recipe: defaultRecipe,
    committed: defaultRecipe,
    dragRecipe: (recipe) => {
      set({ recipe })
    },
    commitRecipe: (recipe) => {
      const isSame = recipeKey(recipe) === recipeKey(get().committed)
      set(isSame ? { recipe } : { recipe, committed: recipe })
    },
  }),
  // The settings that a new model starts with are the caller's choice.
  forModel: () => ({}),
  forData: () => ({}),
}

/** No step is on, and the weights are those of the file. */
export function isUntouched({ steps, trained }: Recipe): boolean {
  return trained === undefined && !steps.some((step) => step.enabled)
}

/** Equal keys mean that every control stands the same. */
export function recipeKey(recipe: Recipe): string {
  return JSON.stringify(recipe)
}

/** Key of what the recipe does, so that a step that is off makes no difference. */
export function effectKey(recipe: Recipe): string {
  return JSON.stringify([recipe.seed, recipe.trained, recipe.steps.filter((step) => step.enabled)])
}
