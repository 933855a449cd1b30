import { StudioError } from '../../core/errors'
import { outcomesOf } from '../../data/class-orders'
import { parseClassNames } from '../../data/class-names'
import { withChoice } from '../../data/reading/reading'
import { limits } from '../../files/limits'
import type { DataSettings } from '../../data/data-settings'
import { matchClasses } from '../../data/match-classes'
import type { DataSummary, SamplePicture } from '../../protocol/data-messages'
import type { OpenProgress } from '../../protocol/engine-messages'
import { doubtsOf, matchOf, namedSettings } from './classes-by-name'
import type { CommandContext } from './command-world'
import type { AttachedData } from '../keeping/attached-data'
import { drain } from '../../protocol/drain'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import type { PreviewCommands } from './preview-commands'
import type { TrialCommands } from './trial-commands'

/** Attaching data that a model is measured on, and how it is shown to the model. */
export function createDataCommands(
  context: CommandContext,
  preview: PreviewCommands,
  trial: TrialCommands,
) {
  const { store, held } = context
  let loading: AbortController | null = null

  function attached(): DataSummary | null {
    const { data } = store.getState()
    return data.state === 'attached' ? data.data : null
  }

  async function load(
    call: EngineCall,
    data: AttachedData,
    { anew, cancel }: { readonly anew: boolean; readonly cancel?: AbortSignal },
  ): Promise<void> {
    const before = attached()
    store.getState().setData({ state: 'loading', before, progress: null })
    const show = (progress: OpenProgress): void => {
      store.getState().setData({ state: 'loading', before, progress })
    }
    try {
      const summary = await call(
        'attach',
        async (client, signal) => {
          if (data.kind === 'builtIn') {
            const { datasetId, settings } = data
            const events = await client.data.attach({ datasetId, settings }, { signal })
            return drain(events, show)
          }
          const { files, choices, settings } = data
          const events = await client.data.open({ files, choices, settings }, { signal })
          const read = await drain(events, show)
          const match = matchOf(read, store.getState().outputNames)
          const named = settings === null ? namedSettings(read, match) : null
          return named === null ? read : client.data.configure(named, { signal })
        },
        cancel,
      )
      held.data = { ...data, settings: summary.settings }
      const status = { state: 'attached', data: summary } as const
      if (anew) store.getState().changeData(status)
      else store.getState().setData(status)
      const { outputNames } = store.getState()
      const doubts = data.settings === null ? doubtsOf(matchOf(summary, outputNames)) : null
      if (doubts !== null) store.getState().showProblem(doubts.toData())
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (before !== null) store.getState().setData({ state: 'attached', data: before })
      else if (error.code === 'engine/cancelled') store.getState().setData({ state: 'none' })
      else store.getState().setData({ state: 'failed', error: error.toData() })
      throw error
    }
  }

  /** Attaches and measures; what was attached stays if it fails, and the error is shown. */
  async function attach(data: AttachedData): Promise<void> {
    if (store.getState().model === null) throw new StudioError('engine/no-model', {})
    preview.clear()
    loading?.abort()
    const controller = new AbortController()
    loading = controller
    try {
      await load(context.call, data, { anew: true, cancel: controller.signal })
      trial.forgetTrial()
    } catch (thrown) {
      const error = readEngineError(thrown)
      // Without data before it, the error stands beside the offer.
      if (error.code !== 'engine/cancelled' && attached() !== null)
        store.getState().showProblem(error.toData())
    } finally {
      if (loading === controller) loading = null
    }
    preview.refresh()
  }

  async function configure(settings: DataSettings): Promise<void> {
    if (attached() === null || held.data === null) return
    preview.clear()
    trial.cancelTrial()
    try {
      const summary = await context.call('configure', (client, signal) =>
        client.data.configure(settings, { signal }),
      )
      held.data = { ...held.data, settings }
      store.getState().changeData({ state: 'attached', data: summary })
      if (store.getState().keptName === summary.name) await keep()
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (error.code !== 'engine/cancelled') store.getState().showProblem(error.toData())
    }
    preview.refresh()
  }

  /** Stores the attached data; a full or forbidden storage is told, and nothing is kept. */
  async function keep(): Promise<void> {
    const data = attached()
    if (held.data?.kind !== 'own' || data === null) return
    const { files, choices, settings } = held.data
    try {
      await context.storage.keep({ name: data.name, files, choices, settings })
      store.getState().setKeptName(data.name)
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      const error = new StudioError('data/not-kept', { dataset: data.name, reason })
      store.getState().showProblem(error.toData())
      await forgetKept()
    }
  }

  async function forgetKept(): Promise<void> {
    // The page says so once it is true.
    await context.storage.forget().catch(() => undefined)
    store.getState().setKeptName(null)
  }

  return {
    keepData: keep,
    forgetKeptData: forgetKept,
    /** Looks whether an earlier visit left data. */
    findKeptData: async (): Promise<void> => {
      const found = await context.storage.load()
      store.getState().setKeptName(found?.name ?? null)
    },
    /** Attaches what an earlier visit left, as it was shown then where that still fits. */
    useKeptData: async (): Promise<void> => {
      const found = await context.storage.load()
      if (found === null) {
        store.getState().setKeptName(null)
        return
      }
      const { files, choices, settings } = found
      await attach({ kind: 'own', files, choices, settings })
      if (attached() === null) await attach({ kind: 'own', files, choices, settings: null })
    },
    /** Attaches a built-in data set to the open model. */
    attachData: (datasetId: string): Promise<void> =>
      attach({ kind: 'builtIn', datasetId, settings: null }),
    /** Attaches data as it was attached before. */
    attachKept: attach,
    /** Attaches people's own files to the open model. */
    openData: (files: readonly File[]): Promise<void> =>
      attach({ kind: 'own', files, choices: {}, settings: null }),
    /** Reads the same table with other columns as labels. */
    chooseLabels: async (labels: readonly string[]): Promise<void> => {
      if (held.data?.kind !== 'own') return
      const choices = withChoice(held.data.choices, 'labelColumns', labels)
      await attach({ ...held.data, choices, settings: null })
    },
    cancelAttach: (): void => {
      loading?.abort()
    },
    configureData: configure,
    /** Whether a text is a list of names: of any with data attached, else of one for each output. */
    isNames: async (file: File): Promise<boolean> => {
      if (attached() !== null) return true
      const wanted = outcomesOf(store.getState().model?.outputs[0]?.shape.at(-1) ?? 0)
      if (wanted === 0 || file.size > limits.namesBytes) return false
      try {
        return parseClassNames(file.name, await file.text()).length === wanted
      } catch {
        return false
      }
    },
    /** Reads the names of the model's outputs and maps the classes of the data to them by name. */
    loadClassNames: async (file: File): Promise<void> => {
      const data = attached()
      try {
        const names = parseClassNames(file.name, await file.text())
        store.getState().setOutputNames(names)
        if (data === null || data.classNames.length === 0) return
        const match = matchClasses(data.classNames, names)
        await configure({ ...data.settings, classMap: match.map })
        const doubts = doubtsOf(match)
        if (doubts !== null) store.getState().showProblem(doubts.toData())
      } catch (thrown) {
        store.getState().showProblem(readEngineError(thrown).toData())
      }
    },
    /** A sample of the validation split as the model sees it. */
    sampleOfData: (index: number): Promise<SamplePicture> =>
      context.call('sample', (client, signal) => client.data.sample({ index }, { signal })),
    detachData: async (): Promise<void> => {
      preview.clear()
      held.data = null
      store.getState().changeData({ state: 'none' })
      trial.forgetTrial()
      await context.call('detach', (client, signal) => client.data.detach(undefined, { signal }))
      preview.refresh()
    },
    /** After a restart of the engine: the same data for the same model. */
    reattach: async (call: EngineCall): Promise<void> => {
      if (held.data !== null) await load(call, held.data, { anew: false }).catch(() => undefined)
    },
  }
}

export type DataCommands = ReturnType<typeof createDataCommands>
