import { StudioError } from '../../core/errors'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import { readEngineError } from '../engine-link/engine-error'
import type { CommandContext } from './command-world'
import type { TrainCommands } from './train-commands'

/**
 * One run of a longer story, on the settings in use; the signal cancels it.
 * @returns the settings with the trained weights
 * @throws StudioError what ended the run; 'engine/cancelled' where somebody did
 */
export async function trainToEnd(
  { store }: CommandContext,
  train: Pick<TrainCommands, 'trainWith' | 'cancelTraining'>,
  settings: TrainingSettings,
  signal: AbortSignal,
): Promise<Recipe> {
  const stop = (): void => {
    train.cancelTraining()
  }
  signal.addEventListener('abort', stop)
  try {
    await train.trainWith(settings)
  } finally {
    signal.removeEventListener('abort', stop)
  }
  const { recipe, training } = store.getState()
  if (training.state === 'failed') throw readEngineError({ data: training.error })
  if (training.state !== 'done') throw new StudioError('engine/cancelled', {})
  return recipe
}
