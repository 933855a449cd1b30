import { isStudioError } from '../../core/errors'
import type { OpenedModel } from '../../formats/format'
import { learningWeights } from '../../training/learning-layers'
import { hasLayers } from '../model/build-model'
import { requireRunnable } from '../model/model-store'
import type { BatchFeed } from '../samples/batch-feed'
import { buildTrainable, trainsAsLayers } from './network/build-trainable'
import { checkAnswers, COMPARED_SAMPLES } from './network/check-answers'
import { quietModel } from './network/quiet-model'
import { TrainableLayers } from './network/trainable-layers'
import type { TrainableModel } from './network/trainable-model'
import { forwardPiece } from './training-task'
import type { TrainingTask } from './training-task'

/** Runs work while nothing else is computed. */
type Alone = <Result>(work: () => Promise<Result>) => Promise<Result>

/**
 * The model of a run. What trains by its graph is computed by other operators than what is measured, so that both have to
 * answer alike; layers that TensorFlow.js computes otherwise on this backend train as it computes them.
 * @throws StudioError 'train/other-answers'
 */
export async function comparedModel(
  task: TrainingTask,
  feed: BatchFeed,
  alone: Alone,
  signal: AbortSignal,
): Promise<TrainableModel> {
  const { kernels, settings, start, state } = task
  const opened: OpenedModel = settings.dropout ? state.opened : quietModel(state.opened)
  const learning = learningWeights(start, settings.layers)
  const fused = (kernels?.host ?? null) !== null
  const model = await alone(() => buildTrainable(opened, fused, learning))
  if (trainsAsLayers(opened)) return model
  try {
    await compare(model, task, feed, alone, signal)
    return model
  } catch (error) {
    model.dispose()
    const isOther = isStudioError(error) && error.code === 'train/other-answers'
    if (!isOther || !hasLayers(opened)) throw error
    return alone(() => TrainableLayers.build(opened, fused, learning))
  }
}

async function compare(
  model: TrainableModel,
  task: TrainingTask,
  feed: BatchFeed,
  alone: Alone,
  signal: AbortSignal,
): Promise<void> {
  const { start, state, tools } = task
  const stock = requireRunnable(state)
  const samples = Math.min(COMPARED_SAMPLES, forwardPiece(task, COMPARED_SAMPLES))
  for await (const { inputs } of feed.inOrder(samples, 1, signal))
    await alone(async () => {
      model.load(start)
      await stock.setWeights(start, () => tools.pace.between(signal))
      await checkAnswers(model, stock, inputs)
    })
}
