import { StudioError } from '../../core/errors'
import type { TrainedWeights } from '../../protocol/messages'
import type { Recipe } from '../../techniques/recipe'
import type { CommandContext } from '../commands'
import type { EngineCall } from '../engine-session'

/** Weights of runs, by id: the engine is told of those that settings name, again after a restart. */
export function createTrainedCommands({ runs }: CommandContext) {
  const held = new Map<string, Blob>()

  return {
    hold: ({ id, weights }: TrainedWeights): void => {
      held.set(id, weights)
    },
    weightsOf: (id: string): Blob | null => held.get(id) ?? null,
    /** Over a reload; without storage they last as long as the page. */
    keep: async ({ id, weights }: TrainedWeights): Promise<void> => {
      await runs.keepTrained(id, weights).catch(() => undefined)
    },
    /**
     * Makes sure that the engine knows the weights that a recipe names.
     * @throws StudioError 'train/no-weights'
     */
    ensure: async (call: EngineCall, { trained: id }: Recipe): Promise<void> => {
      if (id === undefined) return
      const weights = held.get(id) ?? (await runs.loadTrained(id))
      if (weights === null) throw new StudioError('train/no-weights', { id })
      held.set(id, weights)
      await call('weights', (client, signal) =>
        client.model.addTrained({ id, weights }, { signal }),
      )
    },
  }
}

export type TrainedCommands = ReturnType<typeof createTrainedCommands>
