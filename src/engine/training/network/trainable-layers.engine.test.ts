import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { randomInputs, randomNet } from '../../../../testing/models/random-nets'
import { savedFiles } from '../../../../testing/models/stock-model'
import { openModel } from '../../../formats/importers'
import { inOneRow } from './one-row'
import { TrainableLayers } from './trainable-layers'
import type { Squashing } from './unsquash'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

interface Found {
  readonly squashing: Squashing
  /** How far what it says is from what stock TensorFlow.js says, once its logits are squashed. */
  readonly distance: number
  /** The largest difference between its numbers and those of stock TensorFlow.js. */
  readonly moved: number
}

async function trainedBeside(stock: tf.LayersModel): Promise<Found> {
  const opened = await openModel(await savedFiles(tf, stock), () => Promise.resolve())
  const model = await TrainableLayers.build(opened, false)
  const inputs = randomInputs(stock, 3, 1)
  const [distance = NaN, moved = NaN] = tf.tidy(() => {
    const [logits = tf.scalar(NaN)] = model.forward(inputs, false, 0)
    const [answer = tf.scalar(NaN)] = [stock.predict(inputs)].flat()
    const wanted = inOneRow(answer)
    const said =
      model.squashing === 'softmax'
        ? logits.softmax()
        : model.squashing === 'sigmoid'
          ? logits.sigmoid()
          : logits
    expect(logits.shape).toEqual(wanted.shape)
    return [said, logits].map((own) => own.sub(wanted).abs().max().dataSync()[0] ?? NaN)
  })
  tf.dispose(inputs)
  model.dispose()
  stock.dispose()
  return { squashing: model.squashing, distance, moved }
}

const { layers } = tf
const initial = { kernelInitializer: 'glorotNormal', biasInitializer: 'randomNormal' } as const

function chain(...list: tf.layers.Layer[]): tf.LayersModel {
  return tf.sequential({ layers: list })
}

const dense = (units: number, activation: 'softmax' | 'sigmoid' | 'linear') =>
  layers.dense({ units, activation, ...initial })

/** The same layer in the middle and at the end. */
function sharedSigmoid(): tf.LayersModel {
  const input = tf.input({ shape: [5] })
  const sigmoid = layers.activation({ activation: 'sigmoid' })
  const middle = sigmoid.apply(dense(4, 'linear').apply(input))
  const outputs = sigmoid.apply(dense(3, 'linear').apply(middle)) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs })
}

it.each<[string, () => tf.LayersModel, Squashing]>([
  [
    'a dense layer',
    () => chain(layers.inputLayer({ inputShape: [5] }), dense(3, 'softmax')),
    'softmax',
  ],
  [
    'a sigmoid before a reshape',
    () =>
      chain(
        layers.inputLayer({ inputShape: [5] }),
        dense(6, 'sigmoid'),
        layers.reshape({ targetShape: [2, 3] }),
      ),
    'sigmoid',
  ],
  [
    'a convolution before a flatten',
    () =>
      chain(
        layers.conv2d({
          inputShape: [4, 4, 2],
          filters: 1,
          kernelSize: 3,
          activation: 'sigmoid',
          ...initial,
        }),
        layers.flatten(),
      ),
    'sigmoid',
  ],
  [
    'a softmax that is a layer, before a dropout',
    () =>
      chain(
        layers.inputLayer({ inputShape: [5] }),
        dense(3, 'linear'),
        layers.softmax({}),
        layers.dropout({ rate: 0.5 }),
      ),
    'softmax',
  ],
  [
    'an activation',
    () =>
      chain(
        layers.inputLayer({ inputShape: [5] }),
        dense(3, 'linear'),
        layers.activation({ activation: 'softmax' }),
      ),
    'softmax',
  ],
  [
    'a dense layer at each step',
    () =>
      chain(
        layers.inputLayer({ inputShape: [4, 5] }),
        layers.timeDistributed({ layer: dense(3, 'softmax') }),
      ),
    'softmax',
  ],
  [
    'a model in a model',
    () =>
      chain(
        layers.inputLayer({ inputShape: [5] }),
        chain(layers.inputLayer({ inputShape: [5] }), dense(3, 'softmax')),
      ),
    'softmax',
  ],
  [
    'a model at each step',
    () =>
      chain(
        layers.inputLayer({ inputShape: [4, 5] }),
        layers.timeDistributed({
          layer: chain(layers.inputLayer({ inputShape: [5] }), dense(3, 'sigmoid')),
        }),
      ),
    'sigmoid',
  ],
  ['a sigmoid that also stands in the middle', sharedSigmoid, 'sigmoid'],
])('takes off what squashes the output of %s, and nothing else', async (_, build, squashing) => {
  const found = await trainedBeside(build())
  expect(found.squashing).toBe(squashing)
  expect(found.distance).toBeLessThan(1e-6)
  expect(found.moved).toBeGreaterThan(0.01)
})

it.each<[string, () => tf.LayersModel]>([
  ['scores', () => chain(layers.inputLayer({ inputShape: [5] }), dense(3, 'linear'))],
  [
    'the states of an LSTM whose activation is a sigmoid',
    () =>
      chain(
        layers.lstm({
          inputShape: [4, 5],
          units: 3,
          activation: 'sigmoid',
          recurrentInitializer: 'glorotNormal',
        }),
      ),
  ],
  [
    'a softmax that was cut in rows',
    () =>
      chain(
        layers.inputLayer({ inputShape: [5] }),
        dense(6, 'softmax'),
        layers.reshape({ targetShape: [2, 3] }),
      ),
  ],
  [
    'a softmax along channels that come first',
    () =>
      chain(
        layers.separableConv2d({
          inputShape: [2, 5, 4],
          filters: 3,
          kernelSize: 2,
          useBias: false,
          activation: 'softmax',
          dataFormat: 'channelsFirst',
          depthwiseInitializer: 'glorotNormal',
          pointwiseInitializer: 'glorotNormal',
        }),
      ),
  ],
])('leaves %s as they are', async (_, build) => {
  expect(await trainedBeside(build())).toEqual({
    squashing: null,
    distance: expect.closeTo(0, 6) as number,
    moved: expect.closeTo(0, 6) as number,
  })
})

it('says of random nets what stock TensorFlow.js says, but for what it took off', async () => {
  const taken = new Set<Squashing>()
  for (let seed = 300; seed < 330; seed++) {
    const net = randomNet(seed)
    // Stock TensorFlow.js itself does not run what it has read of layers that begin with given states.
    if (net.layers.some(({ name }) => name.startsWith('reader'))) continue
    const { squashing, distance } = await trainedBeside(net)
    expect(distance, `net ${seed}`).toBeLessThan(1e-5)
    taken.add(squashing)
  }
  expect(taken).toEqual(new Set(['softmax', 'sigmoid', null]))
})
