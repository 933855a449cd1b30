import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { openNet } from '../../../../testing/engine/open-net'
import type { OpenedModel } from '../../../formats/format'
import { isNoisy } from '../../../graph/without-noise'
import { quietModel } from './quiet-model'
import { TrainableLayers } from './trainable-layers'
import type { TrainableModel } from './trainable-model'
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
function apart(model: TrainableModel): { readonly seeds: number; readonly training: number } {
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

describe('a model without its noise', () => {
  it.each(Object.keys(noises))('trains as it answers: %s', async (name) => {
    const opened = await openNet(netWith(name))
    const builds = [
      (model: OpenedModel) => TrainableLayers.build(model, false),
      (model: OpenedModel) => Promise.resolve(new TrainableProgram(model)),
    ]
    expect(isNoisy(opened.graph)).toBe(true)
    const quiet = quietModel(opened)
    expect(isNoisy(quiet.graph)).toBe(false)
    for (const build of builds) {
      expect(apart(await build(opened)).seeds).toBeGreaterThan(0.01)
      const found = apart(await build(quiet))
      expect(found.seeds).toBe(0)
      expect(found.training).toBeLessThan(1e-5)
    }
  })

  it('is the same model where there is no noise', async () => {
    const opened = await openNet(
      tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] }),
    )
    expect(quietModel(opened)).toBe(opened)
  })
})
