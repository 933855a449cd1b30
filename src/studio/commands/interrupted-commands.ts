import type { CommandContext } from './command-world'
import type { KeptRun } from '../keeping/kept-run'
import type { OpenCommands } from './open-commands'
import type { TeacherCommands } from './teacher-commands'
import type { TrainedCommands } from './trained-commands'

interface Neighbours {
  readonly open: OpenCommands
  readonly trained: TrainedCommands
  readonly reopenTeacher: TeacherCommands['reopenTeacher']
  readonly continueTraining: (from: Blob, settings: KeptRun['settings']) => Promise<void>
}

/** A run that a closed page has left: offered, taken up, or thrown away. */
export function createInterruptedCommands(context: CommandContext, neighbours: Neighbours) {
  const { store, runs } = context
  const { open, trained, reopenTeacher, continueTraining } = neighbours

  async function openModelOf(run: KeptRun): Promise<void> {
    if (run.trained !== null) trained.hold(run.trained)
    await open.openFiles(run.files, run.modelName, run.recipe, run)
    if (store.getState().model === null) return
    open.markSample(run.sampleId)
    if (run.teacher !== null) await reopenTeacher(context.call, run.teacher)
  }

  async function load(): Promise<KeptRun | null> {
    const run = await runs.loadInterrupted()
    if (run !== 'leftOut') return run
    store.getState().tellLeftOut({ run: true })
    return null
  }

  return {
    /** Looks whether an earlier visit left a run that did not end. */
    findInterrupted: async (): Promise<void> => {
      const run = await load()
      store.getState().setInterrupted(
        run === null
          ? null
          : {
              modelName: run.modelName,
              epoch: run.checkpoint.epoch,
              epochs: run.settings.epochs,
            },
      )
    },
    /** Opens its model and data, and goes on from its last checkpoint. */
    resumeInterrupted: async (): Promise<void> => {
      const run = await load()
      store.getState().setInterrupted(null)
      if (run === null) return
      await openModelOf(run)
      if (store.getState().data.state !== 'attached') return
      store.getState().setTrainingSettings(run.settings)
      await continueTraining(run.checkpoint.file, run.settings)
    },
    dismissInterrupted: async (): Promise<void> => {
      store.getState().setInterrupted(null)
      await runs.forget().catch(() => undefined)
    },
  }
}
