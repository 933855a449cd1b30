import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { savedFiles } from '../../testing/models/stock-model'
import { openModel } from '../formats/importers'
import { innerWeights } from './inner-weights'

test('the second kernel of a separable convolution meets what the first one gives, whatever it is called', async () => {
  await tf.setBackend('cpu')
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [6, 6, 2],
        filters: 3,
        kernelSize: 3,
        name: 'pointwise_kernel',
      }),
      tf.layers.separableConv2d({ filters: 4, kernelSize: 3, useBias: false, name: 'both' }),
    ],
  })
  const { graph } = await openModel(await savedFiles(tf, model), () => Promise.resolve())
  expect([...innerWeights(graph)].filter((name) => name.endsWith('kernel'))).toEqual([
    'both/pointwise_kernel',
  ])
})
