import type { BackendName } from '../../core/backend-name'
import type { StudioErrorData } from '../../core/errors'
import { behindGate } from './behind-gate'
import { nothingHeld } from './command-world'
import type { CommandContext, CommandWorld } from './command-world'
import { createDataCommands } from './data-commands'
import { createDownloadCommands } from './download-commands'
import { createLaterCommands } from './later-commands'
import { createMeaningCommands } from './meaning-commands'
import { createOutputAxesCommand } from './output-axes-command'
import { createOutputsCommand } from './outputs-command'
import { createOpenCommands } from './open-commands'
import { createPreviewCommands } from './preview-commands'
import { createRecipeCommands } from './recipe-commands'
import { tellingRuns } from './telling-runs'
import { createTeacherCommands } from './teacher-commands'
import { createTrainCommands } from './train-commands'
import { createTrialCommands } from './trial-commands'
import { createVariantsCommands } from './variants-commands'
import { createTrainedCommands } from './trained-commands'
import { createWishCommands } from './wish-commands'
import { createWorkGate } from './work-gate'
import { keepCores, loadCores } from '../keeping/kept-cores'
import { pageStorage } from '../keeping/page-storage'
import { EngineSession } from '../engine-link/engine-session'
import { EngineTraffic } from '../engine-link/engine-traffic'
import type { EngineCall } from '../engine-link/engine-session'
import type { LongWork } from '../store/long-works'
import { canUndoRecipe } from '../store/recipe-history'
import type { Recipe } from '../../techniques/recipe'

/** All that a person can make the studio do; the only code that talks to the engine. */
export function createCommands(world: CommandWorld) {
  const { store } = world
  const held = nothingHeld()
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
    () => store.getState().cores,
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
      variants.cancelVariants()
    },
    teacher: () => {
      teacher.cancelTeacher()
    },
    cut: () => {
      void later.cancelCut()
      ends.opening()
    },
    training: () => {
      giveWay()
      // Its code is not loaded for nothing: most runs end without it.
      if (store.getState().makeSmall.state !== 'idle') void later.cutWinBackShort()
    },
    caseStudy: () => {
      void later.cancelCase()
      ends.cut()
    },
    sweep: () => {
      void later.cancelSweep()
    },
    makeSmall: () => {
      void later.cutSmallShort()
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
  const { downloadSettings, ...download } = createDownloadCommands(context, trained)
  const variants = createVariantsCommands(context, trained)
  const outputs = createOutputsCommand(context, preview, trained)
  const teacher = createTeacherCommands(context)
  const { chosenTeacher, reopenTeacher, ...offeredTeacher } = teacher
  const train = createTrainCommands(context, {
    trained,
    chosenTeacher,
    useRecipe: recipe.useRecipe,
  })
  const { continueTraining: _continue, giveWay, trainWith: _trainWith, ...offeredTrain } = train
  const later = createLaterCommands(context, {
    ...{ open, preview, recipe, teacher, train, trained, session, traffic, downloadSettings },
  })
  const undoCut = gate.guard('opening', later.undoCut)

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
    ...createOutputAxesCommand(context, open),
    ...createWishCommands(world),
    ...meaning,
    ...recipe,
    ...download,
    ...variants,
    ...outputs,
    ...offeredTeacher,
    ...offeredTrain,
    ...later,
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
    chooseTarget: preview.chooseTarget,
    stopMeasuring: preview.stopMeasuring,
    /** Starts the engine while the person reads the first screen. */
    startEngine: (forced: BackendName | null) => {
      store.getState().setForcedBackend(forced)
      store.getState().setCores(loadCores(pageStorage))
      store.getState().setBanner(null)
      preview.clear()
      session.start(forced).catch(() => undefined)
    },
    /** Works on so many cores from now on; null: all. The engine starts anew, as with another backend. */
    useCores: (cores: number | null) => {
      keepCores(pageStorage, cores)
      const { forcedBackend, setBanner, setCores } = store.getState()
      setCores(cores)
      setBanner(null)
      preview.clear()
      session.start(forcedBackend).catch(() => undefined)
    },
    /** Ends a worker that has not answered a cancel, and opens the model again in a new one. */
    stopCancelled: () => {
      session.stopCancelled()
    },
  })
}
