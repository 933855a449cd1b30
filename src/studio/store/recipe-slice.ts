import type { StateCreator } from 'zustand'
import type { RecipeStep } from '../../techniques/catalog'
import { defaultRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { StudioState } from './store'

const HISTORY = 100

export interface RecipeSlice {
  /** What the controls show; the numbers may still belong to an earlier one (`applied` in run). */
  readonly recipe: Recipe
  /** The last settled recipe: where undo steps from. */
  readonly committed: Recipe
  readonly past: readonly Recipe[]
  readonly future: readonly Recipe[]
  /** While a thumb moves: no entry in the history. */
  dragRecipe: (recipe: Recipe) => void
  commitRecipe: (recipe: Recipe) => void
  /** The settings that a newly opened model starts with; the history of the old one ends. */
  startRecipe: (recipe: Recipe) => void
  undoRecipe: () => void
  redoRecipe: () => void
}

export const createRecipeSlice: StateCreator<StudioState, [], [], RecipeSlice> = (set, get) => ({
  recipe: defaultRecipe,
  committed: defaultRecipe,
  past: [],
  future: [],
  dragRecipe: (recipe) => {
    set({ recipe })
  },
  commitRecipe: (recipe) => {
    const { committed, past } = get()
    if (recipeKey(recipe) === recipeKey(committed)) {
      set({ recipe })
      return
    }
    set({ recipe, committed: recipe, past: [...past, committed].slice(-HISTORY), future: [] })
  },
  startRecipe: (recipe) => {
    set({ recipe, committed: recipe, past: [], future: [] })
  },
  undoRecipe: () => {
    const { past, future, committed } = get()
    const previous = past.at(-1)
    if (previous === undefined) return
    set({
      recipe: previous,
      committed: previous,
      past: past.slice(0, -1),
      future: [committed, ...future],
    })
  },
  redoRecipe: () => {
    const { past, future, committed } = get()
    const next = future[0]
    if (next === undefined) return
    set({ recipe: next, committed: next, past: [...past, committed], future: future.slice(1) })
  },
})

/** Equal keys mean that every control stands the same. */
function recipeKey(recipe: Recipe): string {
  return JSON.stringify(recipe)
}

/** Key of what the recipe does, so that a step that is off makes no difference. */
export function effectKey(recipe: Recipe): string {
  return JSON.stringify([recipe.seed, recipe.trained, recipe.steps.filter((step) => step.enabled)])
}

/** The recipe with one step replaced. */
export function withStep(recipe: Recipe, index: number, step: RecipeStep): Recipe {
  return { ...recipe, steps: recipe.steps.map((old, at) => (at === index ? step : old)) }
}
