import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import type { Answer } from '../../../testing/engine/distance'
import { installTrainingKernels } from '../../../testing/engine/install-training-kernels'
import { openNet } from '../../../testing/engine/open-net'
import type { OpenedModel } from '../../formats/format'
import { readKernelModule, startWasmBackend } from '../host/wasm-in-node'
import { inPieces } from '../model/forward-pieces'
import { layerByLayer } from '../model/layer-by-layer'
import { differentiate } from '../training/network/differentiate'
import { TrainableProgram } from '../training/network/trainable-program'
import { Program } from './program'

beforeAll(() => tf.setBackend('cpu'))
afterAll(() => tf.setBackend('cpu'))

const SIDES = [4, 4, 2]
const WHOLE = Array.from({ length: 64 }, (_, at) => (7 * at + 3) % 5)

const window = { filters: 2, kernelSize: 2 } as const
const sequence = (): tf.layers.Layer => tf.layers.reshape({ targetShape: [4, 8] })

/** Each by itself behind the input. */
const branches: readonly (() => readonly tf.layers.Layer[])[] = [
  () => [tf.layers.conv2d({ ...window, padding: 'same', activation: 'relu' })],
  () => [tf.layers.depthwiseConv2d({ kernelSize: 2 })],
  () => [tf.layers.separableConv2d(window)],
  () => [tf.layers.conv2dTranspose(window)],
  () => [tf.layers.maxPooling2d({ poolSize: 2 })],
  () => [tf.layers.averagePooling2d({ poolSize: 2 })],
  () => [tf.layers.batchNormalization({})],
  () => [tf.layers.elu({})],
  () => [tf.layers.zeroPadding2d({ padding: 1 }), tf.layers.conv2d(window)],
  () => [tf.layers.dropout({ rate: 0.5 }), tf.layers.conv2d(window)],
  () => [sequence(), tf.layers.lstm({ units: 2 })],
  () => [sequence(), tf.layers.conv1d(window)],
  () => [
    tf.layers.flatten(),
    tf.layers.embedding({ inputDim: 5, outputDim: 2 }),
    tf.layers.conv1d(window),
  ],
]

function net(dtype: 'int32' | 'float32'): tf.LayersModel {
  const inputs = tf.input({ shape: SIDES, dtype })
  const apply = (value: tf.SymbolicTensor, layer: tf.layers.Layer): tf.SymbolicTensor =>
    layer.apply(value) as tf.SymbolicTensor
  const ends = branches.map((make) => {
    const end = make().reduce(apply, inputs)
    return end.rank > 2 ? apply(end, tf.layers.flatten()) : end
  })
  const joined = tf.layers.concatenate().apply(ends) as tf.SymbolicTensor
  return tf.model({ inputs, outputs: tf.layers.dense({ units: 3 }).apply(joined) as typeof joined })
}

/** Scores, and gradients of all weights. */
function learnt(opened: OpenedModel, x: tf.Tensor): Answer[] {
  const model = new TrainableProgram(opened)
  const { loss, outputs, gradients } = differentiate(() => {
    const [scores = tf.scalar(NaN)] = model.forward([x], true, 1)
    return { outputs: scores.clone(), loss: tf.sum<tf.Scalar>(tf.square(scores)) }
  }, [...model.trained.values()])
  expect(gradients.size).toBe(model.trained.size)
  const found = [outputs, ...gradients.values()]
  const answers = answersOf(found)
  tf.dispose([loss, found])
  model.dispose()
  return answers
}

it('whole numbers are what they are to every layer, as if they were real', async () => {
  const [whole, real] = [net('int32'), net('float32')]
  whole.setWeights(real.getWeights())
  const x = tf.tensor(WHOLE, [2, ...SIDES])
  const wanted = answersOf([real.predict(x) as tf.Tensor])
  const opened = await openNet(whole)
  real.dispose()
  for (const backend of ['cpu', 'wasm']) {
    await (backend === 'wasm' ? startWasmBackend() : tf.setBackend('cpu'))
    const kernels = backend === 'wasm' ? await installTrainingKernels(readKernelModule()) : null
    const given = tf.tensor(WHOLE, [2, ...SIDES], 'int32')
    const program = new Program(opened)
    const answer = program.predict([given])
    expect(distance(answersOf(answer), wanted), backend).toBeLessThan(1e-5)
    const plain = tf.cast(given, 'float32')
    expect(distance(learnt(opened, given), learnt(opened, plain)), backend).toBeLessThan(1e-5)
    tf.dispose([given, plain, answer])
    program.dispose()
    kernels?.uninstall()
  }
})

it('layer by layer they become real behind their first layer, as in stock TensorFlow.js', async () => {
  await tf.setBackend('cpu')
  const inputs = tf.input({ shape: SIDES, dtype: 'int32' })
  const steps = sequence().apply(inputs)
  const outputs = tf.layers.conv1d(window).apply(steps) as tf.SymbolicTensor
  const whole = tf.model({ inputs, outputs })
  const x = tf.tensor(WHOLE, [2, ...SIDES], 'int32')
  const found = await inPieces(layerByLayer(whole, [x]), () => Promise.resolve())
  expect(distance(answersOf(found), answersOf([whole.predict(x) as tf.Tensor]))).toBe(0)
})
