import type { RecipeStep } from '../../techniques/catalog'
import { defaultRecipe, withStep } from '../../techniques/recipe'
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

  /** The pruning step led by a threshold; null where no such step is on. */
  function withThreshold(value: number): { index: number; step: RecipeStep } | null {
    const { steps } = store.getState().recipe
    const index = steps.findIndex(({ enabled, technique }) => enabled && technique === 'prune')
    const step = steps[index]
    if (step?.technique !== 'prune') return null
    return { index, step: { ...step, config: { ...step.config, target: 'threshold', value } } }
  }

  function dragStep(index: number, step: RecipeStep): void {
    store.getState().dragRecipe(withStep(store.getState().recipe, index, step))
    if (frame !== 0) return
    frame = requestAnimationFrame(() => {
      frame = 0
      preview.request('dragging')
    })
  }

  return {
    /** The line on the histogram, while it moves. */
    dragThreshold: (value: number): void => {
      const changed = withThreshold(value)
      if (changed !== null) dragStep(changed.index, changed.step)
    },
    changeThreshold: (value: number): void => {
      const changed = withThreshold(value)
      if (changed !== null) settle(withStep(store.getState().recipe, changed.index, changed.step))
    },
    /** While a thumb moves: the newest settings once a frame, nothing in the history. */
    dragStep,
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
      try {
        const { recipe, data: settings } = readRecipeFile(file.name, await file.text())
        settle(recipe)
        if (settings !== null) await data.configureData(settings)
        store.getState().dismissProblem(['recipe/invalid', 'recipe/json-syntax'])
      } catch (thrown) {
        store.getState().showProblem(readEngineError(thrown).toData())
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
