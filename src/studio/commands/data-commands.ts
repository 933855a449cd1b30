import { StudioError } from '../../core/errors'
import type { DataSummary, OpenProgress } from '../../protocol/messages'
import type { CommandContext } from '../commands'
import { drain } from '../drain'
import { readEngineError } from '../engine-error'
import type { EngineCall } from '../engine-session'
import type { PreviewCommands } from './preview-commands'

/** Attaching and detaching the data that accuracy is measured on. */
export function createDataCommands(context: CommandContext, preview: PreviewCommands) {
  const { store, kept } = context
  let abort: AbortController | null = null

  async function load(
    call: EngineCall,
    datasetId: string,
    cancel?: AbortSignal,
  ): Promise<DataSummary> {
    store.getState().setData({ state: 'loading', datasetId, progress: null })
    try {
      const data = await call(
        'attach',
        async (client, signal) =>
          drain<OpenProgress, DataSummary>(
            await client.data.attach({ datasetId }, { signal }),
            (progress) => {
              store.getState().setData({ state: 'loading', datasetId, progress })
            },
          ),
        cancel,
      )
      store.getState().setData({ state: 'attached', data })
      return data
    } catch (thrown) {
      const error = readEngineError(thrown)
      store
        .getState()
        .setData(
          error.code === 'engine/cancelled'
            ? { state: 'none' }
            : { state: 'failed', datasetId, error: error.toData() },
        )
      throw error
    }
  }

  return {
    /** Attaches a built-in data set to the open model and measures on it. */
    attachData: async (datasetId: string): Promise<void> => {
      if (store.getState().model === null) throw new StudioError('engine/no-model', {})
      preview.clear()
      const controller = new AbortController()
      abort = controller
      try {
        await load(context.call, datasetId, controller.signal)
        kept.datasetId = datasetId
        store.getState().forgetMeasures()
        store.getState().setOriginalMeasure(null)
      } catch {
        // Shown beside the offer; the model goes on without data.
      } finally {
        if (abort === controller) abort = null
      }
      preview.refresh()
    },
    cancelAttach: (): void => {
      abort?.abort()
    },
    detachData: async (): Promise<void> => {
      preview.clear()
      kept.datasetId = null
      store.getState().setData({ state: 'none' })
      store.getState().forgetMeasures()
      store.getState().setOriginalMeasure(null)
      await context.call('detach', (client, signal) => client.data.detach(undefined, { signal }))
      preview.refresh()
    },
    /** After a restart of the engine: the same data for the same model. */
    reattach: async (call: EngineCall): Promise<void> => {
      if (kept.datasetId !== null) await load(call, kept.datasetId).catch(() => undefined)
    },
  }
}

export type DataCommands = ReturnType<typeof createDataCommands>
