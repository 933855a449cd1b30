import type { Recipe } from '../../techniques/recipe'
import { recipeKey } from './recipe-slice'
import type { StudioStore } from './store'

/** The settings that a newly opened model starts with; the history of the old one ends. */
export function startRecipe(store: StudioStore, recipe: Recipe): void {
  store.setState({ recipe, committed: recipe })
  store.temporal.getState().clear()
}

export function undoRecipe(store: StudioStore): void {
  store.temporal.getState().undo()
  store.getState().dragRecipe(store.getState().committed)
}

export function redoRecipe(store: StudioStore): void {
  store.temporal.getState().redo()
  store.getState().dragRecipe(store.getState().committed)
}

export function canUndoRecipe(store: StudioStore): boolean {
  return store.temporal.getState().pastStates.length > 0
}

/** All that was gone through since settings were in use is one step, or none where they are in use again. */
export function joinSteps(store: StudioStore, since: Recipe): void {
  const { pastStates } = store.temporal.getState()
  const at = pastStates.findLastIndex(({ committed }) => committed === since)
  if (at === -1) return
  const isBack = recipeKey(store.getState().committed) === recipeKey(since)
  store.temporal.setState({ pastStates: pastStates.slice(0, isBack ? at : at + 1) })
}
