import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { watchLiveBytes } from '../../../testing/engine/live-bytes'
import { barModel, residualModel } from '../../../testing/models/bar-model'
import { buildMobileNetV2 } from '../../../testing/models/real-size-models'
import { savedFiles } from '../../../testing/models/stock-model'
import type { OpenedModel } from '../../formats/format'
import { openModel } from '../../formats/importers'
import { passLoad } from '../../training/layer-memory'
import { readKernelModule, startWasmBackend } from '../host/wasm-in-node'
import { prepareTrainingKernels } from '../wasm-kernels/prepare-training-kernels'
import type { PreparedKernels } from '../wasm-kernels/prepare-training-kernels'
import { layerLoads } from './layer-loads'
import { differentiate } from './network/differentiate'
import { TrainableModel } from './network/trainable-model'

let kernels: PreparedKernels
beforeAll(async () => {
  await startWasmBackend()
  kernels = await prepareTrainingKernels(readKernelModule())
})

interface Measured {
  readonly training: number
  readonly forward: number
}

/** Bytes that each further sample takes, as they are: those of ten samples less those of two, by eight. */
async function measured(opened: OpenedModel, frozen: boolean): Promise<Measured> {
  const model = await TrainableModel.build(opened, true)
  model.statisticsFrozen = frozen
  const live = watchLiveBytes()
  const [, ...sides] = inputShape(opened)
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
  try {
    return {
      training: (most(10, training) - most(2, training)) / 8,
      forward: (most(10, forward) - most(2, forward)) / 8,
    }
  } finally {
    leave()
    live.stop()
    model.dispose()
  }
}

function inputShape({ layers }: OpenedModel): number[] {
  const shape: unknown = layers
    .map(({ config }) => config['batch_input_shape'])
    .find((found) => found !== undefined)
  return Array.isArray(shape) ? shape.map(Number) : []
}

/** By how much an estimate may be too large: where pictures are small nothing depends on it. */
const models: readonly (readonly [string, number, () => tf.LayersModel])[] = [
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
    3,
    () =>
      tf.sequential({
        layers: [tf.layers.lstm({ inputShape: [20, 8], units: 32 }), tf.layers.dense({ units: 4 })],
      }),
  ],
]

describe('memory of a step, estimated and real', () => {
  it.each(models)('%s', async (_, most, build) => {
    const built = build()
    const opened = await openModel(await savedFiles(tf, built), () => Promise.resolve())
    const shapes = new Map(
      built.layers.map(({ name, outputShape }) => [name, outputShape as number[]]),
    )
    built.dispose()
    const [, ...sides] = inputShape(opened)
    const load = passLoad(layerLoads(opened, shapes, [sides]), 'fast')
    for (const frozen of [false, true]) {
      const real = await measured(opened, frozen)
      // Rather too much than too little, and not so much that memory stays unused.
      expect((4 * load.training) / real.training).toBeGreaterThan(0.9)
      expect((4 * load.training) / real.training).toBeLessThan(most)
      expect((4 * load.forward) / real.forward).toBeGreaterThan(0.9)
    }
  })
})
