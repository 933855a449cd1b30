import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, it } from 'vitest'
import { openNet } from '../../../../testing/engine/open-net'
import { isNoisy, withoutNoise } from '../../../graph/without-noise'
import { TrainableProgram } from './trainable-program'

beforeAll(() => tf.setBackend('cpu'))

const STEPS = 4
const WIDTH = 6

/** Each kind of noise, also within wrappers, a model in the model, and cells. */
const noises: Readonly<Record<string, () => tf.layers.Layer[]>> = {
  dropout: () => [tf.layers.dropout({ rate: 0.5 })],
  'dropout of whole channels': () => [tf.layers.spatialDropout1d({ rate: 0.5 })],
  'alpha dropout': () => [tf.layers.alphaDropout({ rate: 0.5 })],
  'gaussian dropout': () => [tf.layers.gaussianDropout({ rate: 0.5 })],
  'gaussian noise': () => [tf.layers.gaussianNoise({ stddev: 1 })],
  'dropout at each step': () => [
    tf.layers.timeDistributed({ layer: tf.layers.dropout({ rate: 0.5 }) }),
  ],
  'dropout in a model of its own': () => [
    tf.sequential({ layers: [tf.layers.dropout({ rate: 0.5, inputShape: [STEPS, WIDTH] })] }),
  ],
  'dropout in a cell': () => [
    tf.layers.lstm({ units: 3, dropout: 0.5, recurrentDropout: 0.5, returnSequences: true }),
  ],
  'dropout in both directions': () => [
    tf.layers.bidirectional({
      layer: tf.layers.gru({ units: 3, dropout: 0.5, returnSequences: true }),
      mergeMode: 'concat',
    }),
  ],
}

function netWith(name: string): tf.LayersModel {
  const input = tf.input({ shape: [STEPS, WIDTH] })
  const before = tf.layers.dense({ units: WIDTH }).apply(input)
  const noisy = (noises[name]?.() ?? []).reduce<unknown>(
    (value, layer) => layer.apply(value as tf.SymbolicTensor),
    before,
  )
  const output = tf.layers.dense({ units: 2 }).apply(noisy as tf.SymbolicTensor)
  return tf.model({ inputs: input, outputs: output as tf.SymbolicTensor })
}

/** How far two passes in training are apart whose seeds differ, and one in training from one that is not. */
function apart(model: TrainableProgram): { readonly seeds: number; readonly training: number } {
  const found = tf.tidy(() => {
    const x = tf.randomNormal([3, STEPS, WIDTH], 0, 1, 'float32', 5)
    const [one, other, calm] = [
      model.forward([x], true, 1),
      model.forward([x], true, 2),
      model.forward([x], false, 1),
    ].map(([first = tf.scalar(NaN)]) => first)
    const off = (a: tf.Tensor = tf.scalar(NaN), b: tf.Tensor = tf.scalar(NaN)): number =>
      tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN
    return { seeds: off(one, other), training: off(one, calm) }
  })
  model.dispose()
  return found
}

it.each(Object.keys(noises))('a model without its noise trains as it answers: %s', async (name) => {
  const opened = await openNet(netWith(name))
  expect(isNoisy(opened.graph)).toBe(true)
  expect(apart(new TrainableProgram(opened)).seeds).toBeGreaterThan(0.01)
  const graph = withoutNoise(opened.graph)
  expect(isNoisy(graph)).toBe(false)
  const found = apart(new TrainableProgram({ ...opened, graph }))
  expect(found.seeds).toBe(0)
  expect(found.training).toBeLessThan(1e-5)
})
