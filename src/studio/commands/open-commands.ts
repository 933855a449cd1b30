import { StudioError } from '../../core/errors'
import type { ModelSummary } from '../../core/model-summary'
import { defaultRecipe } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { canAnswer } from '../store/can-answer'
import { acceptModel, nothing } from './accept-model'
import type { Standing } from './accept-model'
import { openIn } from './bring-in'
import { createCollector } from './collect-files'
import type { CommandContext, HeldSession } from './command-world'
import { PhaseLeft } from './time-left'
import type { OpenProgress } from '../../protocol/engine-messages'
import type { CutOrigin } from '../../protocol/structure-messages'
import type { OpenPlace } from '../keeping/open-place'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import type { Sample } from '../files/samples'
import { rememberSession } from './remember-session'
import type { DataCommands } from './data-commands'
import type { PreviewCommands } from './preview-commands'

interface Neighbours {
  readonly preview: PreviewCommands
  readonly data: DataCommands
  readonly restoreMeaning: (call: EngineCall) => Promise<void>
}

/** A model that earlier visits have kept. */
export interface FoundPlace {
  readonly place: OpenPlace
  readonly session: HeldSession
}

/** What is said of files that the engine never answered about: they are not open, and what was is again. */
function withoutEnd(file: string, error: StudioError): StudioError {
  if (error.code !== 'engine/hung') return error
  return new StudioError('open/no-end', { file, seconds: error.params['seconds'] ?? 0 })
}

type FetchSample = (sample: Sample) => Promise<readonly File[]>

/** Opening models: dropped files, samples, and the same files again after a restart. */
export function createOpenCommands(
  context: CommandContext,
  { preview, data, restoreMeaning }: Neighbours,
) {
  const { gate, held, store } = context
  let abort: AbortController | null = null
  /** What dropped files turn out to be. */
  const dropped = {
    model: gate.guard('opening', (files: readonly File[], name: string) =>
      openFiles(files, name, defaultRecipe),
    ),
    data: gate.guard('attaching', data.openData),
    names: gate.guard('attaching', data.loadClassNames, true),
    read: gate.guard('reading', data.readFirst),
  }
  const collector = createCollector(context, dropped.model)

  async function open(
    call: EngineCall,
    files: readonly File[],
    name: string,
    origin: CutOrigin | null,
    signal?: AbortSignal,
  ): Promise<ModelSummary> {
    const model = await call(
      'open',
      (client, lifetime) => {
        const left = new PhaseLeft(context.now)
        const tell = (progress: OpenProgress): void => {
          // The last word of an opening that was ended may come after its end.
          if (signal?.aborted !== true)
            store
              .getState()
              .setOpening({ state: 'opening', name, progress, msLeft: left.after(progress) })
        }
        return openIn({ client, signal: lifetime, tell }, files, origin)
      },
      signal,
    )
    signal?.throwIfAborted()
    return model
  }

  function accept(
    model: ModelSummary,
    files: readonly File[],
    recipe: Recipe,
    sampleId: string | null,
    standing: Standing = nothing,
  ): void {
    collector.forget()
    acceptModel(context, model, { files, recipe, sampleId }, standing)
  }

  /** @param standing what goes on from the model before; nothing where it has nothing to do with this one */
  function openFiles(
    files: readonly File[],
    name: string,
    recipe: Recipe,
    standing: Standing = nothing,
  ): Promise<void> {
    return attempt(name, async (signal) => {
      const model = await open(context.call, files, name, standing.origin, signal)
      accept(model, files, recipe, null, standing)
      await goOn(standing)
    })
  }

  async function goOn(standing: Standing): Promise<void> {
    await restoreMeaning(context.call)
    if (standing.data === null) {
      preview.refresh()
      await data.attachWaiting()
    } else {
      // Without its data nothing of it is worth measuring.
      preview.request('dragging')
      await data.attachKept(standing.data)
    }
  }

  /** Opens what is found; null: nothing is there, and nothing happens. */
  function openFound(
    name: string,
    find: (fetchSample: FetchSample) => Promise<FoundPlace | null>,
  ): Promise<void> {
    return attempt(name, async (signal) => {
      const found = await find((sample) => fetchFiles(sample, signal))
      signal.throwIfAborted()
      if (found === null) {
        store.getState().setOpening({ state: 'idle' })
        return
      }
      const { place, session } = found
      const { files, origin, recipe, sampleId } = place
      const model = await open(context.call, files, place.name, origin, signal)
      const standing = { ...place, session }
      accept(model, files, recipe, sampleId, standing)
      await goOn(standing)
    })
  }

  function fetchFiles(sample: Sample, signal: AbortSignal): Promise<readonly File[]> {
    const { name } = sample
    const tell = (done: number, total: number): void => {
      store.getState().setOpening({ state: 'fetching', name, done, total })
    }
    return context.fetchSampleFiles(sample, tell, signal)
  }

  /** Whether dropped files are data for the open model: the engine looks, a zip may hold many names. */
  async function areData(files: readonly File[]): Promise<boolean> {
    try {
      return await context.call('open', (client, signal) =>
        client.data.recognize({ files }, { signal }),
      )
    } catch {
      // What keeps the engine from looking is said when it is to open them.
      return false
    }
  }

  async function attempt(name: string, work: (signal: AbortSignal) => Promise<void>) {
    abort?.abort()
    const controller = new AbortController()
    abort = controller
    preview.clear()
    store.getState().endProblem()
    store.getState().setOpening({ state: 'opening', name, progress: null })
    try {
      await work(controller.signal)
    } catch (thrown) {
      const error = readEngineError(thrown)
      if (abort !== controller) return
      store.getState().setOpening({ state: 'idle' })
      if (!controller.signal.aborted && error.code !== 'engine/cancelled') {
        store.getState().showProblem(withoutEnd(name, error).toData(), 'opening')
      }
      // The model that was open is still open: its numbers go on.
      preview.refresh()
    } finally {
      if (abort === controller) abort = null
    }
  }

  async function openSample(sample: Sample, recipe: Recipe = defaultRecipe): Promise<void> {
    await attempt(sample.name, async (signal) => {
      const files = await fetchFiles(sample, signal)
      const model = await open(context.call, files, sample.name, null, signal)
      accept(model, files, recipe, sample.id)
      preview.request('dragging')
      if (!(await data.attachWaiting())) await data.attachData(sample.datasetId)
    })
  }

  /** Both models say what they see in a picture; the data stays what it is. */
  function ask(file: File): void {
    held.asked = file
    // What was refused before it is not what the person looks at now.
    store.getState().endProblem()
    store.getState().setAsked(file.name)
    store.getState().setTab('predictions')
  }

  return {
    askAbout: ask,
    /** Opens files that are complete, with settings. */
    openFiles,
    openFound,
    /** The open model is a built-in one, on the data that it was trained for. */
    markSample: (sampleId: string | null): void => {
      held.sampleId = sampleId
      if (sampleId === null) return
      store.getState().markSample()
      rememberSession(context)
    },
    /**
     * Adds dropped files to what is there, and opens the model as soon as nothing is missing. Data goes
     * to the model that is open, a list of names to its outputs.
     */
    addFiles: async (files: readonly File[]): Promise<void> => {
      if (files.length === 0) return
      const [only, ...others] = files
      if (others.length === 0 && only !== undefined && canAnswer(store.getState().model, only)) {
        ask(only)
        return
      }
      const isNames =
        others.length === 0 && only !== undefined && /\.(?:txt|names|ya?ml|pbtxt)$/i.test(only.name)
      if (isNames && (await data.isNames(only))) {
        await dropped.names(only)
        return
      }
      if (collector.isEmpty() && (await areData(files))) {
        if (store.getState().model !== null) await dropped.data(files)
        else await dropped.read(files)
        return
      }
      await collector.add(files)
    },
    removeCollected: collector.remove,
    forgetCollected: collector.forget,
    openSample,
    cancelOpening: (): void => {
      abort?.abort()
      collector.cancel()
    },
    closeModel: async (): Promise<void> => {
      // What is on its way to take its place is not wanted either.
      abort?.abort()
      collector.forget()
      preview.clear()
      data.closeReading()
      held.session = null
      held.wholes = []
      held.files = []
      held.origin = null
      held.data = null
      held.meaning = null
      held.sampleId = null
      held.asked = null
      context.leaveAddress()
      store.getState().replaceModel(null)
      store.getState().setLesson(null)
      await context.call('close', (client, signal) => client.model.close(undefined, { signal }))
    },
    /** After a restart: the held files once more, without touching the settings. */
    reopen: async (call: EngineCall): Promise<void> => {
      if (held.files.length === 0) throw new StudioError('engine/no-model', {})
      const name = store.getState().model?.name ?? ''
      try {
        store.getState().renewModel(await open(call, held.files, name, held.origin))
      } finally {
        // Whatever waits for it to end would else wait for ever.
        store.getState().setOpening({ state: 'idle' })
      }
    },
  }
}

export type OpenCommands = ReturnType<typeof createOpenCommands>
