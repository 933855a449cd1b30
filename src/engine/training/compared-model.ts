import { withoutNoise } from '../../graph/without-noise'
import { learningWeights } from '../../training/learning-layers'
import type { OpenedModel } from '../../formats/format'
import { requireRunnable } from '../model/model-store'
import type { BatchFeed } from '../samples/batch-feed'
import { COMPARED_SAMPLES, offStock } from './network/off-stock'
import type { TrainableModel } from './network/trainable-model'
import { TrainableProgram } from './network/trainable-program'
import type { LearnerSetup } from './pieces/learner-setup'
import { forwardPiece } from './training-task'
import type { TrainingTask } from './training-task'

/** Runs work while nothing else is computed. */
type Alone = <Result>(work: () => Promise<Result>) => Promise<Result>

interface ComparedModel {
  readonly model: TrainableModel
  /** @see offStock */
  readonly offStock: number | null
}

/** The graph and the weights that a run trains, and which of them learn. */
export function learningModel({
  settings,
  start,
  state,
}: TrainingTask): Pick<LearnerSetup, 'graph' | 'learning'> & Pick<OpenedModel, 'weights'> {
  const { graph, weights } = state.opened
  // What is left of pruned or rounded weights needs all of its inputs: Han et al. 2015, arXiv:1506.02626, section 3.2.
  return {
    graph: settings.dropout ? graph : withoutNoise(graph),
    weights,
    learning: learningWeights(start, settings.layers),
  }
}

/** The model of a run, and how far stock TensorFlow.js, by which its files are measured, is from it. */
export async function comparedModel(
  task: TrainingTask,
  feed: BatchFeed,
  alone: Alone,
  signal: AbortSignal,
): Promise<ComparedModel> {
  const { learning, ...opened } = learningModel(task)
  const model = await alone(() => Promise.resolve(new TrainableProgram(opened, learning)))
  try {
    return { model, offStock: await compared(model, task, feed, alone, signal) }
  } catch (error) {
    model.dispose()
    throw error
  }
}

async function compared(
  model: TrainableModel,
  task: TrainingTask,
  feed: BatchFeed,
  alone: Alone,
  signal: AbortSignal,
): Promise<number | null> {
  const { start, state, tools } = task
  const stock = requireRunnable(state)
  const samples = Math.min(COMPARED_SAMPLES, forwardPiece(task, COMPARED_SAMPLES))
  let difference: number | null = null
  for await (const { inputs } of feed.inOrder(samples, 1, signal))
    difference = await alone(async () => {
      model.load(start)
      await stock.setWeights(start, () => tools.pace.between(signal))
      return offStock(model, stock, inputs)
    })
  return difference
}
