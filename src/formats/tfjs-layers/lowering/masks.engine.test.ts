import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../../testing/engine/distance'
import { openNet } from '../../../../testing/engine/open-net'
import { maskedInputs, maskedNets } from '../../../../testing/models/masked-nets'
import { Program } from '../../../engine/program/program'

beforeAll(() => tf.setBackend('cpu'))

it.each(maskedNets)('answers as in stock TensorFlow.js: %s', async (_, build) => {
  const model = build()
  const inputs = maskedInputs(model)
  const wanted = answersOf([model.predict(inputs)].flat())
  const program = new Program(await openNet(model))
  const found = answersOf(program.predict(inputs))
  program.dispose()
  expect(distance(found, wanted)).toBeLessThanOrEqual(1e-6)
})

it('says where stock TensorFlow.js reads the masks of other samples, and does not train that', async () => {
  const inputs = ['one', 'other'].map((name) => tf.input({ shape: [3], dtype: 'int32', name }))
  const tables = inputs.map((words) =>
    tf.layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true }).apply(words),
  ) as tf.SymbolicTensor[]
  const sum = tf.layers.add().apply(tables)
  const outputs = tf.layers.lstm({ units: 3, name: 'reader' }).apply(sum) as tf.SymbolicTensor
  const { obstacles } = await openNet(tf.model({ inputs, outputs }))
  const params = { layer: 'LSTM (reader)' }
  expect(obstacles).toEqual({ run: null, train: { code: 'train/mixed-masks', params }, cut: null })
})
