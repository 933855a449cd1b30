import { StudioError } from '../../core/errors'
import { onlySide } from '../../core/output-columns'
import { outcomesOf } from '../../data/class-orders'
import { limits } from '../../files/limits'
import type { DataSettings } from '../../data/data-settings'
import { matchClasses } from '../../data/match-classes'
import type { DataSummary, OpenDataRequest, SamplePicture } from '../../protocol/data-messages'
import type { OpenProgress } from '../../protocol/engine-messages'
import { attachIn } from './bring-in'
import {
  againSettings,
  doubtsOf,
  lacksOf,
  matchOf,
  namedSettings,
  namesIn,
} from './classes-by-name'
import { attachedIn } from '../store/data-in'
import { createDataKeeping } from './data-keeping'
import type { CommandContext } from './command-world'
import type { AttachedData } from '../keeping/attached-data'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import type { DataStatus } from '../store/model-slice'
import type { PreviewCommands } from './preview-commands'
import { createReadingCommands } from './reading-commands'
import type { TrialCommands } from './trial-commands'

/** Attaching data that a model is measured on, and how it is shown to the model. */
export function createDataCommands(
  context: CommandContext,
  preview: PreviewCommands,
  trial: TrialCommands,
) {
  const { store, held } = context
  const { show, isOpenOn, waiting, fitting, ...reading } = createReadingCommands(context)
  const keeping = createDataKeeping(context)
  let loading: AbortController | null = null

  function attached(): DataSummary | null {
    return attachedIn(store.getState().data)
  }

  /** Classes that the open model can say. */
  function outputs(): number {
    const shape = store.getState().model?.outputs[0]?.shape ?? []
    return outcomesOf(onlySide(shape) ?? shape.at(-1) ?? 0)
  }

  /** The files that are attached, whatever way they are read. */
  function isHeld(data: AttachedData): boolean {
    return data.kind === 'own' && held.data?.kind === 'own' && held.data.files === data.files
  }

  async function load(
    call: EngineCall,
    data: AttachedData,
    { anew, cancel }: { readonly anew: boolean; readonly cancel?: AbortSignal },
  ): Promise<void> {
    const before = attached()
    const ground = held.files
    store.getState().setData({ state: 'loading', before, progress: null })
    const tell = (progress: OpenProgress): void => {
      store.getState().setData({ state: 'loading', before, progress })
    }
    // The same files, understood in another way, are shown as before.
    const preparation = isHeld(data) ? (held.data?.settings?.preparation ?? null) : null
    try {
      const summary = await call(
        'attach',
        async (client, signal) => {
          const read = await attachIn({ client, signal, tell }, data)
          if (data.kind === 'builtIn' || data.settings !== null) return read
          const match = matchOf(read, store.getState().outputNames)
          const named = namedSettings(read, match) ?? read.settings
          const wanted = againSettings(named, preparation)
          return wanted === read.settings ? read : client.data.configure(wanted, { signal })
        },
        cancel,
      )
      if (held.files !== ground) throw new StudioError('engine/cancelled', {})
      held.data = { ...data, settings: summary.settings }
      const status = { state: 'attached', data: summary } as const
      if (anew) changeTo(status)
      else store.getState().setData(status)
      store.getState().endLeftOut('data')
      const { outputNames } = store.getState()
      const doubts = data.settings === null ? doubtsOf(matchOf(summary, outputNames)) : null
      if (doubts !== null) store.getState().showProblem(doubts.toData(), 'data')
    } catch (thrown) {
      const error = readEngineError(thrown)
      // The model that it was for is closed: nothing of it is shown any more.
      if (held.files !== ground) throw error
      if (before !== null) store.getState().setData({ state: 'attached', data: before })
      else if (error.code === 'engine/cancelled') store.getState().setData({ state: 'none' })
      else store.getState().setData({ state: 'failed', error: error.toData() })
      throw error
    }
  }

  /** What is still measured is of the data before, and says nothing any more. */
  function changeTo(data: DataStatus): void {
    preview.clear()
    store.getState().changeData(data)
  }

  /**
   * Attaches and measures; what was attached stays if it fails. What is wrong with people's own files is shown
   * with what was understood of them, so that it can be put right.
   */
  async function attach(data: AttachedData, canShow = true): Promise<void> {
    const { model } = store.getState()
    if (model === null) throw new StudioError('engine/no-model', {})
    const isAgain = isHeld(data)
    let refused: StudioError | null = null
    store.getState().endProblem('data')
    preview.clear()
    loading?.abort()
    const controller = new AbortController()
    loading = controller
    try {
      await load(context.call, data, { anew: true, cancel: controller.signal })
      trial.forgetTrial()
      if (data.kind === 'own' && isOpenOn(data.files)) reading.closeReading()
      if (data.kind === 'own' && !isAgain) void keeping.look(data.files)
      // What is kept of these files is how they are read now.
      if (isAgain && store.getState().keptName === attached()?.name) await keeping.keep()
    } catch (thrown) {
      refused = readEngineError(thrown)
    } finally {
      if (loading === controller) loading = null
    }
    preview.refresh()
    if (refused === null || refused.code === 'engine/cancelled') return
    const isOfData = refused.code.startsWith('data/') || model.obstacles.run !== null
    if (data.kind === 'own' && isOfData && canShow) await showWhy(data, refused)
    // Without data before it, the error stands beside the offer.
    else if (attached() !== null) store.getState().showProblem(refused.toData(), 'data')
  }

  /** The panel says why; where nothing can be read, the error alone. */
  async function showWhy(data: OpenDataRequest, error: StudioError): Promise<void> {
    const { state } = store.getState().data
    if (state === 'failed') store.getState().setData({ state: 'none' })
    if ((await show(data, error.toData())) === null) return
    if (state !== 'failed') store.getState().showProblem(error.toData(), 'data')
    else if (store.getState().data.state === 'none')
      store.getState().setData({ state: 'failed', error: error.toData() })
  }

  async function configure(settings: DataSettings): Promise<void> {
    if (attached() === null || held.data === null) return
    store.getState().endProblem('data')
    preview.clear()
    trial.cancelTrial()
    try {
      const summary = await context.call('configure', (client, signal) =>
        client.data.configure(settings, { signal }),
      )
      held.data = { ...held.data, settings }
      changeTo({ state: 'attached', data: summary })
      if (store.getState().keptName === summary.name) await keeping.keep()
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (error.code !== 'engine/cancelled') store.getState().showProblem(error.toData(), 'data')
    }
    preview.refresh()
  }

  return {
    ...reading,
    keepData: keeping.keep,
    forgetKeptData: keeping.forget,
    /** Looks whether an earlier visit left data. */
    findKeptData: async (): Promise<void> => {
      await keeping.found()
    },
    /** Attaches what an earlier visit left, as it was shown then where that still fits. */
    useKeptData: async (): Promise<void> => {
      const found = await keeping.found()
      if (found === null) return
      const { files, choices, settings } = found
      await attach({ kind: 'own', files, choices, settings }, settings === null)
      if (attached() === null && settings !== null)
        await attach({ kind: 'own', files, choices, settings: null })
    },
    /** Attaches a built-in data set to the open model. */
    attachData: (datasetId: string): Promise<void> =>
      attach({ kind: 'builtIn', datasetId, settings: null }),
    /** Attaches data as it was attached before. */
    attachKept: attach,
    /** Attaches people's own files to the open model; those that the panel shows are let go. */
    openData: async (files: readonly File[]): Promise<void> => {
      reading.closeReading()
      await attach({ kind: 'own', files, choices: {}, settings: null })
    },
    /** Reads files before there is a model to show them to. */
    readFirst: async (files: readonly File[]): Promise<void> => {
      store.getState().endProblem('data')
      const error = await show({ files, choices: {} }, null)
      if (error !== null) store.getState().showProblem(error, 'data')
    },
    /** Attaches what the panel shows, once it fits. */
    attachReading: async (): Promise<void> => {
      const wanted = fitting()
      if (wanted !== null) await attach({ kind: 'own', ...wanted, settings: null })
    },
    /** Attaches files that were waiting for a model. @returns whether there were some that fit it */
    attachWaiting: async (): Promise<boolean> => {
      const wanted = waiting()
      if (wanted === null) return false
      await attach({ kind: 'own', ...wanted, settings: null })
      return waiting() === null && attached() !== null
    },
    cancelAttach: (): void => {
      loading?.abort()
    },
    configureData: configure,
    /** Whether a text is a list of names: one for each output, or those of classes of the attached data. */
    isNames: async (file: File): Promise<boolean> => {
      const wanted = outputs()
      if (wanted === 0 || file.size > limits.namesBytes) return false
      try {
        const names = await namesIn(file, wanted)
        const classes = attached()?.classNames ?? []
        return names.length === wanted || matchClasses(classes, names).map.some((at) => at >= 0)
      } catch {
        return false
      }
    },
    /** Reads the names of the model's outputs and maps the classes of the data to them by name. */
    loadClassNames: async (file: File): Promise<void> => {
      const data = attached()
      store.getState().endProblem('data')
      try {
        const names = await namesIn(file, outputs())
        const { classNames = [], settings } = data ?? {}
        const match = matchClasses(classNames, names)
        const lacks = lacksOf(classNames, names, match)
        // Names of other things would leave every class without an output.
        if (lacks?.code === 'data/names-of-others') throw lacks
        store.getState().setOutputNames(names)
        if (settings === undefined || classNames.length === 0) return
        await configure({ ...settings, classMap: match.map })
        const doubts = doubtsOf(match) ?? lacks
        if (doubts !== null) store.getState().showProblem(doubts.toData(), 'data')
      } catch (thrown) {
        store.getState().showProblem(readEngineError(thrown).toData(), 'data')
      }
    },
    /** A sample of the validation split as the model sees it. */
    sampleOfData: (index: number): Promise<SamplePicture> =>
      context.call('sample', (client, signal) => client.data.sample({ index }, { signal })),
    detachData: async (): Promise<void> => {
      if (store.getState().reading?.attachedAs != null) reading.closeReading()
      held.data = null
      changeTo({ state: 'none' })
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
