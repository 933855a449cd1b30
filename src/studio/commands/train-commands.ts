import type { StudioError } from '../../core/errors'
import type { TrainEvent, TrainResult } from '../../protocol/training-messages'
import { withoutTraining } from '../../techniques/recipe'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import type { CommandContext } from './command-world'
import { drain } from '../../protocol/drain'
import { readEngineError } from '../engine-link/engine-error'
import type { EngineCall } from '../engine-link/engine-session'
import { endsTheWorker } from '../engine-link/restart-policy'
import { newRun } from '../store/train-slice'
import type { TeacherCommands } from './teacher-commands'
import type { TrainedCommands } from './trained-commands'

/** A worker that dies this often in one run will not get through it. */
const MOST_RESTARTS = 3

interface Neighbours {
  readonly trained: TrainedCommands
  readonly teacherFiles: TeacherCommands['teacherFiles']
  /** Goes to settings as a whole. */
  readonly useRecipe: (recipe: Recipe) => void
}

/** One training run at a time: starting it, its buttons, and what it leaves. */
export function createTrainCommands(
  context: CommandContext,
  { trained, teacherFiles, useRecipe }: Neighbours,
) {
  const { store, held, runs } = context
  let abort: AbortController | null = null

  // A run does not outlive its model: opening or closing one has put the card back.
  store.subscribe(({ training }, before) => {
    if (before.training.state === 'running' && training.state === 'idle') abort?.abort()
  })

  function note(event: TrainEvent): void {
    store.getState().showTraining(event)
    if (event.type === 'validation') trained.hold(event.trained)
  }

  /** A storage that refuses is told once; the run goes on. */
  async function saving(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      const { training } = store.getState()
      const told =
        training.state === 'running' && training.run.notes.some(({ kind }) => kind === 'notSaved')
      if (!told) store.getState().noteTraining({ kind: 'notSaved', reason })
    }
  }

  async function keepGround(recipe: Recipe, settings: TrainingSettings): Promise<void> {
    const { model, outputNames } = store.getState()
    if (model === null || held.data === null) return
    await saving(
      runs.keepGround({
        modelName: model.name,
        sampleId: held.sampleId,
        files: held.files,
        data: held.data,
        origin: held.origin,
        meaning: held.meaning,
        outputNames,
        recipe,
        settings,
        trained: trained.heldBy(recipe),
        teacher: teacherFiles(settings.distillation),
      }),
    )
  }

  /** Runs in the engine; after the death of a worker goes on from the last checkpoint in a new one. */
  async function runToEnd(
    recipe: Recipe,
    settings: TrainingSettings,
    from: Blob | null,
    signal: AbortSignal,
  ): Promise<TrainResult> {
    let checkpoint = from
    for (let restarts = 0; ; restarts++) {
      try {
        return await context.call(
          'train',
          async (client, lifetime) => {
            await trained.ensure(context.call, recipe)
            const request = { recipe, settings, resume: checkpoint, largestPiece: null }
            const events = await client.train.start(request, { signal: lifetime })
            return drain(events, (event) => {
              note(event)
              if (event.type !== 'checkpoint') return
              checkpoint = event.file
              void saving(runs.keepCheckpoint({ epoch: event.epoch, file: event.file }))
            })
          },
          signal,
        )
      } catch (thrown) {
        const error = readEngineError(thrown)
        if (!endsTheWorker(error.code) || restarts >= MOST_RESTARTS || signal.aborted) throw error
        const { training } = store.getState()
        const epoch = training.state === 'running' ? (training.run.progress?.epoch ?? 0) : 0
        store.getState().noteTraining({ kind: 'takenUp', epoch })
      }
    }
  }

  async function start(
    from: Blob | null,
    settings: TrainingSettings,
    isShown = true,
  ): Promise<void> {
    const { model, recipe, training } = store.getState()
    if (model === null || training.state === 'running') return
    const controller = new AbortController()
    abort = controller
    const run = newRun(recipe, settings)
    store.getState().setTraining({ state: 'running', run, phase: 'going' })
    if (isShown) store.getState().setTab('training')
    store.getState().announce(context.say('spoken.trainingStarted'))
    try {
      const result = await runs.whileTraining(async () => {
        if (from === null) await keepGround(recipe, settings)
        return runToEnd(recipe, settings, from, controller.signal)
      })
      await finish(result)
    } catch (thrown) {
      fail(readEngineError(thrown), controller.signal.aborted)
    } finally {
      abort = null
    }
    // What was saved is for a closed page; this one has told the end.
    await runs.forget().catch(() => undefined)
  }

  async function finish({ end, epoch, measure, recipe, trained: weights }: TrainResult) {
    trained.hold(weights)
    await trained.keep(weights)
    const { training } = store.getState()
    if (training.state !== 'running') return
    store.getState().setTraining({ state: 'done', run: training.run, end, epoch, measure })
    useRecipe(recipe)
    store.getState().announce(context.say('spoken.trainingEnded', { epoch }))
  }

  function fail(error: StudioError, cancelled: boolean): void {
    const { training } = store.getState()
    if (training.state !== 'running') return
    if (cancelled || error.code === 'engine/cancelled') {
      store.getState().setTraining({ state: 'idle' })
      store.getState().announce(context.say('spoken.cancelled'))
    } else {
      const { run } = training
      store.getState().setTraining({ state: 'failed', run, error: error.toData() })
    }
  }

  function tell(work: (call: EngineCall) => Promise<unknown>): void {
    work(context.call).catch((thrown: unknown) => {
      const error = readEngineError(thrown)
      // The run has ended by itself meanwhile.
      if (error.code !== 'train/no-run' && !endsTheWorker(error.code))
        store.getState().showProblem(error.toData(), 'training')
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
    startTraining: (): Promise<void> => start(null, store.getState().trainingSettings),
    /** One run of a longer story, which shows itself; how it ended is in the store. */
    trainWith: (settings: TrainingSettings): Promise<void> => start(null, settings, false),
    /** Goes on with a run of an earlier visit; its model and data are open by now. */
    continueTraining: start,
    pauseTraining: (): void => {
      tell((call) => call('pause', (client, signal) => client.train.pause(undefined, { signal })))
    },
    resumeTraining: (): void => {
      tell((call) => call('resume', (client, signal) => client.train.resume(undefined, { signal })))
    },
    /** Keeps the best weights so far. */
    stopTraining: (): void => {
      if (setPhase('stopping'))
        tell((call) => call('stop', (client, signal) => client.train.stop(undefined, { signal })))
    },
    /** Discards the run; the model stays as it was. */
    cancelTraining: (): void => {
      if (setPhase('cancelling')) abort?.abort()
    },
    closeTraining: (): void => {
      if (store.getState().training.state !== 'running')
        store.getState().setTraining({ state: 'idle' })
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
