import * as tf from '@tensorflow/tfjs'

type Value = tf.SymbolicTensor
type Words = Parameters<typeof tf.layers.embedding>[0]

const { layers } = tf

function on(layer: tf.layers.Layer, ...inputs: Value[]): Value {
  const said = layer.apply(inputs.length === 1 ? (inputs[0] as Value) : inputs)
  return (Array.isArray(said) ? said[0] : said) as Value
}

const words = (name: string): Value => tf.input({ shape: [5], dtype: 'int32', name })
const steps = (): Value => tf.input({ shape: [5, 3], name: 'steps' })

/** Of seven words the first is padding. */
function table(name: string, more: Partial<Words> = {}): tf.layers.Layer {
  return layers.embedding({ inputDim: 7, outputDim: 3, maskZero: true, name, ...more })
}

function thresholded(x: Value): Value {
  return on(layers.thresholdedReLU({ theta: 0.5, name: 'thresholded' }), x)
}

/** @param shape of one channel, three rows and one column in five steps */
function placesOfPictures(
  dataFormat: 'channelsFirst' | 'channelsLast',
  shape: number[],
): tf.LayersModel {
  const x = steps()
  const picture = on(layers.reshape({ targetShape: shape, name: 'picture' }), x)
  const kept = on(layers.masking({ name: 'masking' }), thresholded(picture))
  const cell = layers.convLstm2d({
    ...{ filters: 2, kernelSize: [2, 1], padding: 'same', dataFormat, name: 'conv' },
    returnSequences: true,
  })
  return ended([x], on(layers.flatten({ name: 'flat' }), on(cell, kept)))
}

function ended(inputs: Value[], x: Value): tf.LayersModel {
  return tf.model({ inputs, outputs: on(layers.dense({ units: 3, name: 'end' }), x) })
}

/** Nets in which some steps do not count, each with another way of a mask from who gives it to who reads it. */
export const maskedNets: readonly (readonly [string, () => tf.LayersModel])[] = [
  [
    'steps that are zeros, through layers that hand on, into an LSTM that gives sequences',
    () => {
      const x = steps()
      const kept = on(layers.masking({ maskValue: 0, name: 'masking' }), x)
      const wide = on(layers.dense({ units: 4, activation: 'tanh', name: 'wide' }), kept)
      const normal = on(layers.batchNormalization({ name: 'norm' }), wide)
      const read = on(layers.lstm({ units: 3, returnSequences: true, name: 'lstm' }), normal)
      return ended([x], on(layers.gru({ units: 2, goBackwards: true, name: 'gru' }), read))
    },
  ],
  [
    'words in both directions, and stacked cells',
    () => {
      const x = words('x')
      const inner = layers.simpleRNN({ units: 3, returnSequences: true, name: 'simple' })
      const both = on(layers.bidirectional({ layer: inner, name: 'both' }), on(table('table'), x))
      const cells = [
        layers.gruCell({ units: 2, name: 'a' }),
        layers.lstmCell({ units: 3, name: 'b' }),
      ]
      return ended([x], on(layers.rnn({ cell: cells, goBackwards: true, name: 'rnn' }), both))
    },
  ],
  [
    'a mask that stays with whoever runs later, though nobody hands it on',
    () => {
      const x = words('x')
      const read = on(layers.lstm({ units: 3, name: 'lstm' }), on(table('table'), x))
      const again = on(layers.repeatVector({ n: 5, name: 'repeat' }), read)
      const told = on(layers.gru({ units: 2, returnSequences: true, name: 'gru' }), again)
      return ended([x], on(layers.flatten({ name: 'flat' }), told))
    },
  ],
  [
    'two sentences side by side, and one that is not masked which runs in between',
    () => {
      const inputs = ['one', 'other'].map(words)
      const [one, other] = inputs as [Value, Value]
      const plain = layers.embedding({ inputDim: 7, outputDim: 2, name: 'plain' })
      const left = on(layers.simpleRNN({ units: 2, name: 'left' }), on(plain, one))
      const pair = [on(table('first'), one), on(table('second'), other)]
      const joined = on(layers.concatenate({ name: 'joined' }), ...pair)
      const right = on(layers.gru({ units: 2, name: 'right' }), joined)
      return ended(inputs, on(layers.concatenate({ name: 'ends' }), left, right))
    },
  ],
  [
    'a model inside that gives a mask, which runs on outside of it',
    () => {
      const given = words('given')
      const inner = tf.model({
        inputs: given,
        outputs: on(layers.dense({ units: 3, name: 'inside' }), on(table('table'), given)),
        name: 'inner',
      })
      const x = words('x')
      return ended([x], on(layers.lstm({ units: 2, name: 'lstm' }), on(inner, x)))
    },
  ],
  [
    'sentences of words, each read for itself',
    () => {
      const x = tf.input({ shape: [2, 5], dtype: 'int32', name: 'x' })
      const reader = tf.sequential({
        layers: [
          table('table', { inputLength: 5 }),
          layers.bidirectional({ layer: layers.gru({ units: 2, name: 'gru' }), name: 'both' }),
        ],
      })
      const each = on(layers.timeDistributed({ layer: reader, name: 'each' }), x)
      return ended([x], on(layers.lstm({ units: 3, name: 'lstm' }), each))
    },
  ],
  [
    'attention over the words that are there',
    () => {
      const x = words('x')
      const read = on(
        layers.lstm({ units: 3, returnSequences: true, name: 'lstm' }),
        on(table('table'), x),
      )
      const scores = on(
        layers.flatten({ name: 'flat' }),
        on(layers.dense({ units: 1, name: 'score' }), read),
      )
      const shares = on(layers.softmax({ name: 'softmax' }), scores)
      return ended([x], on(layers.dot({ axes: 1, name: 'dot' }), shares, read))
    },
  ],
  ['places of pictures that do not count', () => placesOfPictures('channelsLast', [5, 3, 1, 1])],
  ['the same of channels first', () => placesOfPictures('channelsFirst', [5, 1, 3, 1])],
  [
    'a mask for each channel of a state',
    () => {
      const x = steps()
      const apart = on(layers.reshape({ targetShape: [5, 3, 1], name: 'apart' }), x)
      const kept = on(layers.masking({ name: 'masking' }), thresholded(apart))
      const rows = on(layers.reshape({ targetShape: [5, 3], name: 'rows' }), kept)
      return ended([x], on(layers.gru({ units: 3, name: 'gru' }), rows))
    },
  ],
  [
    'two sentences, one behind the other',
    () => {
      const inputs = ['one', 'other'].map(words)
      const [one, other] = inputs as [Value, Value]
      const pair = [on(table('first'), one), on(table('second'), other)]
      const joined = on(layers.concatenate({ axis: 1, name: 'joined' }), ...pair)
      return ended(inputs, on(layers.lstm({ units: 2, name: 'lstm' }), joined))
    },
  ],
  [
    'single numbers behind others, which all count',
    () => {
      const x = steps()
      const column = on(layers.reshape({ targetShape: [15, 1], name: 'column' }), x)
      const kept = on(layers.masking({ name: 'masking' }), column)
      const joined = on(layers.concatenate({ axis: 1, name: 'joined' }), kept, column)
      return ended([x], on(layers.simpleRNN({ units: 2, name: 'simple' }), joined))
    },
  ],
  [
    'a sum of which only the second says what counts',
    () => {
      const x = words('x')
      const pair = [on(table('plain', { maskZero: false }), x), on(table('table'), x)]
      const sum = on(layers.add({ name: 'sum' }), ...pair)
      return ended([x], on(layers.lstm({ units: 2, name: 'lstm' }), sum))
    },
  ],
]

/** Asks of such a net: some words are padding, some steps are zeros, and one sample has neither. */
export function maskedInputs(model: tf.LayersModel): tf.Tensor[] {
  const told = [
    [3, 1, 6, 0, 0],
    [2, 0, 5, 4, 0],
    [1, 2, 3, 4, 5],
    [0, 0, 0, 6, 1],
  ]
  return model.inputs.map(({ dtype, shape }, at) => {
    const rows = at === 0 ? told : told.toReversed()
    if (shape.length === 3 && dtype === 'int32')
      return tf.tensor3d([told.slice(0, 2), told.slice(2)], undefined, 'int32')
    if (dtype === 'int32') return tf.tensor2d(rows, undefined, 'int32')
    return tf.tensor3d(rows.map((row) => row.map((word) => [word / 3, -word / 5, word])))
  })
}
