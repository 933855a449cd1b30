import { StudioError } from '../../core/errors'
import type { TrainedWeights } from '../../protocol/training-messages'
import type { Recipe } from '../../techniques/recipe'
import type { CommandContext } from './command-world'
import type { EngineCall } from '../engine-link/engine-session'

/** Weights of runs, by id: the engine is told of those that settings name, again after a restart. */
export function createTrainedCommands({ runs }: CommandContext) {
  const held = new Map<string, TrainedWeights>()

  return {
    hold: (trained: TrainedWeights): void => {
      held.set(trained.id, trained)
    },
    /** The weights that a recipe names, as far as they are at hand. */
    heldBy: ({ trained: id }: Recipe): TrainedWeights | null =>
      id === undefined ? null : (held.get(id) ?? null),
    /** Over a reload; without storage they last as long as the page. */
    keep: async (trained: TrainedWeights): Promise<void> => {
      await runs.keepTrained(trained).catch(() => undefined)
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
