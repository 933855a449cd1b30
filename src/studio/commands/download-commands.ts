import { StudioError, isStudioError } from '../../core/errors'
import type { ExportTarget } from '../../core/model-summary'
import { formatBytes } from '../../ui-kit/format-number'
import type { CommandContext } from './command-world'
import { drain } from '../../protocol/drain'
import type { ReportPlace } from '../../protocol/recipe-messages'
import type { Recipe } from '../../techniques/recipe'
import { readEngineError } from '../engine-link/engine-error'
import type { SavedFile } from '../files/saved-file'
import { dataKey } from '../store/data-in'
import { targetOf } from '../store/export-target'
import type { TrainedCommands } from './trained-commands'

/** Writing the compressed model. */
export function createDownloadCommands(context: CommandContext, trained: TrainedCommands) {
  const { store } = context
  let abort: AbortController | null = null
  let finished: { readonly model: SavedFile; readonly report: SavedFile } | null = null

  /** The figures of a file whose data is gone would stand beside those of other data. */
  function whileSameData(controller: AbortController): () => void {
    const key = dataKey(store.getState().data)
    return store.subscribe(({ data }, before) => {
      if (data !== before.data && dataKey(data) !== key)
        controller.abort(new StudioError('export/data-changed', {}))
    })
  }

  /**
   * Encodes, re-reads and measures in the engine, then hands the file to the browser. Other data that is wanted
   * waits for it; data that goes unasked ends it with a sentence.
   */
  async function write(recipe: Recipe, target: ExportTarget): Promise<void> {
    const { exporting, reportPlace } = store.getState()
    if (exporting.state === 'running' || exporting.state === 'cancelling') return
    const controller = new AbortController()
    abort = controller
    finished = null
    const leave = whileSameData(controller)
    store.getState().setExporting({ state: 'running', progress: null })
    try {
      const { zip, reportZip, ...report } = await context.call(
        'export',
        async (client, signal) => {
          await trained.ensure(context.call, recipe)
          const request = { recipe, target, report: reportPlace }
          return drain(await client.recipe.export(request, { signal }), (progress) => {
            const { exporting: now } = store.getState()
            if (!controller.signal.aborted)
              store.getState().setExporting({
                ...(now.state === 'running' ? now : {}),
                ...{ state: 'running', progress },
              })
          })
        },
        controller.signal,
      )
      // Data may go in the very moment in which the file is done.
      if (isStudioError(controller.signal.reason)) throw controller.signal.reason
      const { setTestLooks, testLooks } = store.getState()
      const looks = testLooks + (report.test === null ? 0 : 1)
      setTestLooks(looks)
      finished = {
        model: { name: report.fileName, blob: zip },
        report: { name: report.reportFileName, blob: reportZip },
      }
      context.saveFile(finished.model)
      store.getState().setExporting({ state: 'done', recipe, report, looks })
      store
        .getState()
        .announce(context.say('spoken.downloaded', { size: formatBytes(report.zippedBytes) }))
    } catch (thrown) {
      const { aborted, reason } = controller.signal as { aborted: boolean; reason: unknown }
      const error = isStudioError(reason) ? reason : readEngineError(thrown)
      const cancelled = error.code === 'engine/cancelled' || (aborted && error !== reason)
      if (cancelled) store.getState().announce(context.say('spoken.cancelled'))
      store
        .getState()
        .setExporting(cancelled ? { state: 'idle' } : { state: 'failed', error: error.toData() })
    } finally {
      leave()
      abort = null
    }
  }

  return {
    /** The settings of the controls, as what was chosen. */
    download: async (): Promise<void> => {
      const { recipe } = store.getState()
      const target = targetOf(store.getState())
      if (target !== null) await write(recipe, target)
    },
    /** Other settings; those of the controls stay as they are. */
    downloadSettings: write,
    cancelDownload: (): void => {
      const { exporting, setExporting } = store.getState()
      if (exporting.state !== 'running') return
      setExporting({ state: 'cancelling' })
      abort?.abort()
    },
    /**
     * Does not wait for measuring that takes long: the file is written without it and says so. The next download
     * measures again.
     */
    saveUnmeasured: (): void => {
      const { exporting, setExporting } = store.getState()
      if (exporting.state !== 'running' || exporting.progress?.time?.isLong !== true) return
      setExporting({ ...exporting, leaving: true })
      const told = context.call('export', (client, signal) =>
        client.recipe.saveUnmeasured(undefined, { signal }),
      )
      // What ends the worker ends the download, which says so.
      told.catch(() => undefined)
    },
    /** Hands out the same bytes once more. */
    saveAgain: (): void => {
      if (finished !== null) context.saveFile(finished.model)
    },
    /** Report and model card of the finished download, as a zip of their own. */
    saveReport: (): void => {
      if (finished !== null) context.saveFile(finished.report)
    },
    /** Where report and model card go from now on. */
    placeReport: (place: ReportPlace): void => {
      store.getState().setReportPlace(place)
      context.rememberReportPlace(place)
    },
    closeReport: (): void => {
      store.getState().setExporting({ state: 'idle' })
    },
  }
}
