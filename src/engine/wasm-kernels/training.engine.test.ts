import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { withBothKernelModules } from '../../../testing/engine/both-kernel-modules'
import {
  expectSameAsCpu,
  heldMemory,
  largestDifference,
  randomValues,
} from '../../../testing/engine/kernel-comparison'
import { openNet } from '../../../testing/engine/open-net'
import { plainAdam, takeStep } from '../../../testing/engine/take-step'
import { batchNormTraining } from './batch-norm'
import type { Limiting } from './limiting'
import { TrainableProgram } from '../training/network/trainable-program'
import { TrainingOptimizer } from '../training/optimizer'
import type { PreparedKernels } from './prepare-training-kernels'

withBothKernelModules(() => {
  describe('batch normalisation in training mode', () => {
    /** The textbook formula from stock operations, for the cpu backend. */
    const composed =
      (activation: Limiting) => (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
        const { mean, variance } = tf.moments(x, [0, 1, 2])
        const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)))
        const y = tf.add(tf.mul(normal, gamma), beta)
        return activation === 'linear' ? y : tf[activation](y)
      }
    // The last two in long rows, one of them with channels that fill no vector; in groups of rows some are left.
    const cases = [1, 4, 6, 13, 68, 79].flatMap((c) => [
      { c, activation: 'linear' as const },
      { c, activation: 'relu' as const },
      { c, activation: 'relu6' as const },
    ])
    it.each(cases)('equals the formula and its gradients: %o', async ({ c, activation }) => {
      const inputs = [
        // A mean far from zero is what makes a variance go wrong.
        { ...randomValues([9, 7, 9, c], 1), shape: [9, 7, 9, c] },
        randomValues([c], 2),
        randomValues([c], 3),
        randomValues([9, 7, 9, c], 4),
      ]
      inputs[0]?.values.forEach((value, i, values) => (values[i] = value + 30))
      // And wide results are cut off on both sides.
      inputs[1]?.values.forEach((value, i, values) => (values[i] = 5 * value))
      await expectSameAsCpu(
        inputs,
        ([x, gamma, beta, dy]) => {
          if (!x || !gamma || !beta || !dy) return []
          const normalize =
            tf.getBackend() === 'cpu'
              ? composed(activation)
              : (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor) =>
                  batchNormTraining({ x: a, gamma: g, beta: b, epsilon: 1e-3, activation }).y
          return [normalize(x, gamma, beta), ...tf.grads(normalize)([x, gamma, beta], dy)]
        },
        5e-4,
      )
    })
  })
})

/** Smooth activations: with ReLU, rounding flips masks and the gradients differ for no fault. */
function smallModel(): tf.LayersModel {
  const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        inputShape: [8, 8, 2],
        filters: 6,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        kernelInitializer: seeded(1),
      }),
      tf.layers.batchNormalization(),
      tf.layers.activation({ activation: 'tanh' }),
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        depthwiseInitializer: seeded(2),
      }),
      tf.layers.averagePooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 7, activation: 'tanh', kernelInitializer: seeded(3) }),
      tf.layers.dense({ units: 3, kernelInitializer: seeded(4) }),
    ],
  })
}

async function trainedWeights(
  backend: 'cpu' | 'wasm',
  steps: number,
  host: PreparedKernels['host'] | null,
): Promise<readonly Float32Array[]> {
  await tf.setBackend(backend)
  const model = new TrainableProgram(await openNet(smallModel()))
  const optimizer = new TrainingOptimizer(plainAdam, host ?? null)
  const x = tf.tensor(randomValues([12, 8, 8, 2], 5).values, [12, 8, 8, 2])
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], 'int32'), 3)
  const before = heldMemory()
  for (let step = 0; step < steps; step++)
    takeStep(model, optimizer, {
      ...{ inputs: [x], learningRate: 0.01 },
      cost: (scores) => tf.losses.softmaxCrossEntropy(labels, scores).asScalar(),
    }).dispose()
  optimizer.dispose()
  if (backend === 'wasm') expect(heldMemory()).toEqual(before)
  const weights = [...model.all.values()].map((weight) => weight.dataSync<'float32'>().slice())
  model.dispose()
  tf.dispose([x, labels])
  return weights
}

withBothKernelModules((kernels) => {
  describe('training a small model', () => {
    it('moves every weight and moving average as the cpu backend does, without leaks', async () => {
      const expected = await trainedWeights('cpu', 4, null)
      const actual = await trainedWeights('wasm', 4, kernels().host)
      expect(actual).toHaveLength(expected.length)
      expected.forEach((weights, i) => {
        expect(largestDifference(weights, actual[i] ?? [])).toBeLessThan(2e-4)
      })
    })
  })
})
