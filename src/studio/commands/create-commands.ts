import type { BackendName } from '../../core/backend-name'
import type { StudioErrorData } from '../../core/errors'
import type { CommandContext, CommandWorld, Kept } from './command-world'
import type { CompareCommands } from './compare-commands'
import { createDataCommands } from './data-commands'
import { createDownloadCommands } from './download-commands'
import { createOutputsCommand } from './outputs-command'
import { createOpenCommands } from './open-commands'
import { createPreviewCommands } from './preview-commands'
import { createRecipeCommands } from './recipe-commands'
import { createTeacherCommands } from './teacher-commands'
import { createTrainCommands } from './train-commands'
import { createTrainedCommands } from './trained-commands'
import { EngineSession } from '../engine-link/engine-session'
import type { EngineCall } from '../engine-link/engine-session'
import type { SavedSession } from '../keeping/saved-session'
import type { CaseSettings } from '../store/case-slice'
import { canUndoRecipe } from '../store/recipe-history'
import type { Sample } from '../files/samples'
import type { SweepKind } from '../../search/sweep-plan'
import type { CutRequest } from '../../protocol/structure-messages'
import type { ChannelTarget } from '../../structure/choose-channels'
import type { Recipe } from '../../techniques/recipe'

/** All that a person can make the studio do; the only code that talks to the engine. */
export function createCommands(world: CommandWorld) {
  const { store } = world
  const kept: Kept = { files: [], sampleId: null, data: null, forgotten: null }
  const session = new EngineSession(
    world.spawn,
    {
      starting: () => {
        store.getState().setEngine({ state: 'starting' })
      },
      ready: (info) => {
        store.getState().setEngine({ state: 'ready', info })
      },
      restarting: (error) => {
        store.getState().setEngine({ state: 'restarting', error })
      },
      recovered: (error) => {
        store.getState().setBanner({ kind: 'recovered', error })
        store.getState().announce(world.say('spoken.restarted'))
      },
      gpuGivenUp: (lost, backend) => {
        store.getState().setBanner({ kind: 'gpuGivenUp', lost, backend })
      },
      failed: (error: StudioErrorData) => {
        store.getState().setEngine({ state: 'failed', error })
      },
      cancelWaits: (task) => {
        store.getState().setCancelWaits(task !== null)
      },
      restore: (call) => restore(call),
    },
    world.now,
  )
  const context: CommandContext = { ...world, kept, call: session.call }
  const trained = createTrainedCommands(context)
  const preview = createPreviewCommands(context, trained)
  const data = createDataCommands(context, preview)
  const open = createOpenCommands(context, { preview, data })
  const recipe = createRecipeCommands(context, preview, data)
  const download = createDownloadCommands(context, trained)
  const outputs = createOutputsCommand(context, preview, trained)
  const { teacherFiles, reopenTeacher, ...teacher } = createTeacherCommands(context)
  const { continueTraining, trainWith, ...train } = createTrainCommands(context, {
    trained,
    teacherFiles,
    useRecipe: recipe.useRecipe,
  })
  // These come with what needs them, not with the first screen.
  const loadInterrupted = once(async () =>
    (await import('./interrupted-commands')).createInterruptedCommands(context, {
      open,
      data,
      trained,
      reopenTeacher,
      continueTraining,
    }),
  )
  const loadStructure = once(async () =>
    (await import('./structure-commands')).createStructureCommands(context, {
      open,
      data,
      trained,
      openTeacher: teacher.openTeacher,
      stopDistillation: teacher.stopDistillation,
    }),
  )
  const loadCases = once(async () =>
    (await import('./case-commands')).createCaseCommands(context, {
      useRecipe: recipe.useRecipe,
      useEpoch: train.useEpoch,
      structure: await loadStructure(),
      train: { trainWith, cancelTraining: train.cancelTraining },
    }),
  )

  const loadSweeps = once(async () =>
    (await import('./sweep-commands')).createSweepCommands(context, trained),
  )

  const loadComparisons = once(async () =>
    (await import('./compare-commands')).createCompareCommands(context, trained),
  )
  const loadHistory = once(async () =>
    (await import('./history-commands')).createHistoryCommands(context),
  )
  const loadRestore = once(async () =>
    (await import('./restore-commands')).createRestoreCommands(context, {
      open,
      data,
    }),
  )
  // From the first model on, what is tried is remembered.
  const stopWaiting = store.subscribe(({ model }) => {
    if (model === null) return
    stopWaiting()
    loadHistory().catch(() => undefined)
  })

  async function undoCut(): Promise<void> {
    await (await loadStructure()).undoCut()
  }

  async function restore(call: EngineCall): Promise<void> {
    if (store.getState().model === null) return
    await open.reopen(call)
    await data.reattach(call)
    await reopenTeacher(call)
    preview.refresh()
  }

  return {
    ...open,
    ...data,
    ...recipe,
    ...download,
    ...outputs,
    ...teacher,
    findGroups: async (): Promise<void> => (await loadStructure()).findGroups(),
    findBlocks: async (): Promise<void> => (await loadStructure()).findBlocks(),
    changeCut: async (part: Partial<ChannelTarget>): Promise<void> => {
      ;(await loadStructure()).changeCut(part)
    },
    changeCutStart: async (start: CutRequest['start']): Promise<void> => {
      ;(await loadStructure()).changeCutStart(start)
    },
    toggleBlock: async (id: string): Promise<void> => {
      ;(await loadStructure()).toggleBlock(id)
    },
    planCut: async (): Promise<void> => (await loadStructure()).planCut(),
    cutModel: async (): Promise<void> => (await loadStructure()).cutModel(),
    undoCut,
    ...train,
    findInterrupted: async (): Promise<void> => (await loadInterrupted()).findInterrupted(),
    resumeInterrupted: async (): Promise<void> => (await loadInterrupted()).resumeInterrupted(),
    dismissInterrupted: async (): Promise<void> => (await loadInterrupted()).dismissInterrupted(),
    changeCase: (part: Partial<CaseSettings>): void => {
      const { caseSettings, setCaseSettings } = store.getState()
      setCaseSettings({ ...caseSettings, ...part })
    },
    compare: async (
      ...asked: Parameters<CompareCommands['compare']>
    ): ReturnType<CompareCommands['compare']> => (await loadComparisons()).compare(...asked),
    drawn: async (
      ...asked: Parameters<CompareCommands['drawn']>
    ): ReturnType<CompareCommands['drawn']> => (await loadComparisons()).drawn(...asked),
    picture: async (
      ...asked: Parameters<CompareCommands['picture']>
    ): ReturnType<CompareCommands['picture']> => (await loadComparisons()).picture(...asked),
    latency: async (
      ...asked: Parameters<CompareCommands['latency']>
    ): ReturnType<CompareCommands['latency']> => (await loadComparisons()).latency(...asked),
    /** Opens a sample and shows what can be done with it. */
    startTour: async (sample: Sample): Promise<void> => {
      await open.openSample(sample)
      if (kept.sampleId === sample.id) store.getState().setTour('original')
    },
    saveSnapshot: async (name: string): Promise<void> => {
      ;(await loadHistory()).saveSnapshot(name)
    },
    removeSnapshot: async (name: string): Promise<void> => {
      ;(await loadHistory()).removeSnapshot(name)
    },
    forgetModel: async (): Promise<void> => (await loadHistory()).forgetModel(),
    openLink: async (hash: string): Promise<void> => (await loadRestore()).openLink(hash),
    /** Of the model of one's own that this browser holds; null: none. */
    keptModelName: async (): Promise<string | null> => (await world.models.load())?.name ?? null,
    restoreSession: async (session: SavedSession): Promise<void> =>
      (await loadRestore()).restoreSession(session),
    startSweep: async (kind: SweepKind): Promise<void> => (await loadSweeps()).startSweep(kind),
    cancelSweep: async (): Promise<void> => {
      ;(await loadSweeps()).cancelSweep()
    },
    startCase: async (): Promise<void> => (await loadCases()).startCase(),
    cancelCase: async (): Promise<void> => {
      ;(await loadCases()).cancelCase()
    },
    goToStage: async (path: number, stage: number): Promise<void> =>
      (await loadCases()).goToStage(path, stage),
    /** The last change of the settings; before the first one, the cut that the model came from. */
    undo: (): void => {
      const { cutFrom, training } = store.getState()
      if (canUndoRecipe(store)) recipe.undo()
      else if (cutFrom !== null && training.state !== 'running') void undoCut()
    },
    /** Goes to settings as a whole, those of an epoch included. */
    useAnyRecipe: (settings: Recipe): void => {
      void train.useEpoch(settings)
    },
    focusLayers: preview.focusLayers,
    /** Starts the engine while the person reads the first screen. */
    startEngine: (forced: BackendName | null) => {
      store.getState().setForcedBackend(forced)
      store.getState().setBanner(null)
      preview.clear()
      session.start(forced).catch(() => undefined)
    },
    /** Ends a worker that has not answered a cancel, and opens the model again in a new one. */
    stopCancelled: () => {
      session.stopCancelled()
    },
  }
}

/** The same promise at every call. */
function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | null = null
  return () => (loaded ??= load())
}
