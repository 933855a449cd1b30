import * as tf from '@tensorflow/tfjs'
import { expect, it } from 'vitest'
import { withBothKernelModules } from '../../../../testing/engine/both-kernel-modules'
import { randomValues } from '../../../../testing/engine/kernel-comparison'
import { openNet } from '../../../../testing/engine/open-net'
import type { OpenedModel } from '../../../formats/format'
import { learningWeights } from '../../../training/learning-layers'
import { differentiate } from './differentiate'
import { TrainableProgram } from './trainable-program'

/** Everything that is trained by a kernel of its own, and a normalisation that two read. */
function network(): tf.LayersModel {
  const seeded = (seed: number) => tf.initializers.glorotUniform({ seed })
  const constant = (value: number) => tf.initializers.constant({ value })
  const image = tf.input({ shape: [6, 6, 2] })
  const apply = (layer: tf.layers.Layer, to: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(to) as tf.SymbolicTensor
  const conv = { filters: 4, biasInitializer: seeded(9) }
  let x = apply(
    tf.layers.conv2d({ ...conv, kernelSize: 3, kernelInitializer: seeded(1), name: 'first' }),
    image,
  )
  x = apply(tf.layers.reLU({ maxValue: 0.4, name: 'capped' }), x)
  const depthwiseInitializer = seeded(2)
  x = apply(
    tf.layers.depthwiseConv2d({
      kernelSize: 3,
      depthwiseInitializer,
      useBias: false,
      name: 'deep',
    }),
    x,
  )
  // Wide enough that the ReLU6 behind it cuts off at both ends.
  const wide = { gammaInitializer: constant(4), betaInitializer: constant(3) }
  x = apply(tf.layers.batchNormalization({ ...wide, momentum: 0.9, name: 'norm' }), x)
  x = apply(tf.layers.reLU({ maxValue: 6, name: 'bent' }), x)
  const activation = 'relu' as const
  const mixed = { ...conv, kernelSize: 2, kernelInitializer: seeded(3), activation, name: 'mixed' }
  x = apply(tf.layers.conv2d(mixed), x)
  const twice = apply(tf.layers.batchNormalization({ scale: false, name: 'twice' }), x)
  const once = apply(tf.layers.activation({ activation, name: 'once' }), twice)
  x = apply(tf.layers.add({ name: 'sum' }), [twice, once])
  x = apply(tf.layers.flatten(), apply(tf.layers.activation({ activation, name: 'end' }), x))
  const hidden = { units: 5, kernelInitializer: seeded(4), biasInitializer: constant(5.5) }
  x = apply(tf.layers.dense({ ...hidden, activation: 'relu6', name: 'hidden' }), x)
  const classes = { units: 3, activation: 'softmax' as const, kernelInitializer: seeded(5) }
  return tf.model({
    inputs: image,
    outputs: apply(tf.layers.dense({ ...classes, name: 'classes' }), x),
  })
}

interface Setting {
  readonly learning: string[] | null
  readonly frozen: boolean
  readonly tapped: string | null
}

/** One way there and back on the backend of the moment. */
async function stepOf(opened: OpenedModel, { learning, frozen, tapped }: Setting) {
  const model = new TrainableProgram(opened, learningWeights(opened.weights, learning))
  model.statisticsFrozen = frozen
  const take = tapped === null ? () => null : model.tap(tapped)
  const names = new Map([...model.trained].map(([name, { name: own }]) => [own, name]))
  const { shape, values } = randomValues([5, 6, 6, 2], 1)
  const x = tf.tensor(values, shape)
  const found = new Map<string, readonly number[]>()
  const { kernels } = await tf.profile(() => {
    const pass = differentiate(() => {
      const [outputs = x] = model.forward([x], true, 1)
      return { outputs, loss: tf.mean(tf.square(tf.sub(outputs, 1))).asScalar() }
    }, [...model.trained.values()])
    for (const [name, gradient] of pass.gradients)
      found.set(names.get(name) ?? name, [...gradient.dataSync()])
    tf.dispose([pass.loss, pass.outputs, ...pass.gradients.values()])
    return x
  })
  const gradients = new Map(found)
  for (const [name, variable] of model.all) found.set(`${name} then`, [...variable.dataSync()])
  const said = take()
  if (said !== null) found.set('said', [...said.dataSync()])
  tf.dispose([x, said ?? []])
  model.dispose()
  const counts: Record<string, number> = {}
  for (const { name } of kernels) counts[name] = (counts[name] ?? 0) + 1
  return { gradients: [...gradients.keys()], found, counts }
}

/** Kernels that are work for a graphics card: others give the same memory another name. */
function dispatched(counts: Readonly<Record<string, number>>): number {
  return Object.entries(counts)
    .filter(([name]) => !['Identity', 'Reshape', 'unnamed scope'].includes(name))
    .reduce((sum, [, count]) => sum + count, 0)
}

const all: Setting = { learning: null, frozen: false, tapped: null }

withBothKernelModules(() => {
  it.each([
    [
      'all of it',
      109,
      all,
      {
        ...{ FusedConv2D: 2, _FusedMatMul: 2, DepthwiseConv2dNative: 0, BatchNormTraining: 1 },
        ...{ NormalizedConvolution: 1, NormalizedConvolutionGrad: 1 },
        ...{ AddRelu: 1, Relu: 1, MovingAverage: 4, BatchNormTrainingGrad: 1, ClipByValue: 1 },
        // The first reads what nobody learns.
        ...{ Conv2DBackpropFilter: 2, Conv2DBackpropInput: 1, BatchMatMul: 4 },
      },
    ],
    [
      'with statistics that are held',
      75,
      { ...all, frozen: true },
      {
        BatchNormHeld: 2,
        BatchNormTraining: 0,
        NormalizedConvolution: 0,
        MovingAverage: 0,
        Relu: 1,
      },
    ],
    [
      'where somebody looks in between',
      109,
      { ...all, tapped: 'norm' },
      { BatchNormTraining: 1, NormalizedConvolution: 1, ClipByValue: 2, Relu: 1, AddRelu: 1 },
    ],
    [
      'the first layer alone',
      63,
      { ...all, learning: ['first'] },
      {
        ...{ BatchNormHeld: 2, BatchNormTrainingGrad: 2, Conv2DBackpropFilter: 1 },
        ...{ Conv2DBackpropInput: 1, DepthwiseConv2dNativeBackpropFilter: 0, BatchMatMul: 2 },
      },
    ],
    [
      'the last layer alone',
      23,
      { ...all, learning: ['classes'] },
      {
        ...{ BatchNormTrainingGrad: 0, Conv2DBackpropFilter: 0, Conv2DBackpropInput: 0 },
        ...{ DepthwiseConv2dNativeBackpropInput: 0, BatchMatMul: 1 },
      },
    ],
  ])(
    'learns %s by the fewest kernels, and as plain operators do',
    async (_, most, setting, runs) => {
      const opened = await openNet(network())
      await tf.setBackend('cpu')
      const wanted = await stepOf(opened, setting)
      expect(dispatched(wanted.counts)).toBeLessThanOrEqual(most)
      await tf.setBackend('wasm')
      const before = tf.memory().numTensors
      const step = await stepOf(opened, setting)
      expect(tf.memory().numTensors).toBe(before)
      const ran = Object.fromEntries(
        Object.keys(runs).map((name) => [name, step.counts[name] ?? 0]),
      )
      expect(ran).toEqual(runs)
      expect(step.gradients.toSorted()).toEqual(wanted.gradients.toSorted())
      const largest = Math.max(
        ...wanted.gradients.flatMap((name) => wanted.found.get(name) ?? []).map(Math.abs),
      )
      expect(largest).toBeGreaterThan(0.1)
      for (const [name, values] of wanted.found) {
        const own = step.found.get(name) ?? []
        const apart = Math.max(...values.map((value, at) => Math.abs(value - (own[at] ?? NaN))))
        expect([name, apart / largest < 1e-5 || apart]).toEqual([name, true])
      }
    },
  )
})
