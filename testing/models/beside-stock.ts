import * as tf from '@tensorflow/tfjs'
import type { OpenedModel } from '../../src/formats/format'
import { openModel } from '../../src/formats/importers'
import type { ValueName } from '../../src/graph/values'
import { randomInputs } from './random-nets'
import { runGraph } from './run-graph'
import { savedFiles } from './stock-model'

interface Answer {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** What a model answers by its graph and by stock TensorFlow.js, to the same random inputs. */
export interface BothAnswers {
  readonly opened: OpenedModel
  readonly found: readonly Answer[]
  readonly wanted: readonly Answer[]
}

/** Writes the model with stock TensorFlow.js, opens that, and asks both. Two samples are enough to tell a batch. */
export async function besideStock(model: tf.LayersModel, seed: number): Promise<BothAnswers> {
  const opened = await openModel(await savedFiles(tf, model), () => Promise.resolve())
  const inputs = randomInputs(model, 2, seed)
  const weights = tensorsOf(opened)
  const own = runGraph(opened.graph, weights, inputs)
  const stock = [model.predict(inputs)].flat()
  const answers = { opened, found: answersOf(own), wanted: answersOf(stock) }
  tf.dispose([inputs, own, stock, ...weights.values()])
  return answers
}

/** The largest difference of any output, as a share of the largest value in it; Infinity where they differ in shape. */
export function distance({ found, wanted }: BothAnswers): number {
  const each = wanted.map(({ shape, values }, at) => {
    const own = found[at]
    if (JSON.stringify(own?.shape) !== JSON.stringify(shape)) return Infinity
    const scale = Math.max(1, ...values.map(Math.abs))
    return Math.max(...values.map((value, i) => Math.abs(value - (own?.values[i] ?? NaN)))) / scale
  })
  return found.length === wanted.length ? Math.max(...each) : Infinity
}

function answersOf(tensors: readonly tf.Tensor[]): Answer[] {
  return tensors.map((tensor) => ({ shape: tensor.shape, values: [...tensor.dataSync()] }))
}

function tensorsOf({ weights }: OpenedModel): ReadonlyMap<ValueName, tf.Tensor> {
  return new Map(
    weights.map(({ spec, values }) => [spec.name, tf.tensor(values, [...spec.shape], spec.dtype)]),
  )
}
