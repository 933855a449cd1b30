import * as tf from '@tensorflow/tfjs'

/** Models of kinds that people have, each with what it can be asked. */
export const wildModels: readonly (readonly [
  string,
  () => tf.LayersModel,
  () => tf.Tensor | tf.Tensor[],
])[] = [
  [
    'words: embedding with a mask, two LSTMs in both directions, GRU',
    () =>
      tf.sequential({
        layers: [
          tf.layers.embedding({ inputDim: 30, outputDim: 8, maskZero: true, inputLength: 6 }),
          tf.layers.bidirectional({
            layer: tf.layers.lstm({ units: 5, returnSequences: true }),
            mergeMode: 'concat',
          }),
          tf.layers.gru({ units: 4 }),
          tf.layers.dense({ units: 3, activation: 'softmax' }),
        ],
      }),
    () => tf.tensor2d([[3, 7, 29, 1, 0, 0]], [1, 6], 'int32'),
  ],
  [
    'steps of time, each through the same layer',
    () =>
      tf.sequential({
        layers: [
          tf.layers.timeDistributed({
            layer: tf.layers.dense({ units: 6, activation: 'relu' }),
            inputShape: [4, 3],
          }),
          tf.layers.simpleRNN({ units: 5 }),
          tf.layers.dense({ units: 1, activation: 'sigmoid' }),
        ],
      }),
    () => tf.randomNormal([1, 4, 3], 0, 1, 'float32', 5),
  ],
  [
    'pictures of any size',
    () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({
            inputShape: [null, null, 3] as number[],
            filters: 6,
            kernelSize: 3,
          }),
          tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
          tf.layers.globalAveragePooling2d({}),
          tf.layers.dense({ units: 4 }),
        ],
      }),
    () => tf.randomUniform([1, 20, 14, 3], 0, 1, 'float32', 5),
  ],
  [
    'two inputs, two outputs, a model inside used twice',
    () => {
      const inner = tf.sequential({
        name: 'tower',
        layers: [
          tf.layers.dense({ units: 7, inputShape: [5], activation: 'tanh', name: 'shared' }),
        ],
      })
      const left = tf.input({ shape: [5], name: 'left' })
      const right = tf.input({ shape: [5], name: 'right' })
      const both = tf.layers
        .concatenate({ name: 'both' })
        .apply([inner.apply(left), inner.apply(right)] as tf.SymbolicTensor[])
      return tf.model({
        inputs: [left, right],
        outputs: [
          tf.layers.dense({ units: 3, activation: 'softmax', name: 'kind' }).apply(both),
          tf.layers.dense({ units: 1, name: 'size' }).apply(both),
        ] as tf.SymbolicTensor[],
      })
    },
    () => [
      tf.randomNormal([1, 5], 0, 1, 'float32', 5),
      tf.randomNormal([1, 5], 0, 1, 'float32', 6),
    ],
  ],
]
