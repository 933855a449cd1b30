import { StudioError } from '../../core/errors'
import type { TrainedWeights } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import type { CommandContext } from './command-world'
import type { EngineCall } from '../engine-link/engine-session'
import { whyNotKept } from '../keeping/not-kept'
import { reasonNotKept } from './reason-not-kept'

/** Weights of runs, by id: the engine is told of those that settings name, again after a restart. */
export function createTrainedCommands({ runs, store }: CommandContext) {
  const held = new Map<string, TrainedWeights>()
  /** The model of which it was told that its weights could not be kept. */
  let told: string | null = null

  return {
    hold: (trained: TrainedWeights): void => {
      held.set(trained.id, trained)
    },
    /** The weights that a recipe names, as far as they are at hand. */
    heldBy: ({ trained: id }: Recipe): TrainedWeights | null =>
      id === undefined ? null : (held.get(id) ?? null),
    /** Over a reload; without storage they last as long as the page. */
    keep: async (trained: TrainedWeights): Promise<void> => {
      try {
        await runs.keepTrained(trained)
      } catch (thrown) {
        const name = store.getState().model?.name ?? ''
        if (told === name) return
        told = name
        const reason = reasonNotKept(await whyNotKept(thrown, trained.weights.size))
        store.getState().tellNotKept({ what: 'trained', name, reason })
      }
    },
    /**
     * Makes sure that the engine knows the weights that a recipe names.
     * @throws StudioError 'train/no-weights'
     */
    ensure: async (call: EngineCall, { trained: id }: Recipe): Promise<void> => {
      if (id === undefined) return
      const trained = held.get(id) ?? (await runs.loadTrained(id))
      if (trained === null) throw new StudioError('train/no-weights', { id })
      held.set(id, trained)
      await call('weights', (client, signal) => client.model.addTrained(trained, { signal }))
    },
  }
}

export type TrainedCommands = ReturnType<typeof createTrainedCommands>
