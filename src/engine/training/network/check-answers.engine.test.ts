import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { errorOf } from '../../../../testing/engine/drive-engine'
import { graphBundle, smallGraph } from '../../../../testing/files/graph-files'
import { openModel } from '../../../formats/importers'
import { buildModel } from '../../model/build-model'
import { checkAnswers } from './check-answers'
import { TrainableProgram } from './trainable-program'

beforeAll(() => tf.setBackend('cpu'))

it('passes a model that answers as stock TensorFlow.js, or chooses as it does, and no other', async () => {
  const opened = await openModel(graphBundle(smallGraph()), () => Promise.resolve())
  const [model, stock] = [new TrainableProgram(opened), await buildModel(opened)]
  const inputs = [tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 1)]
  const before = tf.memory().numTensors
  await checkAnswers(model, stock, inputs)
  const bias = model.all.get('dense/bias')
  if (bias === undefined) throw new Error('no bias')
  const moved = (by: number): void => {
    tf.tidy(() => {
      bias.assign(tf.add(bias, tf.tensor1d([0, 0, 0, 0, by])))
    })
  }
  moved(1e-3)
  await checkAnswers(model, stock, inputs)
  moved(50)
  const { code, params } = await errorOf(checkAnswers(model, stock, inputs))
  expect(code).toBe('train/other-answers')
  expect(Number(params['difference'])).toBeGreaterThan(0.1)
  moved(NaN)
  expect((await errorOf(checkAnswers(model, stock, inputs))).code).toBe('train/other-answers')
  expect(tf.memory().numTensors).toBe(before)
  tf.dispose(inputs)
  model.dispose()
  stock.dispose()
})
