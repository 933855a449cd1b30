/** What the stock Python converter writes, in small; `npm run check:writers` asks the converter itself. */
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { bundleOf, richModel, smallModel } from '../../../testing/files/layers-files'
import type { LayersFiles } from '../../../testing/files/layers-files'
import { loadWithStock } from '../../../testing/models/stock-model'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'
import { tfjsExporter } from '../tfjs-files/export-model-files'

const go = () => Promise.resolve()

const x = tf.tensor2d([
  [1, -2, 0.5, 3],
  [-1, 2, -0.5, -3],
])

/** Opens, exports, and runs the export on stock TensorFlow.js. */
async function run(files: LayersFiles, input: tf.Tensor): Promise<number[]> {
  const opened = await openModel(bundleOf(files), go)
  const { files: written } = await tfjsExporter.write(opened, opened.weights, 'exact', go)
  const output = (await loadWithStock(tf, written)).predict(input)
  if (Array.isArray(output)) throw new Error('one output expected')
  return [...(await output.data())]
}

test.each([
  ['Keras 3 and newer Keras 2', (path: string) => path],
  ['Keras 2.12', (path: string) => path.replaceAll('layers/', '_layer_checkpoint_dependencies/')],
  [
    'Keras 2.12 on Windows',
    (path: string) => path.replaceAll('layers/', '_layer_checkpoint_dependencies\\'),
  ],
])('weights by their places in a .keras file of %s', async (_, spell) => {
  const vars = (scope: string, folder: string, names: readonly string[]): [string, string][] =>
    names.map((name, index) => [`${scope}/${name}`, `${folder}/vars/${index}`])
  const lstm = ['kernel', 'recurrent_kernel', 'bias']
  const both = 'layers/bidirectional'
  const places = new Map([
    ...vars('conv', 'layers/conv2d', ['kernel', 'bias']),
    ...vars('bn', 'layers/batch_normalization', [
      ...['gamma', 'beta', 'moving_mean', 'moving_variance'],
    ]),
    ...vars('dw', 'layers/depthwise_conv2d', ['depthwise_kernel', 'bias']),
    ...vars('inner', 'layers/functional/layers/dense', ['kernel', 'bias']),
    ...vars('shared', 'layers/dense', ['kernel', 'bias']),
    ...vars('embed', 'layers/embedding', ['embeddings']),
    ...vars('both/forward_lstm', `${both}/forward_layer/cell`, lstm),
    ...vars('both/backward_lstm', `${both}/backward_layer/cell`, lstm),
    ...vars('head', 'layers/dense_1', ['kernel', 'bias']),
  ])
  const files = richModel()
  for (const weight of files.json.weightsManifest[0]?.weights ?? [])
    weight.name = spell(places.get(weight.name) ?? '')
  const facts = ({ weights }: OpenedModel) =>
    weights.map(({ spec, values }) => [spec.name, values] as const)
  const plain = await openModel(bundleOf(richModel()), go)
  expect(facts(await openModel(bundleOf(files), go))).toEqual(facts(plain))
})

test('the optimizer in a .keras file is skipped', async () => {
  const files = smallModel()
  const [group] = files.json.weightsManifest
  const [path = '', bytes = new Uint8Array()] = [...files.shards][0] ?? []
  group?.weights.unshift({ name: 'optimizer/vars/0', shape: [3], dtype: 'int32' })
  files.shards.set(path, Uint8Array.of(...new Uint8Array(12), ...bytes))
  expect(await run(files, x)).toEqual(await run(smallModel(), x))
})

test('a SeparableConv2D that says twice how it was trained', async () => {
  const separable = {
    class_name: 'SeparableConv2D',
    config: {
      ...{ name: 'apart', filters: 1, kernel_size: 1, batch_input_shape: [null, 2, 2, 2] },
      kernel_initializer: { class_name: 'GlorotUniform', config: {} },
      kernel_regularizer: { class_name: 'L2', config: { l2: 0.1 } },
      kernel_constraint: null,
    },
  }
  const files = smallModel()
  Object.assign(files.json.modelTopology.model_config, {
    class_name: 'Sequential',
    config: { name: 'seq', layers: [separable] },
  })
  const shapes = { depthwise_kernel: [1, 1, 2, 1], pointwise_kernel: [1, 1, 2, 1], bias: [1] }
  const weights = Object.entries(shapes).map(([name, shape]) => ({
    ...{ name: `apart/${name}`, shape, dtype: 'float32' },
  }))
  files.json.weightsManifest = [{ paths: ['w.bin'], weights }]
  const values = Float32Array.of(2, 3, 5, 7, 11)
  files.shards = new Map([['w.bin', new Uint8Array(values.buffer)]])
  const pixels = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2])
  expect(await run(files, pixels)).toEqual([1, 2, 3, 4].map((value) => 220 * value + 11))
})

test('weights alone, with nothing where layers would be', async () => {
  const files = smallModel()
  Object.assign(files.json, { modelTopology: null })
  const opened = await openModel(bundleOf(files), go)
  const whole = await openModel(bundleOf(smallModel()), go)
  expect(opened.weights.map(({ values }) => values)).toEqual(
    whole.weights.map(({ values }) => values),
  )
  expect(opened.obstacles.run).toMatchObject({ code: 'open/no-topology' })
})

test('weights by their places belong to the right layers where TensorFlow.js cannot run these', async () => {
  const files = smallModel()
  const layers = [
    { class_name: 'Dense', config: { name: 'dense_1', units: 4, batch_input_shape: [null, 2, 4] } },
    { class_name: 'GRU', config: { name: 'remember', units: 3, reset_after: true } },
    { class_name: 'Attend', config: { name: 'attend' } },
    { class_name: 'Dense', config: { name: 'dense', units: 2 } },
  ]
  Object.assign(files.json.modelTopology.model_config, {
    class_name: 'Sequential',
    config: { name: 'seq', layers },
  })
  const weights: [string, number[], string, string][] = [
    ['layers/dense/vars/0', [4, 4], 'dense_1', 'kernel'],
    ['layers/dense/vars/1', [4], 'dense_1', 'bias'],
    ['layers/dense_1/vars/0', [3, 2], 'dense', 'kernel'],
    ['layers/gru/cell/vars/0', [4, 9], 'remember', 'kernel'],
    ['layers/gru/cell/vars/1', [3, 9], 'remember', 'recurrentKernel'],
    ['layers/gru/cell/vars/2', [2, 9], 'remember', 'bias'],
    ['layers/attend/query/vars/0', [3, 2, 2], 'attend', 'kernel'],
    ['layers/attend/query/vars/1', [2, 2], 'attend', 'bias'],
    ['layers/attend/query/vars/2', [2, 2], 'attend', 'other'],
  ]
  const elements = weights.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b), 0)
  files.json.weightsManifest = [
    {
      paths: ['w.bin'],
      weights: weights.map(([name, shape]) => ({ name, shape, dtype: 'float32' })),
    },
  ]
  files.shards = new Map([['w.bin', new Uint8Array(4 * elements)]])
  const opened = await openModel(bundleOf(files), go)
  expect(opened.obstacles.run).toMatchObject({
    code: 'open/unknown-layer',
    params: { layer: 'attend' },
  })
  expect(
    opened.weights.map(({ spec }) => [spec.name, spec.shape, spec.layerName, spec.role]),
  ).toEqual(weights)
})
