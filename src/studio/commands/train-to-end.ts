import { StudioError } from '../../core/errors'
import type { Recipe } from '../../techniques/recipe'
import type { TrainingSettings } from '../../training/training-settings'
import { readEngineError } from '../engine-link/engine-error'
import type { CommandContext } from './command-world'
import type { TrainCommands } from './train-commands'

export interface RunEnd {
  /** The settings with the trained weights. */
  readonly recipe: Recipe
  /** That were done, the last of them in part where somebody has stopped the run. */
  readonly epochs: number
}

/**
 * One run of a longer story; the signal cancels it.
 * @param apart trained in place of the settings in use, which stay as they are
 * @throws StudioError what ended the run; 'engine/cancelled' where somebody did
 */
export async function trainToEnd(
  { store }: CommandContext,
  train: Pick<TrainCommands, 'trainWith' | 'cancelTraining'>,
  settings: TrainingSettings,
  signal: AbortSignal,
  apart?: Recipe,
): Promise<RunEnd> {
  const stop = (): void => {
    train.cancelTraining()
  }
  signal.addEventListener('abort', stop)
  try {
    await train.trainWith(settings, apart)
  } finally {
    signal.removeEventListener('abort', stop)
  }
  const { training } = store.getState()
  if (training.state === 'failed') throw readEngineError({ data: training.error })
  if (training.state !== 'done') throw new StudioError('engine/cancelled', {})
  const { end, recipe, run } = training
  const share = end === 'finished' ? 1 : (run.progress?.progress ?? 0)
  return { recipe, epochs: share * settings.epochs }
}
