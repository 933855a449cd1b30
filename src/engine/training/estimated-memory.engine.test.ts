import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { watchLiveBytes } from '../../../testing/engine/live-bytes'
import { barModel, residualModel } from '../../../testing/models/bar-model'
import { buildMobileNetV2 } from '../../../testing/models/real-size-models'
import { mobileGraph } from '../../../testing/files/converted-graphs'
import { graphBundle } from '../../../testing/files/graph-files'
import { unfusedGraph } from '../../../testing/files/unfused-graph'
import { savedFiles } from '../../../testing/models/stock-model'
import type { OpenedModel } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { learningWeights } from '../../training/learning-layers'
import { passLoad } from '../../training/pass-load'
import { sampleSizes } from '../../training/sample-sizes'
import { readKernelModule, startWasmBackend } from '../host/wasm-in-node'
import { prepareTrainingKernels } from '../wasm-kernels/prepare-training-kernels'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import { differentiate } from './network/differentiate'
import type { TrainableModel } from './network/trainable-model'
import { TrainableProgram } from './network/trainable-program'

let kernels: PreparedKernels
beforeAll(async () => {
  await startWasmBackend()
  kernels = await prepareTrainingKernels(readKernelModule())
})

const go = (): Promise<void> => Promise.resolve()

interface Measured {
  readonly training: number
  readonly forward: number
}

/**
 * Bytes that each further sample takes, as they are: those of five times as many samples less those of so few, by their
 * difference.
 */
function measured(
  opened: OpenedModel,
  model: TrainableModel,
  frozen: boolean,
  few: number,
): Measured {
  model.statisticsFrozen = frozen
  const live = watchLiveBytes()
  const sides = opened.graph.inputs.flatMap(({ shape }) => (shape ?? []).slice(1).map(Number))
  const leave = kernels.enter()
  const most = (samples: number, work: (x: tf.Tensor) => void): number => {
    const x = tf.randomUniform([samples, ...sides], 0, 1, 'float32', 1)
    live.mostSince()
    work(x)
    const bytes = live.mostSince()
    x.dispose()
    return bytes
  }
  const training = (x: tf.Tensor): void => {
    const { loss, outputs, gradients } = differentiate(() => {
      const [y = tf.scalar(0)] = model.forward([x], true, 0)
      return { loss: y.square().mean().asScalar(), outputs: y }
    }, [...model.trained.values()])
    tf.dispose([loss, outputs, ...gradients.values()])
  }
  const forward = (x: tf.Tensor): void => {
    tf.tidy(() => {
      model.forward([x], true, 0)
    })
  }
  const ofOne = (work: (x: tf.Tensor) => void): number =>
    (most(5 * few, work) - most(few, work)) / (4 * few)
  try {
    return { training: ofOne(training), forward: ofOne(forward) }
  } finally {
    leave()
    live.stop()
    model.dispose()
  }
}

/** Layers of which two stand behind a convolution. */
const functions: readonly (readonly [string, number, () => tf.layers.Layer])[] = [
  ['dropout', 1.4, () => tf.layers.dropout({ rate: 0.3 })],
  ['alpha dropout', 1.4, () => tf.layers.alphaDropout({ rate: 0.3 })],
  ['hard sigmoid', 1.4, () => tf.layers.activation({ activation: 'hardSigmoid' })],
  ['swish', 1.4, () => tf.layers.activation({ activation: 'swish' })],
  ['softsign', 1.4, () => tf.layers.activation({ activation: 'softsign' })],
  ['SELU', 1.4, () => tf.layers.activation({ activation: 'selu' })],
  ['PReLU', 1.4, () => tf.layers.prelu({ sharedAxes: [1, 2] })],
  [
    'depthwise convolutions, with activations of their own',
    1.5,
    () => tf.layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu' }),
  ],
  [
    'separable convolutions',
    1.6,
    () => tf.layers.separableConv2d({ filters: 16, kernelSize: 3, activation: 'tanh' }),
  ],
  [
    'transposed convolutions',
    1.6,
    () => tf.layers.conv2dTranspose({ filters: 16, kernelSize: 3, strides: 2 }),
  ],
]

/** By how much an estimate may be too large: where pictures are small nothing depends on it. */
const models: readonly (readonly [string, number, () => tf.LayersModel, few?: number])[] = [
  ['convolutions with normalisation and dropout', 2, barModel],
  ['a residual block', 2, residualModel],
  ['MobileNetV2, small', 1.2, () => buildMobileNetV2(96, 0.35, 10)],
  [
    'dense layers',
    4,
    () =>
      tf.sequential({
        layers: [
          tf.layers.dense({ inputShape: [300], units: 500, activation: 'relu' }),
          tf.layers.dense({ units: 200, activation: 'tanh' }),
          tf.layers.dense({ units: 10 }),
        ],
      }),
  ],
  [
    'convolutions with activations of their own',
    2,
    () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({
            inputShape: [32, 32, 3],
            filters: 16,
            kernelSize: 3,
            padding: 'same',
            activation: 'relu',
          }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
          tf.layers.maxPooling2d({ poolSize: 2 }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 64, activation: 'relu' }),
          tf.layers.dense({ units: 10 }),
        ],
      }),
  ],
  [
    'steps in time',
    1.3,
    () =>
      tf.sequential({
        layers: [tf.layers.lstm({ inputShape: [20, 8], units: 32 }), tf.layers.dense({ units: 4 })],
      }),
    // Weights of a cell are read in each step, which hides a few samples.
    24,
  ],
  [
    // Most of it is the way back through a ReLU, which WebAssembly writes in the place of what comes to it.
    'pictures in time, one by one and together',
    2.1,
    () => {
      const pictures = tf.sequential({
        layers: [
          tf.layers.conv2d({
            inputShape: [12, 12, 3],
            filters: 8,
            kernelSize: 3,
            activation: 'relu',
          }),
          tf.layers.flatten(),
        ],
      })
      return tf.sequential({
        layers: [
          tf.layers.timeDistributed({ inputShape: [5, 12, 12, 3], layer: pictures }),
          tf.layers.gru({ units: 8 }),
          tf.layers.dense({ units: 4 }),
        ],
      })
    },
    8,
  ],
  [
    'convolutions over time',
    1.3,
    () =>
      tf.sequential({
        layers: [
          tf.layers.convLstm2d({ inputShape: [4, 8, 8, 2], filters: 4, kernelSize: 3 }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 4 }),
        ],
      }),
  ],
  [
    'normalisation in a model inside a model',
    2.2,
    () =>
      tf.sequential({
        layers: [
          tf.sequential({
            layers: [
              tf.layers.conv2d({ inputShape: [24, 24, 3], filters: 8, kernelSize: 3 }),
              tf.layers.batchNormalization(),
              tf.layers.reLU(),
            ],
          }),
          tf.layers.globalAveragePooling2d({}),
          tf.layers.dense({ units: 4 }),
        ],
      }),
  ],
  [
    // Few places: its gradient in TensorFlow.js goes through them one by one.
    'layer normalisation',
    2.2,
    () =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 16, kernelSize: 3, strides: 2 }),
          tf.layers.layerNormalization(),
          tf.layers.layerNormalization(),
          tf.layers.globalAveragePooling2d({}),
          tf.layers.dense({ units: 4 }),
        ],
      }),
  ],
  ...functions.map(
    ([name, most, layer]) =>
      [
        name,
        most,
        () =>
          tf.sequential({
            layers: [
              tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 16, kernelSize: 3 }),
              layer(),
              layer(),
              tf.layers.globalAveragePooling2d({}),
              tf.layers.dense({ units: 4 }),
            ],
          }),
      ] as const,
  ),
]

describe('memory of a step, estimated and real', () => {
  const rows = models.map(([name, most, build, few = 2]) => [name, most, build, few] as const)
  it.each(rows)('%s', async (_, most, build, few) => {
    const built = build()
    const opened = await openModel(await savedFiles(tf, built), () => Promise.resolve())
    built.dispose()
    const { graph } = opened
    const load = passLoad(graph, sampleSizes(graph, [], new Map()), 'fast')
    for (const frozen of [false, true]) {
      const model = new TrainableProgram(opened)
      const real = measured(opened, model, frozen, few)
      // Rather too much than too little, and not so much that memory stays unused.
      expect((4 * load.training) / real.training).toBeGreaterThan(0.9)
      expect((4 * load.training) / real.training).toBeLessThan(most)
      expect((4 * load.forward) / real.forward).toBeGreaterThan(0.9)
    }
  })
})

describe('memory of a step where the last layers alone learn, estimated and real', () => {
  const rows = models.map(([name, , build, few = 2]) => [name, build, few] as const)
  it.each(rows)('%s', async (_, build, few) => {
    const built = build()
    const opened = await openModel(await savedFiles(tf, built), () => Promise.resolve())
    built.dispose()
    const { graph, weights } = opened
    const names = [...new Set(weights.map(({ spec }) => spec.layerName))]
    const sizes = sampleSizes(graph, [], new Map())
    const whole = passLoad(graph, sizes, 'fast').training
    for (const last of [1, Math.ceil(names.length / 2)]) {
      const learning = learningWeights(weights, names.slice(-last))
      const model = new TrainableProgram(opened, learning)
      const real = measured(opened, model, false, few)
      const load = passLoad(graph, sizes, 'fast', learning)
      expect((4 * load.training) / real.training).toBeGreaterThan(0.9)
      // Nothing in it is more than the same estimate of the whole.
      expect(load.training).toBeLessThanOrEqual(Math.max(whole, load.forward))
    }
  })
})

describe('memory of a step of a graph, estimated and real', () => {
  it.each([
    ['a converted network', 1.5, () => openModel(graphBundle(mobileGraph()), go)],
    [
      'one with normalisation, nothing fused',
      1.5,
      () => openModel(graphBundle(unfusedGraph()), go),
    ],
  ] as const)('%s', async (_, most, open) => {
    const opened = await open()
    const load = passLoad(opened.graph, sampleSizes(opened.graph, [], new Map()), 'fast')
    const real = measured(opened, new TrainableProgram(opened), false, 2)
    const shares = [load.training / real.training, load.forward / real.forward]
    const [training = NaN, forward = NaN] = shares.map((share) => 4 * share)
    expect(training).toBeGreaterThan(0.9)
    expect(training).toBeLessThan(most)
    expect(forward).toBeGreaterThan(0.9)
  })
})
