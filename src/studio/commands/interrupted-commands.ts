import type { CommandContext } from './command-world'
import type { KeptRun } from '../keeping/kept-run'
import { openFound } from './open-found'
import type { FoundNeighbours } from './open-found'
import type { TrainedCommands } from './trained-commands'

interface Neighbours extends FoundNeighbours {
  readonly trained: TrainedCommands
  readonly continueTraining: (from: Blob, settings: KeptRun['settings']) => Promise<void>
}

/** A run that a closed page has left: offered, taken up, or thrown away. */
export function createInterruptedCommands(context: CommandContext, neighbours: Neighbours) {
  const { store, runs } = context
  const { trained, continueTraining } = neighbours

  function openModelOf({ load: find, modelName, recipe, trained: weights }: KeptRun) {
    if (weights !== null) trained.hold(weights)
    const wanted = { name: modelName, load: find, id: null, recipeFor: () => recipe }
    return openFound(context, neighbours, wanted)
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
      if (!(await openModelOf(run)) || store.getState().data.state !== 'attached') return
      await runs.takeUp()
      store.getState().setTrainingSettings(run.settings)
      await continueTraining(run.checkpoint.file, run.settings)
    },
    dismissInterrupted: async (): Promise<void> => {
      store.getState().setInterrupted(null)
      await runs.dismiss().catch(() => undefined)
    },
  }
}
