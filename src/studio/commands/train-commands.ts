import { StudioError } from '../../core/errors'
import type {
  NeedRequest,
  TrainEvent,
  TrainNeed,
  TrainResult,
} from '../../protocol/training-messages'
import { withoutTraining } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import { layersToLearn, withLayers } from '../../training/learning-layers'
import type { TrainingSettings } from '../../training/training-settings'
import type { CommandContext } from './command-world'
import { readEngineError } from '../engine-link/engine-error'
import { isOfWorker, ofRun } from '../engine-link/run-faults'
import { dataKey, runDataIn } from '../store/data-in'
import type { RunData } from '../store/data-in'
import { recipeKey } from '../store/recipe-slice'
import { newRun } from '../store/train-slice'
import type { RunView } from '../store/train-slice'
import { createRunSaving } from './run-saving'
import { createWorkerRun } from './run-in-worker'
import type { WorkerRun } from './run-in-worker'
import type { TeacherCommands } from './teacher-commands'
import type { TrainedCommands } from './trained-commands'

interface Neighbours {
  readonly trained: TrainedCommands
  readonly chosenTeacher: TeacherCommands['chosenTeacher']
  /** Goes to settings as a whole. */
  readonly useRecipe: (recipe: Recipe) => void
}

interface CurrentRun {
  readonly controller: AbortController
  readonly data: RunData
  readonly work: WorkerRun
  /** Ended for something else, which may yet come to nothing. */
  gaveWay: boolean
  /** Nobody waits to see it in use: what it is part of says what becomes of it. */
  readonly isApart: boolean
}

interface StartWith {
  /** Whether the page turns to it. */
  readonly isShown?: boolean
  /** Trained in place of the settings in use, which it leaves alone. */
  readonly apart?: Recipe
}

interface LeftRun {
  readonly checkpoint: Blob
  readonly recipe: Recipe
  readonly settings: TrainingSettings
  /** It is wanted no more once what it was ended for has come about. */
  readonly gaveWay: boolean
}

/** One training run at a time: starting it, its buttons, and what it leaves. */
export function createTrainCommands(
  context: CommandContext,
  { trained, chosenTeacher, useRecipe }: Neighbours,
) {
  const { store, held, runs } = context
  const saved = createRunSaving(context, trained, chosenTeacher)
  let current: CurrentRun | null = null
  /** A run whose worker has ended, as it goes on. */
  let left: LeftRun | null = null

  // A run does not outlive its model: opening or closing one has put the card back.
  store.subscribe(({ training }, before) => {
    if (before.training.state === 'running' && training.state === 'idle')
      current?.controller.abort()
    if (before.training.state === 'failed' && training.state === 'idle' && left?.gaveWay === true)
      forgetLeft()
  })

  function leaveNothing(): void {
    left = null
  }

  function forgetLeft(): void {
    leaveNothing()
    runs.forget().catch(() => undefined)
  }

  function note(event: TrainEvent): void {
    store.getState().showTraining(event)
    if (event.type === 'validation') trained.hold(event.trained)
    if (event.type === 'checkpoint')
      void saved.keepCheckpoint({ epoch: event.epoch, file: event.file })
    if (event.type === 'started') askAgain()
  }

  /** What was wanted of the run before this worker of it began. */
  function askAgain(): void {
    const { training } = store.getState()
    if (training.state !== 'running') return
    if (training.phase === 'stopping') ask('stop')
    if (training.phase === 'paused') ask('pause')
  }

  /** What a worker of its own is given, and what of it is shown. */
  function workerRun(recipe: Recipe, settings: TrainingSettings, from: Blob | null): WorkerRun {
    const { data, files, meaning, origin } = held
    const teacher = chosenTeacher(settings.distillation)
    const order = { data, files, from, meaning, origin, recipe, settings, teacher }
    return createWorkerRun(context, trained, order, {
      preparing: (step, progress) => {
        store.getState().prepareTraining({ step, progress })
      },
      runsOn: (backend) => {
        store.getState().setTrainingBackend(backend)
      },
      event: note,
      again: ({ largestPiece, why }, checkpoint) => {
        const { noteTraining, training } = store.getState()
        const epoch = training.state === 'running' ? (training.run.progress?.epoch ?? 0) : 0
        if (why === 'memory') noteTraining({ kind: 'smallerPieces', piece: largestPiece ?? 1 })
        else if (why === 'leftGpu') noteTraining({ kind: 'leftGpu' })
        else if (checkpoint === null) noteTraining({ kind: 'begunAgain' })
        else noteTraining({ kind: 'takenUp', epoch })
      },
    })
  }

  async function start(
    from: Blob | null,
    settings: TrainingSettings,
    { apart, isShown = true }: StartWith = {},
  ): Promise<void> {
    const { data, model, recipe: inUse, training } = store.getState()
    if (model === null || training.state === 'running') return
    const recipe = apart ?? inUse
    const isApart = apart !== undefined
    const controller = new AbortController()
    const work = workerRun(recipe, settings, from)
    const own: CurrentRun = { controller, data: runDataIn(data), work, gaveWay: false, isApart }
    current = own
    leaveNothing()
    const run = newRun(recipe, settings)
    const preparing = { step: 'worker', progress: null } as const
    store.getState().setTraining({ state: 'running', run, preparing, phase: 'going' })
    if (isShown) store.getState().setTab('training')
    if (!isApart) store.getState().announce(context.say('spoken.trainingStarted'))
    try {
      const result = await runs.whileTraining(async () => {
        if (from === null) await saved.keepGround(recipe, settings)
        return own.work.toEnd(controller.signal)
      })
      await finish(result, own)
    } catch (thrown) {
      fail(readEngineError(thrown), own)
    } finally {
      if (current === own) current = null
    }
    // What was saved is for a closed page; this one has told the end. A run that can go on is saved until it does.
    if (left === null) await runs.forget().catch(() => undefined)
  }

  /**
   * A run has a worker of its own, so settings can be changed beside it. What the person has set last stays: they look at
   * it, and may have worked on it for minutes. What was trained is one press away. (Controls that are locked for as long as
   * a run takes would be as safe, and would take from the page what the second worker gives it.)
   */
  function useTrained(recipe: Recipe, run: RunView, epoch: number): void {
    const stays = recipeKey(store.getState().recipe) !== recipeKey(run.recipe)
    if (!stays) useRecipe(recipe)
    const text = stays ? 'spoken.trainingEndedApart' : 'spoken.trainingEnded'
    store.getState().announce(context.say(text, { epoch }))
  }

  async function finish(
    { end, epoch, measure, recipe, trained: weights }: TrainResult,
    { controller: { signal }, isApart }: CurrentRun,
  ): Promise<void> {
    trained.hold(weights)
    if (recipe.trained === weights.id) await trained.keep(weights)
    // Cancelled in the meantime: what the person has done since stays.
    signal.throwIfAborted()
    const { training } = store.getState()
    if (training.state !== 'running') return
    const { run } = training
    store.getState().setTraining({ state: 'done', run, end, epoch, measure, recipe })
    if (!isApart) useTrained(recipe, run, epoch)
  }

  function fail(error: StudioError, { controller, data, gaveWay, work }: CurrentRun): void {
    const { training } = store.getState()
    if (training.state !== 'running') return
    const isCancelled = controller.signal.aborted || error.code === 'engine/cancelled'
    if (isCancelled && !(gaveWay && work.checkpoint() !== null)) {
      store.getState().setTraining({ state: 'idle' })
      store.getState().announce(context.say('spoken.cancelled'))
      return
    }
    const { run } = training
    // What was refused before it was taken up is as good as before.
    const isWhole = isCancelled || isOfWorker(error) || training.preparing !== null
    const checkpoint = isWhole ? work.checkpoint() : null
    const { recipe, settings } = run
    if (checkpoint !== null) left = { checkpoint, recipe, settings, gaveWay: isCancelled }
    const goesOnWith = left === null ? null : data
    const told = isCancelled ? new StudioError('train/gave-way', {}) : ofRun(error)
    store.getState().setTraining({ state: 'failed', run, error: told.toData(), goesOnWith })
  }

  /** What the run is asked for; one that has not begun is asked when it does. */
  function ask(what: 'pause' | 'resume' | 'stop'): void {
    const asked = current?.work.ask(what, (client, signal) =>
      client.train[what](undefined, { signal }),
    )
    asked?.catch((thrown: unknown) => {
      const error = readEngineError(thrown)
      // The run has ended by itself meanwhile, or with its worker.
      const isOver = error.code === 'train/no-run' || error.code === 'engine/cancelled'
      if (!isOver && !isOfWorker(error)) store.getState().showProblem(error.toData(), 'training')
    })
  }

  function setPhase(phase: 'stopping' | 'cancelling'): boolean {
    const { training } = store.getState()
    if (training.state !== 'running') return false
    store.getState().setTraining({ ...training, phase })
    return true
  }

  return {
    changeTrainingSettings: (settings: TrainingSettings): void => {
      store.getState().setTrainingSettings(settings)
      context.rememberTraining(settings)
    },
    /** Lets layers learn, or freezes them. */
    letLearn: (layers: readonly string[], learn: boolean): void => {
      const { model, trainingSettings } = store.getState()
      const names = layersToLearn(model?.layers ?? []).map(({ name }) => name)
      const chosen = withLayers(names, trainingSettings.layers, layers, learn)
      const settings = { ...trainingSettings, layers: chosen }
      store.getState().setTrainingSettings(settings)
      context.rememberTraining(settings)
    },
    startTraining: (): Promise<void> => start(null, store.getState().trainingSettings),
    /**
     * One run of a longer story, which shows itself; how it ended is in the store.
     * @param apart trained in place of the settings in use, which stay as they are
     */
    trainWith: (settings: TrainingSettings, apart?: Recipe): Promise<void> =>
      start(null, settings, { isShown: false, ...(apart && { apart }) }),
    /** What a run with these settings would take of memory. */
    trainingNeed: (request: NeedRequest, outer: AbortSignal): Promise<TrainNeed> =>
      context.call(
        'need',
        async (client, signal) => {
          await trained.ensure(context.call, request.recipe)
          return client.train.need(request, { signal })
        },
        outer,
      ),
    /** Goes on with a run of an earlier visit; its model and data are open by now. */
    continueTraining: (from: Blob, settings: TrainingSettings): Promise<void> =>
      start(from, settings),
    /** Goes on from the last checkpoint of a run whose worker has ended. */
    goOnTraining: async (): Promise<void> => {
      const { data, recipe, training } = store.getState()
      if (left === null || training.state !== 'failed') return
      if (training.goesOnWith?.key !== dataKey(data)) return
      const { checkpoint, recipe: trainedWith, settings } = left
      const isChanged = recipeKey(recipe) !== recipeKey(trainedWith)
      if (isChanged) useRecipe(trainedWith)
      const run = start(checkpoint, settings)
      if (isChanged) store.getState().noteTraining({ kind: 'settingsBack' })
      await run
    },
    pauseTraining: (): void => {
      ask('pause')
    },
    resumeTraining: (): void => {
      ask('resume')
    },
    /** Keeps the best weights so far. */
    stopTraining: (): void => {
      if (setPhase('stopping')) ask('stop')
    },
    /** Ends the run for something else; where that comes to nothing it can go on. */
    giveWay: (): void => {
      if (current !== null) current.gaveWay = true
      if (setPhase('cancelling')) current?.controller.abort()
    },
    /** Discards the run; the model stays as it was. */
    cancelTraining: (): void => {
      if (setPhase('cancelling')) current?.controller.abort()
    },
    closeTraining: (): void => {
      if (store.getState().training.state === 'running') return
      store.getState().setTraining({ state: 'idle' })
      if (left !== null) forgetLeft()
    },
    /** Goes to the weights of an epoch; what is downloaded then is of that epoch. */
    useEpoch: async (recipe: Recipe): Promise<void> => {
      const weights = trained.heldBy(recipe)
      if (weights !== null) await trained.keep(weights)
      useRecipe(recipe)
    },
    /** Back to the file's own weights, with the same steps. */
    leaveTraining: (): void => {
      useRecipe(withoutTraining(store.getState().recipe))
    },
  }
}

export type TrainCommands = ReturnType<typeof createTrainCommands>
