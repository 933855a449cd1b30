import type { BackendName } from '../../core/backend-name'
import { partNotLoaded } from '../../core/errors'
import type { StudioErrorData } from '../../core/errors'
import { behindGate } from './behind-gate'
import type { CommandContext, CommandWorld, Held } from './command-world'
import { createDataCommands } from './data-commands'
import { deferredCommands, fromFirstModel, once } from './deferred-commands'
import { deferredLesson } from './deferred-lesson'
import { createDownloadCommands } from './download-commands'
import { createMeaningCommands } from './meaning-commands'
import { createOutputsCommand } from './outputs-command'
import { createOpenCommands } from './open-commands'
import { createPreviewCommands } from './preview-commands'
import { createRecipeCommands } from './recipe-commands'
import { tellingRuns } from './telling-runs'
import { createTeacherCommands } from './teacher-commands'
import { createTrainCommands } from './train-commands'
import { createTrialCommands } from './trial-commands'
import { createTrainedCommands } from './trained-commands'
import { createWishCommands } from './wish-commands'
import { createWorkGate } from './work-gate'
import { EngineSession } from '../engine-link/engine-session'
import { EngineTraffic } from '../engine-link/engine-traffic'
import type { EngineCall } from '../engine-link/engine-session'
import type { LongWork } from '../store/long-works'
import { canUndoRecipe } from '../store/recipe-history'
import type { Sample } from '../files/samples'
import type { Recipe } from '../../techniques/recipe'

/** All that a person can make the studio do; the only code that talks to the engine. */
export function createCommands(world: CommandWorld) {
  const { store } = world
  const held: Held = {
    files: [],
    origin: null,
    sampleId: null,
    asked: null,
    data: null,
    meaning: null,
    session: null,
    forgotten: null,
    wholes: [],
    stages: new Map(),
    teacher: [],
  }
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
      },
      gpuGivenUp: (lost, backend) => {
        store.getState().setBanner({ kind: 'gpuGivenUp', lost, backend })
      },
      failed: (error: StudioErrorData, gaveUp: boolean) => {
        store.getState().setEngine({ state: 'failed', error, gaveUp })
      },
      cancelWaits: (task) => {
        store.getState().setCancelWaits(task !== null)
      },
      restore: (call) => restore(call),
    },
    world.now,
  )
  /** Ends work for something else that was wanted; what follows a cut or an opening ends with it. */
  const ends: Readonly<Record<LongWork, () => void>> = {
    opening: () => {
      open.cancelOpening()
      data.cancelAttach()
      teacher.cancelTeacher()
    },
    reading: () => {
      data.stopReading()
    },
    attaching: () => {
      data.cancelAttach()
    },
    search: () => {
      trial.cancelTrial()
    },
    measuring: () => {
      preview.stopMeasuring()
    },
    download: () => {
      download.cancelDownload()
    },
    teacher: () => {
      teacher.cancelTeacher()
    },
    cut: () => {
      void structure.cancelCut()
      ends.opening()
    },
    training: () => {
      giveWay()
    },
    caseStudy: () => {
      void cases.cancelCase()
      ends.cut()
    },
    sweep: () => {
      void sweeps.cancelSweep()
    },
    makeSmall: () => {
      void smalls.cutSmallShort()
    },
    answers: () => undefined,
  }
  const gate = createWorkGate(world, (work) => {
    ends[work]()
  })
  const traffic = new EngineTraffic(session.call)
  const context: CommandContext = {
    ...world,
    runs: tellingRuns(world),
    ...{ held, call: traffic.call, gate },
  }
  const trained = createTrainedCommands(context)
  const preview = createPreviewCommands(context, trained)
  const { forgetTrial, ...trial } = createTrialCommands(context, preview)
  const data = createDataCommands(context, preview, { forgetTrial, ...trial })
  const { restoreMeaning, ...meaning } = createMeaningCommands(context, preview)
  const open = createOpenCommands(context, { preview, data, restoreMeaning })
  const recipe = createRecipeCommands(context, preview, {
    ...data,
    configureData: gate.guard('attaching', data.configureData, true),
  })
  const download = createDownloadCommands(context, trained)
  const outputs = createOutputsCommand(context, preview, trained)
  const { teacherFiles, reopenTeacher, ...teacher } = createTeacherCommands(context)
  const { continueTraining, giveWay, trainWith, ...train } = createTrainCommands(context, {
    trained,
    teacherFiles,
    useRecipe: recipe.useRecipe,
  })
  /** Code that comes with what needs it, not with the first screen; where it does not come, that is said. */
  const later = <Part>(load: () => Promise<Part>): (() => Promise<Part>) =>
    once(async () => {
      try {
        const part = await load()
        store.getState().endProblem('part')
        return part
      } catch (thrown) {
        const error = partNotLoaded(thrown)
        store.getState().showProblem(error.toData(), 'part')
        throw error
      }
    })
  const loadInterrupted = later(async () =>
    (await import('./interrupted-commands')).createInterruptedCommands(context, {
      ...{ open, trained, reopenTeacher, loadCases, continueTraining },
    }),
  )
  const interrupted = deferredCommands(loadInterrupted, [
    'findInterrupted',
    'resumeInterrupted',
    'dismissInterrupted',
  ])
  const loadStructure = later(async () =>
    (await import('./structure-commands')).createStructureCommands(context, {
      open,
      trained,
      openTeacher: teacher.openTeacher,
      stopDistillation: teacher.stopDistillation,
    }),
  )
  const structure = deferredCommands(loadStructure, [
    ...(['findGroups', 'findBlocks', 'changeCut', 'changeCutStart', 'toggleBlock'] as const),
    ...(['planCut', 'cutModel', 'cancelCut', 'undoCut'] as const),
  ])
  const undoCut = gate.guard('opening', structure.undoCut)
  const loadCases = later(async () =>
    (await import('./case-commands')).createCaseCommands(context, {
      useRecipe: recipe.useRecipe,
      useEpoch: train.useEpoch,
      structure: await loadStructure(),
      train: { trainWith, cancelTraining: train.cancelTraining },
    }),
  )
  const cases = deferredCommands(loadCases, ['startCase', 'cancelCase', 'goToStage'])
  const loadSweeps = later(async () =>
    (await import('./sweep-commands')).createSweepCommands(context, trained),
  )
  const sweeps = deferredCommands(loadSweeps, ['startSweep', 'cancelSweep'])
  const loadSensitivity = later(async () =>
    (await import('./sensitivity-commands')).createSensitivityCommands(
      context,
      trained,
      recipe.useRecipe,
    ),
  )
  const loadSmalls = later(async () =>
    (await import('./make-small-commands')).createMakeSmallCommands(context, {
      ...{ trained, useRecipe: recipe.useRecipe },
      leaveSensitivity: (await loadSensitivity()).leaveSensitivity,
      startTraining: gate.guard('training', train.startTraining),
    }),
  )
  const smalls = deferredCommands(loadSmalls, [
    ...(['startSmall', 'goOnSmall', 'pauseSmall', 'continueSmall', 'stopSmall'] as const),
    ...(['cutSmallShort', 'useSmallBest', 'closeSmall', 'winBack'] as const),
  ])
  const loadComparisons = later(async () =>
    (await import('./compare-commands')).createCompareCommands(context, trained),
  )
  const lesson = deferredLesson(context, later, {
    ...{ cases, open, preview, recipe, structure, train, trained, trainWith, undoCut },
  })
  const loadHistory = later(async () =>
    (await import('./history-commands')).createHistoryCommands(context),
  )
  const loadRestore = later(async () =>
    (await import('./restore-commands')).createRestoreCommands(context, {
      open: { ...open, openSample: gate.guard('opening', open.openSample) },
      ...{ reopenTeacher, loadCases },
    }),
  )
  const loadKeeping = later(async () =>
    (await import('./keep-commands')).createKeepCommands(context),
  )
  const loadRemedies = once(async () => {
    const { watchForRemedies } = await import('./idle-remedies')
    watchForRemedies(context, trained, session.call, traffic, await world.presence())
  })
  // From the first model on, it is kept, what is tried is remembered, and what helps is tried.
  fromFirstModel(store, [loadKeeping, loadHistory, loadRemedies])

  async function restore(call: EngineCall): Promise<void> {
    if (store.getState().model === null) return
    await open.reopen(call)
    await restoreMeaning(call)
    await data.reattach(call)
    await reopenTeacher(call)
    preview.refresh()
  }

  return behindGate(gate, {
    ...open,
    ...data,
    ...trial,
    ...createWishCommands(world),
    ...meaning,
    ...recipe,
    ...download,
    ...outputs,
    ...teacher,
    ...structure,
    ...train,
    ...interrupted,
    /** Goes on with a run of an earlier visit. It is a run once its model is open, so it does not count as an opening. */
    resumeInterrupted: async (): Promise<void> => {
      if (await gate.mayBegin('opening')) await interrupted.resumeInterrupted()
    },
    ...deferredCommands(loadComparisons, ['compare', 'drawn', 'asked', 'picture', 'latency']),
    /** Opens a sample and shows what can be done with it. */
    startTour: async (sample: Sample): Promise<void> => {
      await open.openSample(sample)
      if (held.sampleId === sample.id) store.getState().setTour('original')
    },
    ...lesson,
    ...deferredCommands(loadHistory, ['saveSnapshot', 'removeSnapshot']),
    ...deferredCommands(loadRestore, [
      ...(['openLink', 'restoreTab', 'continueWith'] as const),
      ...(['forgetListed', 'forgetAllListed'] as const),
    ]),
    /** Removes the open model and all that was tried on it from this browser; it stays open until closed. */
    forgetModel: async (): Promise<void> => {
      await (await loadKeeping()).forgetSession()
      await (await loadHistory()).forgetTried()
    },
    ...sweeps,
    ...smalls,
    ...deferredCommands(loadSensitivity, ['findSensitivity', 'leaveSensitivity', 'useCell']),
    ...cases,
    /** What goes on makes way for what is wanted, or it does not. */
    answerWorkQuestion: gate.answer,
    /** What waits is not wanted any more. */
    cancelWait: gate.cancelWait,
    /** The last few models that this browser holds. */
    listKept: () => world.sessions.list(),
    /** The last change of the settings; before the first one, the cut that the model came from. */
    undo: (): void => {
      if (canUndoRecipe(store)) recipe.undo()
      else if (store.getState().cutFrom !== null) void undoCut()
    },
    /** Goes to settings as a whole, those of an epoch included. */
    useAnyRecipe: (settings: Recipe): void => {
      void train.useEpoch(settings)
    },
    focusLayers: preview.focusLayers,
    stopMeasuring: preview.stopMeasuring,
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
  })
}
