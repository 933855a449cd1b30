import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { besideStock } from '../../../../testing/engine/beside-stock'
import { distance } from '../../../../testing/engine/distance'
import { oddLayers } from '../../../../testing/models/odd-layers'

type Value = tf.SymbolicTensor

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Different numbers of both signs in all weights. */
function filled(model: tf.LayersModel): tf.LayersModel {
  for (const [index, weight] of model.weights.entries()) {
    const shape = weight.shape.map((side) => side ?? 1)
    const length = shape.reduce((product, side) => product * side, 1)
    const values = Array.from({ length }, (_, at) => 0.5 * Math.sin(1 + at + 10 * index))
    tf.tidy(() => {
      weight.write(tf.tensor(values, shape))
    })
  }
  return model
}

function chain(shape: number[], ...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape })
  const outputs = layers.reduce<Value>((x, layer) => layer.apply(x) as Value, input)
  return filled(tf.model({ inputs: input, outputs }))
}

/** tfjs has activations that its types do not name. */
function activation(name: string): tf.layers.Layer {
  return tf.layers.activation({ activation: name as 'relu' })
}

function withStates(layer: tf.layers.Layer, inputs: Value[]): tf.LayersModel {
  const outputs = layer.apply(inputs) as Value[]
  // tfjs notes the states twice, as inputs and as arguments, and warns of the latter whenever it saves.
  for (const node of layer.inboundNodes) node.callArgs = {}
  return filled(tf.model({ inputs, outputs }))
}

/** Two LSTM cells that begin with given states and hand out those that they end with. */
function statesOfCells(): tf.LayersModel {
  const cells = [2, 3].map((units) => tf.layers.lstmCell({ units, recurrentInitializer: 'zeros' }))
  const inputs = [[4, 2], [3], [3], [2], [2]].map((shape) => tf.input({ shape }))
  const layer = tf.layers.rnn({ cell: cells, returnState: true, returnSequences: true })
  return withStates(layer, inputs)
}

function statesOfDirections(): tf.LayersModel {
  const inputs = [[4, 2], [3], [3], [3], [3]].map((shape) => tf.input({ shape }))
  const layer = tf.layers.bidirectional({
    layer: tf.layers.lstm({ units: 3, returnState: true, recurrentInitializer: 'zeros' }),
    mergeMode: 'concat',
  })
  return withStates(layer, inputs)
}

function differentRanks(): tf.LayersModel {
  const inputs = [[2, 3], [3]].map((shape) => tf.input({ shape }))
  const outputs = [tf.layers.add(), tf.layers.average(), tf.layers.minimum()].map(
    (layer) => layer.apply(inputs) as Value,
  )
  return tf.model({ inputs, outputs })
}

function severalOfNested(): tf.LayersModel {
  const inner = tf.input({ shape: [3] })
  const dense = tf.layers.dense({ units: 3, activation: 'tanh' }).apply(inner) as Value
  const pair = tf.model({ inputs: inner, outputs: [dense, inner] })
  const input = tf.input({ shape: [3] })
  const [first, second] = pair.apply(input) as Value[]
  const again = pair.apply(first as Value) as Value[]
  return filled(tf.model({ inputs: input, outputs: [second as Value, ...again] }))
}

describe('a setting that no random net has means what tfjs makes of it:', () => {
  it.each<readonly [string, () => tf.LayersModel]>([
    ['gelu', () => chain([5], activation('gelu'))],
    ['log softmax', () => chain([2, 5], activation('logSoftmax'))],
    ['an axis of a softmax', () => chain([2, 5], tf.layers.softmax({ axis: 2 }))],
    ['a side that is left open', () => chain([6], tf.layers.reshape({ targetShape: [2, -1] }))],
    [
      'masking',
      () => chain([6, 2], tf.layers.thresholdedReLU({ theta: 0.8 }), tf.layers.masking()),
    ],
    [
      'words as broken numbers',
      () => chain([4], tf.layers.reLU(), tf.layers.embedding({ inputDim: 9, outputDim: 2 })),
    ],
    ['states of cells', statesOfCells],
    ['states of two directions', statesOfDirections],
    ['merges of different ranks', differentRanks],
    ['a nested model with several outputs', severalOfNested],
    ...oddLayers,
  ])('%s', async (_, make) => {
    const answers = await besideStock(make(), 1)
    expect(distance(answers.found, answers.wanted)).toBeLessThan(1e-6)
    expect(answers.opened.graph.nodes.filter(({ op }) => op === 'opaque')).toEqual([])
  })
})
