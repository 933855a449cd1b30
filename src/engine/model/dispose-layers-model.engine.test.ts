import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { openNet } from '../../../testing/engine/open-net'
import { createLayersModel } from './layers-model'

beforeAll(() => tf.setBackend('cpu'))

const { layers } = tf
const thinned = { units: 2, dropout: 0.2, recurrentDropout: 0.2, returnSequences: true } as const

/** Each way in which a layer holds cells. */
function recurrent(): tf.LayersModel {
  const cells = [layers.gruCell({ units: 2, dropout: 0.1 }), layers.lstmCell({ units: 2 })]
  return tf.sequential({
    layers: [
      layers.lstm({ ...thinned, inputShape: [3, 2] }),
      layers.bidirectional({ layer: layers.gru(thinned), mergeMode: 'sum' }),
      tf.sequential({ layers: [layers.simpleRNN({ ...thinned, inputShape: [3, 2] })] }),
      layers.rnn({ cell: cells, returnSequences: true }),
      layers.reshape({ targetShape: [1, 3, 2] }),
      layers.timeDistributed({ layer: layers.lstm(thinned) }),
    ],
  })
}

function calledTwice(): tf.LayersModel {
  const x = tf.input({ shape: [3, 2] })
  const shared = layers.dense({ units: 2 })
  const inner = tf.sequential({ layers: [layers.dense({ units: 2, inputShape: [3, 2] })] })
  const through = [shared, shared, inner, inner].reduce<tf.SymbolicTensor>(
    (value, layer) => layer.apply(value) as tf.SymbolicTensor,
    x,
  )
  return tf.model({ inputs: x, outputs: through })
}

it.each([
  ['recurrent layers with dropout', recurrent],
  ['layers that are called twice', calledTwice],
])('leaves nothing of %s', async (_, build) => {
  const opened = await openNet(build())
  const before = tf.memory().numTensors
  const model = await createLayersModel(opened)
  const given = tf.ones([2, 3, 2])
  tf.dispose([...model.predict([given]), given])
  model.dispose()
  expect(tf.memory().numTensors).toBe(before)
})
