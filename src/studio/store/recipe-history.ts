import type { Recipe } from '../../techniques/recipe'
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
