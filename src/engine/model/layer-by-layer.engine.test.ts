import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { inPieces } from './forward-pieces'
import { layerByLayer } from './layer-by-layer'

beforeAll(() => tf.setBackend('cpu'))

function residual(): tf.LayersModel {
  const input = tf.input({ shape: [8, 8, 3] })
  const conv = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'conv' })
  const once = conv.apply(input) as tf.SymbolicTensor
  const twice = conv.apply(once) as tf.SymbolicTensor
  const sum = tf.layers.add().apply([input, twice]) as tf.SymbolicTensor
  const dropped = tf.layers.dropout({ rate: 0.5 }).apply(sum) as tf.SymbolicTensor
  const flat = tf.layers.flatten().apply(dropped) as tf.SymbolicTensor
  const dense = tf.layers.dense({ units: 4, activation: 'softmax' }).apply(flat)
  return tf.model({ inputs: input, outputs: [dense as tf.SymbolicTensor, dropped] })
}

function nested(): tf.LayersModel {
  const inner = tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, activation: 'relu', inputShape: [3] }),
      tf.layers.dense({ units: 2 }),
    ],
  })
  const first = tf.input({ shape: [3] })
  const second = tf.input({ shape: [3] })
  const joined = tf.layers
    .concatenate()
    .apply([inner.apply(first), inner.apply(second)] as tf.SymbolicTensor[])
  return tf.model({ inputs: [first, second], outputs: joined as tf.SymbolicTensor })
}

function masked(): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.embedding({ inputDim: 7, outputDim: 4, maskZero: true, inputLength: 6 }),
      tf.layers.lstm({ units: 3, returnSequences: true }),
      tf.layers.lstm({ units: 2 }),
    ],
  })
}

const cases: [string, () => tf.LayersModel, () => tf.Tensor[]][] = [
  [
    'a residual model with a shared layer, two outputs and dropout',
    residual,
    () => [tf.randomNormal([2, 8, 8, 3], 0, 1, 'float32', 1)],
  ],
  [
    'a nested model used twice',
    nested,
    () => [
      tf.randomNormal([3, 3], 0, 1, 'float32', 2),
      tf.randomNormal([3, 3], 0, 1, 'float32', 3),
    ],
  ],
  [
    'masks',
    masked,
    () => [
      tf.tensor2d([
        [1, 2, 0, 3, 0, 0],
        [4, 5, 6, 1, 2, 0],
      ]),
    ],
  ],
]

describe('running layer by layer', () => {
  it.each(cases)('gives what predict gives, for %s', async (_, build, inputsOf) => {
    const model = build()
    const inputs = inputsOf()
    const whole = model.predict(inputs)
    const expected = Array.isArray(whole) ? whole : [whole]
    const before = tf.memory().numTensors
    const visited: string[] = []
    const found = await inPieces(layerByLayer(model, inputs), (layer) => {
      visited.push(layer)
      return Promise.resolve()
    })
    expect(found.map((tensor) => tensor.arraySync())).toEqual(
      expected.map((tensor) => tensor.arraySync()),
    )
    expect(tf.memory().numTensors - before).toBe(found.length)
    expect(visited.length).toBeGreaterThan(2)
    tf.dispose([found, expected, inputs])
    model.dispose()
  })

  it('ends between two layers and leaves nothing behind', async () => {
    const model = residual()
    const input = tf.zeros([1, 8, 8, 3])
    const before = tf.memory().numTensors
    let layers = 0
    await expect(
      inPieces(layerByLayer(model, [input]), () => {
        layers++
        return layers === 3 ? Promise.reject(new Error('stop')) : Promise.resolve()
      }),
    ).rejects.toThrow('stop')
    expect(tf.memory().numTensors).toBe(before)
    input.dispose()
    model.dispose()
  })
})
