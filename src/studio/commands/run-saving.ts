import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import type { RunCheckpoint } from '../keeping/kept-run'
import { whyNotKept } from '../keeping/not-kept'
import type { CommandContext } from './command-world'
import { reasonNotKept } from './reason-not-kept'
import { sessionNow } from './remember-session'
import type { TeacherCommands } from './teacher-commands'
import type { TrainedCommands } from './trained-commands'

/** What is saved of a run, so that a closed page does not end it. */
export function createRunSaving(
  context: CommandContext,
  trained: TrainedCommands,
  chosenTeacher: TeacherCommands['chosenTeacher'],
) {
  const { held, runs, store } = context

  /** A storage that refuses is told once; the run goes on. */
  async function saving(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (thrown) {
      const needed = held.files.reduce((sum, { size }) => sum + size, 0)
      const reason = reasonNotKept(await whyNotKept(thrown, needed))
      const { training } = store.getState()
      const told =
        training.state === 'running' && training.run.notes.some(({ kind }) => kind === 'notSaved')
      if (!told) store.getState().noteTraining({ kind: 'notSaved', reason })
    }
  }

  return {
    keepCheckpoint: (checkpoint: RunCheckpoint): Promise<void> =>
      saving(runs.keepCheckpoint(checkpoint)),
    /** What the run begins from. */
    keepGround: async (recipe: Recipe, settings: TrainingSettings): Promise<void> => {
      if (store.getState().model === null || held.data === null) return
      await saving(
        runs.keepGround({
          session: { ...sessionNow(context), teacher: chosenTeacher(settings.distillation) },
          recipe,
          settings,
          trained: trained.heldBy(recipe),
        }),
      )
    },
  }
}
