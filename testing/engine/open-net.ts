import * as tf from '@tensorflow/tfjs'
import type { OpenedModel } from '../../src/formats/format'
import { openModel } from '../../src/formats/importers'
import { savedFiles } from '../models/stock-model'

/** A model as if somebody had saved it with stock TensorFlow.js and dropped its files; the model itself goes. */
export async function openNet(model: tf.LayersModel): Promise<OpenedModel> {
  const files = await savedFiles(tf, model)
  model.dispose()
  return openModel(files, () => Promise.resolve())
}
