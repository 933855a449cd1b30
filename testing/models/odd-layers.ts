import * as tf from '@tensorflow/tfjs'

type Value = tf.SymbolicTensor

const { layers } = tf

function on(layer: tf.layers.Layer, ...inputs: Value[]): Value {
  return layer.apply(inputs.length === 1 ? (inputs[0] as Value) : inputs) as Value
}

function chain(shape: number[], ...list: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape })
  return tf.model({ inputs: input, outputs: list.reduce((x, layer) => on(layer, x), input) })
}

/** A product of matrices in each step. */
function dotInSteps(axes: number | [number, number], normalize: boolean): tf.LayersModel {
  const input = tf.input({ shape: [4, 4] })
  const wide = on(layers.dense({ units: 4, activation: 'tanh' }), input)
  const dot = on(layers.dot({ axes, normalize }), wide, input)
  const inner = tf.model({ inputs: input, outputs: dot })
  return chain([3, 4, 4], layers.timeDistributed({ layer: inner }), layers.flatten())
}

function vectorsInSteps(): tf.LayersModel {
  const input = tf.input({ shape: [4] })
  const wide = on(layers.dense({ units: 4 }), input)
  const inner = tf.model({ inputs: input, outputs: on(layers.dot({ axes: 1 }), wide, input) })
  return chain([3, 4], layers.timeDistributed({ layer: inner }), layers.flatten())
}

/** Settings that TensorFlow.js computes in a way of its own. */
export const oddLayers: readonly (readonly [string, () => tf.LayersModel])[] = [
  [
    'a separable convolution of channels first, with the bias along its rows',
    () =>
      chain(
        [2, 5, 6],
        layers.separableConv2d({
          ...{ filters: 3, kernelSize: 3, dataFormat: 'channelsFirst', activation: 'tanh' },
          biasInitializer: 'randomNormal',
        }),
        layers.conv2d({ filters: 2, kernelSize: 2, dataFormat: 'channelsFirst' }),
      ),
  ],
  ...(
    [
      ['a convolution', () => layers.conv3d({ ...jumping, filters: 2, activation: 'tanh' })],
      ['the largest', () => layers.maxPooling3d(pooling)],
      ['the mean', () => layers.averagePooling3d(pooling)],
      ['what is spread', () => layers.conv3dTranspose({ ...jumping, filters: 2 })],
    ] as const
  ).map(
    ([name, layer]) =>
      [
        `in space, with a stride beyond the window: ${name}`,
        () => chain([5, 6, 4, 2], layer(), layers.flatten(), layers.dense({ units: 2 })),
      ] as const,
  ),
  [
    'scale and offset over axes that are named in another order',
    () => {
      const net = chain([3, 4, 2], layers.layerNormalization({ axis: [3, 1] }))
      return scattered(net)
    },
  ],
  ['products in steps', () => dotInSteps([2, 1], false)],
  ['products of rows in steps, of unit length', () => dotInSteps(-1, true)],
  ['products of vectors in steps', vectorsInSteps],
  [
    'a layout that is nothing',
    () =>
      chain(
        [5, 6, 2],
        layers.conv2d({ filters: 4, kernelSize: 1 }),
        layers.cropping2D({
          ...{
            cropping: [
              [1, 0],
              [0, 1],
            ],
            dataFormat: null as unknown as 'channelsLast',
          },
        }),
        layers.globalAveragePooling2d({}),
      ),
  ],
  [
    'a scale and an offset for each channel',
    () =>
      chain(
        [3, 3, 2],
        // Its types know one number for all.
        layers.rescaling({ scale: [0.5, 3], offset: [1, -2] } as unknown as { scale: number }),
        layers.conv2d({ filters: 2, kernelSize: 2 }),
      ),
  ],
]

type Three = [number, number, number]

const jumps: { strides: Three; padding: 'same' } = { strides: [3, 4, 2], padding: 'same' }
const sides: Three = [1, 2, 2]
const jumping = { ...jumps, kernelSize: sides }
const pooling = { ...jumps, poolSize: sides }

function scattered(net: tf.LayersModel): tf.LayersModel {
  net.setWeights(
    net.getWeights().map((weight, at) => tf.randomNormal(weight.shape, 1, 0.3, 'float32', at + 1)),
  )
  return net
}
