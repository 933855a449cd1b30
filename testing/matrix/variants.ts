/** What people make of a model before they download it. */
import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../../src/core/random'
import { TrainableProgram } from '../../src/engine/training/network/trainable-program'
import { TrainingOptimizer } from '../../src/engine/training/optimizer'
import { editModel } from '../../src/formats/edit-model'
import type { ExportTensor } from '../../src/formats/exporter'
import { withValues } from '../../src/formats/format'
import type { OpenedModel } from '../../src/formats/format'
import { foldConstants } from '../../src/graph/fold-constants'
import { shapesOf } from '../../src/graph/shapes-of'
import { channelEdits } from '../../src/structure/channel-edits'
import { mapChannels } from '../../src/structure/channel-map'
import { createPipeline } from '../../src/techniques/pipeline'
import type { Recipe } from '../../src/techniques/recipe'
import { plainAdam, takeStep } from '../engine/take-step'
import { asTensors, madeInputs } from './made-inputs'

/** A model and its weights as the steps leave them, one for each. */
export interface Variant {
  readonly model: OpenedModel
  readonly tensors: readonly ExportTensor[]
}

export function asItCame(model: OpenedModel): Variant {
  return { model, tensors: model.weights }
}

/** The steps of a recipe on all weights. */
export function compressed(model: OpenedModel, recipe: Recipe): Variant {
  const weights = model.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const { tensors, steps } = createPipeline(weights).runAll(recipe)
  if (steps.length === 0) return asItCame(model)
  const made = new Map(tensors.map(({ encoded, spec }) => [spec.name, encoded]))
  return { model, tensors: model.weights.map((weight) => made.get(weight.spec.name) ?? weight) }
}

/** Without every second channel that may go; null: none may. */
export async function cut(model: OpenedModel): Promise<OpenedModel | null> {
  if (model.obstacles.cut !== null) return null
  const graph = foldConstants(model.graph)
  const map = mapChannels(graph, shapesOf(graph))
  const removed = map.groups.flatMap(({ channels, fixed }) =>
    fixed === null ? channels.filter((_, at) => at % 2 === 1) : [],
  )
  if (removed.length === 0) return null
  return editModel(model, channelEdits(graph, map, new Set(removed)), () => Promise.resolve())
}

const STEPS = 3

/** After some steps of the optimizer of training runs, on made-up inputs and targets; null: it cannot be trained. Needs a backend. */
export async function trained(model: OpenedModel): Promise<OpenedModel | null> {
  if (model.obstacles.train !== null) return null
  const learner = new TrainableProgram(model)
  const optimizer = new TrainingOptimizer(plainAdam, null)
  const inputs = asTensors(madeInputs(model))
  const random = createRandom(5)
  const cost = (scores: tf.Tensor): tf.Scalar => {
    const wanted = Float32Array.from({ length: scores.size }, () => random.normal())
    return scores.sub(tf.tensor(wanted, scores.shape)).square().mean().asScalar()
  }
  for (let step = 0; step < STEPS; step++)
    tf.dispose(takeStep(learner, optimizer, { inputs, cost, learningRate: 0.01 }))
  const own = model.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array && learner.all.has(spec.name) ? [{ spec, values }] : [],
  )
  const learnt = new Map((await learner.read(own)).map(({ spec, values }) => [spec.name, values]))
  tf.dispose(inputs)
  optimizer.dispose()
  learner.dispose()
  const weights = model.weights.map((weight) => {
    const values = learnt.get(weight.spec.name)
    return values === undefined ? weight : withValues(weight, values)
  })
  return { ...model, weights }
}
