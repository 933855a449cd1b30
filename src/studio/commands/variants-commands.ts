import { isStudioError } from '../../core/errors'
import { isVariantId } from '../../core/transformers-variants'
import type { VariantId } from '../../core/transformers-variants'
import { drain } from '../../protocol/drain'
import type { VariantRow } from '../../protocol/variant-messages'
import { readEngineError } from '../engine-link/engine-error'
import type { SavedFile } from '../files/saved-file'
import { isOfferedVariant } from '../store/variants-slice'
import type { CommandContext } from './command-world'
import type { TrainedCommands } from './trained-commands'

/** Folders for Transformers.js: chosen, written, measured, and only then offered. */
export function createVariantsCommands(context: CommandContext, trained: TrainedCommands) {
  const { store } = context
  let abort: AbortController | null = null
  let folder: SavedFile | null = null
  /** Of the folder that is made last: what was asked before it counts no more. */
  let asked = 0

  async function makeFolder(taken: readonly VariantId[]): Promise<void> {
    const { setVariants, variants } = store.getState()
    if (variants.state !== 'done') return
    const mine = ++asked
    folder = null
    const { recipe } = variants
    setVariants({ ...variants, taken, folder: null, isSaved: false })
    if (taken.length === 0) return
    try {
      const made = await context.call('export', (client, signal) =>
        client.recipe.variantsZip({ recipe, variants: taken }, { signal }),
      )
      const now = store.getState().variants
      if (mine !== asked || now.state !== 'done') return
      if (made === null) {
        setVariants({ state: 'idle' })
        return
      }
      const { code, fileName, zip } = made
      folder = { name: fileName, blob: zip }
      setVariants({ ...now, folder: { fileName, bytes: zip.size, code } })
    } catch (thrown) {
      if (mine === asked) setVariants({ state: 'failed', error: readEngineError(thrown).toData() })
    }
  }

  return {
    wantVariants: (wants: boolean): void => {
      store.getState().setWantsVariants(wants)
      context.rememberVariants({ wants, chosen: store.getState().chosenVariants })
    },
    chooseVariants: (names: readonly string[]): void => {
      const chosen = names.filter(isVariantId)
      store.getState().setChosenVariants(chosen)
      context.rememberVariants({ wants: store.getState().wantsVariants, chosen })
    },
    /** Writes the chosen variants and measures each; offers those that load and are not worse by more than chance. */
    makeVariants: async (): Promise<void> => {
      const { chosenVariants, recipe, setVariants, variants } = store.getState()
      if (variants.state === 'running' || variants.state === 'cancelling') return
      const controller = new AbortController()
      abort = controller
      folder = null
      setVariants({ state: 'running', recipe, original: null, rows: [], progress: null })
      try {
        await context.call(
          'export',
          async (client, signal) => {
            await trained.ensure(context.call, recipe)
            const request = { recipe, variants: chosenVariants }
            return drain(await client.recipe.variants(request, { signal }), (event) => {
              const { variants: now } = store.getState()
              if (now.state !== 'running') return
              if (event.type === 'progress') setVariants({ ...now, progress: event })
              else if (event.type === 'original') setVariants({ ...now, original: event.original })
              else setVariants({ ...now, rows: [...now.rows, event.row] })
            })
          },
          controller.signal,
        )
        const { variants: now } = store.getState()
        if (now.state !== 'running') return
        const { original, rows } = now
        const taken = rows.filter(isOfferedVariant).map(({ id }: VariantRow) => id)
        const done = { state: 'done', recipe, original, rows, taken, folder: null } as const
        setVariants({ ...done, isSaved: false })
        await makeFolder(taken)
        store.getState().announce(context.say('spoken.variants', { count: rows.length }))
      } catch (thrown) {
        const error = readEngineError(thrown)
        const isCancelled = error.code === 'engine/cancelled' || controller.signal.aborted
        if (isCancelled) store.getState().announce(context.say('spoken.cancelled'))
        const wanted = isStudioError(controller.signal.reason)
        setVariants(
          isCancelled && !wanted ? { state: 'idle' } : { state: 'failed', error: error.toData() },
        )
      } finally {
        abort = null
      }
    },
    takeVariants: (taken: readonly VariantId[]): Promise<void> => makeFolder(taken),
    cancelVariants: (): void => {
      const { setVariants, variants } = store.getState()
      if (variants.state !== 'running') return
      setVariants({ ...variants, state: 'cancelling' })
      abort?.abort()
    },
    saveVariants: (): void => {
      const { setVariants, variants } = store.getState()
      if (folder === null || variants.state !== 'done') return
      context.saveFile(folder)
      setVariants({ ...variants, isSaved: true })
    },
    closeVariants: (): void => {
      store.getState().setVariants({ state: 'idle' })
    },
  }
}
