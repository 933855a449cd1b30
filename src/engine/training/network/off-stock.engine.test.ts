import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { graphBundle, smallGraph } from '../../../../testing/files/graph-files'
import { openModel } from '../../../formats/importers'
import { buildInstant } from '../../model/build-model'
import { offStock } from './off-stock'
import { TrainableProgram } from './trainable-program'

beforeAll(() => tf.setBackend('cpu'))

it('tells a model that neither answers as stock TensorFlow.js nor chooses as it does', async () => {
  const opened = await openModel(graphBundle(smallGraph()), () => Promise.resolve())
  const [model, stock] = [new TrainableProgram(opened), await buildInstant(opened)]
  const inputs = [tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 1)]
  const before = tf.memory().numTensors
  expect(await offStock(model, stock, inputs)).toBeNull()
  const bias = model.all.get('dense/bias')
  if (bias === undefined) throw new Error('no bias')
  const moved = (by: number): void => {
    tf.tidy(() => {
      bias.assign(tf.add(bias, tf.tensor1d([0, 0, 0, 0, by])))
    })
  }
  moved(1e-3)
  expect(await offStock(model, stock, inputs)).toBeNull()
  moved(50)
  expect(await offStock(model, stock, inputs)).toBeGreaterThan(0.1)
  moved(NaN)
  expect(await offStock(model, stock, inputs)).not.toBeNull()
  expect(tf.memory().numTensors).toBe(before)
  tf.dispose(inputs)
  model.dispose()
  stock.dispose()
})
