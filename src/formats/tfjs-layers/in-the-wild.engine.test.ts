import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { answersOf, distance } from '../../../testing/engine/distance'
import { bundleOf, dense, richModel, smallModel } from '../../../testing/files/layers-files'
import type { LayerJson, LayersFiles } from '../../../testing/files/layers-files'
import { loadWithStock } from '../../../testing/models/stock-model'
import { Program } from '../../engine/program/program'
import type { OpenedModel } from '../format'
import { openModel } from '../importers'
import { tfjsExporter } from '../tfjs-files/export-model-files'

const go = () => Promise.resolve()

/** Opens, exports, and runs the export on stock TensorFlow.js. */
async function run(files: LayersFiles, input: tf.Tensor | tf.Tensor[]): Promise<number[]> {
  const model = await openModel(bundleOf(files), go)
  return runOpened(model, input)
}

async function runOpened(model: OpenedModel, input: tf.Tensor | tf.Tensor[]): Promise<number[]> {
  const { files } = await tfjsExporter.write(model, model.weights, 'exact', go)
  const stock = await loadWithStock(tf, files)
  const output = stock.predict(input)
  if (Array.isArray(output)) throw new Error('one output expected')
  // What its graph says is the same.
  const program = new Program(model)
  const own = program.predict([input].flat())
  expect(distance(answersOf(own), answersOf([output]))).toBeLessThanOrEqual(1e-6)
  program.dispose()
  tf.dispose(own)
  return [...(await output.data())]
}

const x = tf.tensor2d([
  [1, -2, 0.5, 3],
  [-1, 2, -0.5, -3],
])

/** The small model with identity weights in front of a third layer. */
function withThird(className: string, config: LayerJson['config']): LayersFiles {
  const files = smallModel()
  files.json.modelTopology.model_config.config.layers = [
    ...files.json.modelTopology.model_config.config.layers.slice(0, 1),
    {
      class_name: className,
      name: 'third',
      config: { name: 'third', ...config },
      inbound_nodes: [[['input', 0, 0, {}]]],
    },
  ]
  files.json.modelTopology.model_config.config.output_layers = [['third', 0, 0]]
  files.json.weightsManifest = []
  files.shards.clear()
  return files
}

async function plain(): Promise<number[]> {
  return run(smallModel(), x)
}

describe('settings that tfjs would ignore are translated', () => {
  const input = [1, -2, 0.5, 3, -1, 2, -0.5, -3]
  const leaky = (slope: number): number[] =>
    input.map((value) => Math.fround(value < 0 ? value * Math.fround(slope) : value))

  test.each<[string, string, LayerJson['config'], number[]]>([
    ['LeakyReLU of Keras 3', 'LeakyReLU', { negative_slope: 0.1 }, leaky(0.1)],
    ['LeakyReLU of Keras 2', 'LeakyReLU', { alpha: 0.2 }, leaky(0.2)],
    ['ReLU with a slope', 'ReLU', { negative_slope: 0.25, threshold: 0 }, leaky(0.25)],
    [
      'ReLU with an ndarray slope',
      'ReLU',
      { negative_slope: { type: 'ndarray', value: 0.5 }, max_value: null },
      leaky(0.5),
    ],
    ['ReLU with a bound', 'ReLU', { max_value: 2 }, input.map((v) => Math.min(2, Math.max(0, v)))],
    ['Identity', 'Identity', {}, input],
    ['RandomFlip', 'RandomFlip', { mode: 'horizontal' }, input],
    ['SpatialDropout2D', 'SpatialDropout2D', { rate: 0.5 }, input],
    ['GaussianNoise', 'GaussianNoise', { stddev: 1 }, input],
    [
      'a function object',
      'Activation',
      { activation: { class_name: 'function', config: 'relu' } },
      input.map((v) => Math.max(0, v)),
    ],
    [
      'a dtype policy',
      'Activation',
      {
        activation: 'linear',
        dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'mixed_float16' } },
      },
      input,
    ],
  ])('%s', async (_, className, config, expected) => {
    expect(await run(withThird(className, config), x)).toEqual(expected)
  })

  test('silu', async () => {
    const result = await run(withThird('Activation', { activation: 'silu' }), x)
    for (const [index, value] of input.entries())
      expect(result[index]).toBeCloseTo(value / (1 + Math.exp(-value)), 5)
  })

  test('constraints, regularizers and initializers of any kind leave the weights alone', async () => {
    const files = smallModel()
    Object.assign(files.json.modelTopology.model_config.config.layers[1]?.config ?? {}, {
      kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 0.01, axis: 0 } },
      kernel_regularizer: { module: 'keras.regularizers', class_name: 'L2', config: { l2: 0.01 } },
      bias_regularizer: { class_name: 'OrthogonalRegularizer', config: {} },
      kernel_initializer: { class_name: 'MyInitializer', config: {} },
      bias_initializer: 'zeros',
    })
    expect(await run(files, x)).toEqual(await plain())
    const { notes } = await openModel(bundleOf(files), go)
    expect(notes).toEqual([
      {
        code: 'note/translated-setting',
        params: { layer: 'first', setting: 'kernel_constraint', from: '"MaxNorm"', to: 'null' },
      },
    ])
  })

  test('BatchNormalization with its axis in a list', async () => {
    const files = richModel()
    const model = await openModel(bundleOf(files), go)
    const images = tf.randomNormal([2, 4, 4, 2], 0, 1, 'float32', 3)
    const words = tf.tensor2d(
      [
        [1, 2, 3, 4, 5],
        [6, 5, 4, 3, 2],
      ],
      [2, 5],
      'int32',
    )
    const result = await runOpened(model, [images, words])
    expect(result).toHaveLength(4)
    expect(result.every(Number.isFinite)).toBe(true)
  })
})

describe('spellings of Keras 3', () => {
  test('batch_shape, keras_history, single triplets', async () => {
    const files = smallModel()
    const { config } = files.json.modelTopology.model_config
    const [input, first, second] = config.layers
    if (input === undefined || first === undefined || second === undefined) throw new Error()
    const tensor = (name: string) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 4], dtype: 'float32', keras_history: [name, 0, 0] },
    })
    files.json.modelTopology.keras_version = '3.4.1'
    input.config = { name: 'input', batch_shape: [8, 4], dtype: 'float32', sparse: false }
    first.inbound_nodes = [{ args: [tensor('input')], kwargs: {} }]
    second.inbound_nodes = [{ args: [tensor('first')], kwargs: { training: false, mask: null } }]
    config.input_layers = ['input', 0, 0]
    config.output_layers = ['second', 0, 0]
    expect(await run(files, x)).toEqual(await plain())
  })

  test('several inputs in one argument', async () => {
    const files = withThird('Add', {})
    const [, third] = files.json.modelTopology.model_config.config.layers
    if (third === undefined) throw new Error()
    const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['input', 0, 0] } }
    third.inbound_nodes = [{ args: [[tensor, tensor]], kwargs: {} }]
    const doubled = [...x.dataSync()].map((value) => 2 * value)
    expect(await run(files, x)).toEqual(doubled)
  })
})

describe('spellings of older files', () => {
  /** The dense layers of the small model as a Sequential. */
  function sequential(
    change: (
      layers: LayerJson['config'][],
      config: LayerJson['config'],
    ) => LayerJson['config'] | LayerJson['config'][],
  ): LayersFiles {
    const files = smallModel()
    const layers = ['first', 'second'].map((name, index) => ({
      class_name: 'Dense',
      config: { name, units: 4 - index, activation: 'linear' },
    }))
    const config = { name: 'seq', layers }
    const result = change(layers, config)
    Object.assign(files.json.modelTopology.model_config, {
      class_name: 'Sequential',
      config: result,
    })
    return files
  }

  const withShape = (layers: LayerJson['config'][]): void => {
    const [first] = layers
    Object.assign((first?.['config'] ?? {}) as object, { batch_input_shape: [null, 4] })
  }

  test('a Sequential whose config is a list', async () => {
    const files = sequential((layers) => {
      withShape(layers)
      return layers
    })
    expect(await run(files, x)).toEqual(await plain())
  })

  test('a Sequential that keeps its input shape beside the layers', async () => {
    const files = sequential((_, config) => ({ ...config, build_input_shape: [null, 4] }))
    expect(await run(files, x)).toEqual(await plain())
  })

  test('a Sequential without any input shape is refused', async () => {
    const files = sequential((_, config) => config)
    await expect(openModel(bundleOf(files), go)).rejects.toMatchObject({
      code: 'open/field',
      params: { expected: 'the shape of the input' },
    })
  })

  test('a bare topology, camelCase keys, no format, shards without extension', async () => {
    const files = smallModel()
    const camel = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(camel)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
          camel(item),
        ]),
      )
    }
    delete files.json.format
    Object.assign(files.json, { modelTopology: camel(files.json.modelTopology.model_config) })
    const [group] = files.json.weightsManifest
    if (group === undefined) throw new Error()
    files.shards = new Map(
      [...files.shards].map(([path, bytes]) => [path.replace('.bin', ''), bytes]),
    )
    group.paths = [...files.shards.keys()]
    expect(await run(files, x)).toEqual(await plain())
  })

  test.each([
    ['the model in front', (name: string) => `small/${name}`],
    ['a TensorFlow output number', (name: string) => `${name}:0`],
    ['both, twice', (name: string) => `outer/small/${name}:0`],
    ['a cell inside', (name: string) => name.replace('/', '/dense_cell/')],
  ])('weights with %s', async (_, rename) => {
    const files = smallModel()
    for (const weight of files.json.weightsManifest[0]?.weights ?? [])
      weight.name = rename(weight.name)
    expect(await run(files, x)).toEqual(await plain())
  })

  test('optimizer state is skipped', async () => {
    const files = smallModel()
    const [group] = files.json.weightsManifest
    group?.weights.unshift({ name: 'Adam/iter', shape: [3], dtype: 'int32', group: 'optimizer' })
    const [path = '', bytes = new Uint8Array()] = [...files.shards][0] ?? []
    files.shards.set(path, Uint8Array.of(...new Uint8Array(12), ...bytes))
    const second = [...files.shards.keys()][1] ?? ''
    expect(await run(files, x)).toEqual(await plain())
    expect(second).not.toBe('')
  })

  test('a nested Sequential whose calls Keras counts from 0', async () => {
    const files = smallModel()
    const { config } = files.json.modelTopology.model_config
    const nested: LayerJson = {
      class_name: 'Sequential',
      name: 'inner',
      config: {
        name: 'inner',
        layers: [
          {
            class_name: 'Dense',
            config: { name: 'first', units: 4, batch_input_shape: [null, 4] },
          },
        ],
      },
      inbound_nodes: [[['input', 0, 0, {}]]],
    }
    const [input] = config.layers
    if (input === undefined) throw new Error()
    config.layers = [input, nested, dense('second', 3, 'inner')]
    expect(await run(files, x)).toEqual(await plain())
  })

  // Each sum doubles the ways through the model: along all of them, 2 ** 150, nobody would come to an end.
  test('three hundred layers with residuals', async () => {
    const files = smallModel()
    const { config } = files.json.modelTopology.model_config
    const [input, first, second] = config.layers
    if (input === undefined || first === undefined || second === undefined) throw new Error()
    const chain: LayerJson[] = []
    let last = 'first'
    for (let block = 0; block < 150; block++) {
      const act = { ...dense(`act${block}`, 1, last), class_name: 'Activation' }
      act.config = { name: act.name, activation: 'relu' }
      const sum: LayerJson = {
        class_name: 'Average',
        name: `sum${block}`,
        config: { name: `sum${block}` },
        inbound_nodes: [
          [
            [last, 0, 0, {}],
            [act.name, 0, 0, {}],
          ],
        ],
      }
      chain.push(act, sum)
      last = sum.name
    }
    second.inbound_nodes = [[[last, 0, 0, {}]]]
    config.layers = [input, first, ...chain, second]
    const model = await openModel(bundleOf(files), go)
    expect(model.layers).toHaveLength(303)
    expect(await runOpened(model, x)).toHaveLength(6)
  })
})
