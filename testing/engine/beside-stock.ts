import * as tf from '@tensorflow/tfjs'
import { Program } from '../../src/engine/program/program'
import type { OpenedModel } from '../../src/formats/format'
import { openModel } from '../../src/formats/importers'
import { randomInputs } from '../models/random-nets'
import { savedFiles } from '../models/stock-model'
import { answersOf } from './distance'
import type { Answer } from './distance'

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
  const program = new Program(opened)
  const own = program.predict(inputs)
  const stock = [model.predict(inputs)].flat()
  const answers = { opened, found: answersOf(own), wanted: answersOf(stock) }
  tf.dispose([inputs, own, stock])
  program.dispose()
  return answers
}
