import type { RecipeStep } from '../../techniques/catalog'
import { defaultRecipe, isOn, withConfig, withStep } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import { readRecipeFile, writeRecipeFile } from '../files/recipe-file'
import { rememberSession } from './remember-session'
import { redoRecipe, undoRecipe } from '../store/recipe-history'
import type { DataCommands } from './data-commands'
import type { PreviewCommands } from './preview-commands'

/** Changes of the settings, each followed by new numbers. */
export function createRecipeCommands(
  context: CommandContext,
  preview: PreviewCommands,
  data: DataCommands,
) {
  const { store } = context
  let frame = 0

  function settle(recipe: Recipe): void {
    cancelAnimationFrame(frame)
    frame = 0
    store.getState().commitRecipe(recipe)
    preview.request('settled')
    rememberSession(context)
  }

  function drag(recipe: Recipe): void {
    store.getState().dragRecipe(recipe)
    if (frame !== 0) return
    frame = requestAnimationFrame(() => {
      frame = 0
      preview.request('dragging')
    })
  }

  /** Pruning led by a threshold; null where nothing is pruned. */
  function withThreshold(value: number): Recipe | null {
    const { recipe } = store.getState()
    return isOn(recipe, 'prune')
      ? withConfig(recipe, 'prune', { target: 'threshold', value })
      : null
  }

  return {
    /** The line on the histogram, while it moves. */
    dragThreshold: (value: number): void => {
      const changed = withThreshold(value)
      if (changed !== null) drag(changed)
    },
    changeThreshold: (value: number): void => {
      const changed = withThreshold(value)
      if (changed !== null) settle(changed)
    },
    /** While a thumb moves: the newest settings once a frame, nothing in the history. */
    dragStep: (index: number, step: RecipeStep): void => {
      drag(withStep(store.getState().recipe, index, step))
    },
    changeStep: (index: number, step: RecipeStep): void => {
      settle(withStep(store.getState().recipe, index, step))
    },
    /** Goes to settings as a whole: a tried point, a loaded file. */
    useRecipe: settle,
    resetRecipe: (): void => {
      settle(defaultRecipe)
    },
    undo: (): void => {
      undoRecipe(store)
      preview.request('settled')
      rememberSession(context)
    },
    redo: (): void => {
      redoRecipe(store)
      preview.request('settled')
      rememberSession(context)
    },
    /** Reads a recipe file; a wrong one changes nothing and says which field is wrong. */
    loadRecipe: async (file: File): Promise<void> => {
      store.getState().endProblem('settings')
      try {
        const { recipe, data: settings } = readRecipeFile(file.name, await file.text())
        settle(recipe)
        if (settings !== null) await data.configureData(settings)
      } catch (thrown) {
        store.getState().showProblem(readEngineError(thrown).toData(), 'settings')
      }
    },
    saveRecipe: (): void => {
      const { recipe, model, data: attached } = store.getState()
      const settings = attached.state === 'attached' ? attached.data.settings : null
      const text = writeRecipeFile({ recipe, data: settings })
      context.saveFile({
        name: `${model?.name ?? 'model'}.recipe.json`,
        blob: new Blob([text], { type: 'application/json' }),
      })
    },
  }
}
