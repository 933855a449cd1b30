import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileOf, given, weight } from '../../../testing/files/described-keras'
import { recordedKeras } from '../../../testing/files/recorded-keras'
import type { Json, JsonObject } from '../../files/read-json'
import { readKerasModel } from './read-keras-model'

function dense(more: JsonObject = {}): JsonObject {
  return { class_name: 'Dense', config: { name: 'dense', units: 3, activation: 'relu', ...more } }
}

const weights = { dense: [weight('dense/kernel:0', [4, 3]), weight('dense/bias:0', [3])] }

describe('what nothing here computes is open for its weights, and says which layer it is:', () => {
  it.each([
    ['a Lambda', { class_name: 'Lambda', config: { name: 'odd' } }, 'open/python-layer', 'odd'],
    [
      'a function of TensorFlow',
      { class_name: 'TFOpLambda', config: { name: 'odd', function: 'math.cumsum' } },
      'open/tensorflow-function',
      'odd',
    ],
    [
      'a custom layer',
      { class_name: 'Mine>Odd', config: { name: 'odd' } },
      'open/keras-layer',
      'odd',
    ],
    [
      'a class called like one of Keras',
      { class_name: 'Dropout', registered_name: 'mine>Dropout', config: { name: 'odd' } },
      'open/keras-layer',
      'odd',
    ],
    [
      'a setting that says nothing',
      { class_name: 'Reshape', config: { name: 'odd', target_shape: 'flat' } },
      'open/keras-layer',
      'odd',
    ],
    ['a function of its own', dense({ activation: 'mine' }), 'open/unsupported-setting', 'dense'],
    [
      'a state from batch to batch',
      { class_name: 'LSTM', config: { name: 'odd', units: 2, stateful: true } },
      'open/unsupported-setting',
      'odd',
    ],
  ] as const)('%s', (_, layer, code, name) => {
    const isDense = layer.class_name === 'Dense'
    const { file, config } = fileOf(isDense ? [given, layer] : [given, dense(), layer], {
      ...weights,
      odd: name === 'odd' && layer.class_name === 'LSTM' ? lstm : [],
    })
    const { graph, layers, obstacles, topology } = readKerasModel(file, config)
    expect(obstacles.run).toMatchObject({ code, params: { layer: name } })
    expect(graph.nodes).toEqual([])
    expect(topology).toEqual({})
    expect(layers.find((row) => row.name === 'dense')?.weightNames).toEqual([
      'dense/kernel:0',
      'dense/bias:0',
    ])
  })
})

const lstm = [weight('k', [3, 8]), weight('r', [2, 8]), weight('b', [8])]

it('wrappers of the model-optimization toolkit go, and their names stay', () => {
  const wrapped = (className: string, layer: JsonObject, name: string): JsonObject => ({
    class_name: className,
    config: { name, layer },
  })
  const { file, config } = fileOf(
    [
      given,
      { class_name: 'QuantizeLayer', config: { name: 'quantize' } },
      wrapped('PruneLowMagnitude', dense(), 'prune_low_magnitude_dense'),
      wrapped(
        'QuantizeWrapperV2',
        dense({
          activation: {
            class_name: 'QuantizeAwareActivation',
            config: { activation: { class_name: 'NoOpActivation', config: {} } },
          },
        }),
        'quant_dense',
      ),
    ],
    {
      prune_low_magnitude_dense: weights.dense,
      quant_dense: [weight('k', [3, 3]), weight('b', [3])],
    },
  )
  const { graph, layers, notes, obstacles } = readKerasModel(file, config)
  expect(obstacles.run).toBeNull()
  expect(layers.map(({ name, className }) => [name, className])).toEqual([
    ['given', 'InputLayer'],
    ['quantize', 'Identity'],
    ['prune_low_magnitude_dense', 'Dense'],
    ['quant_dense', 'Dense'],
  ])
  expect(graph.nodes.map(({ op }) => op)).toEqual(['identity', 'matMul', 'unary', 'matMul'])
  expect(notes[1]).toEqual({
    code: 'note/unwrapped-layers',
    params: { count: 3, names: 'QuantizeLayer, PruneLowMagnitude, QuantizeWrapperV2' },
  })
})

it.each<[name: string, layers: Json[], code: string, params: object]>([
  ['a model that was never built', [dense()], 'open/keras-unbuilt', {}],
  [
    'a shape that is none',
    [{ class_name: 'InputLayer', config: { name: 'given', batch_input_shape: [null, -4] } }],
    'open/field',
    { field: 'model_config.config.layers[0].config.batch_input_shape' },
  ],
])('%s is refused in words of its file', (_, layers, code, params) => {
  const { file, config } = fileOf(layers, weights)
  expect(refusalOf(() => readKerasModel(file, config))).toMatchObject({
    code,
    params: { file: 'net.h5', ...params },
  })
})

function refusalOf(read: () => void): unknown {
  try {
    read()
  } catch (error) {
    return error
  }
  return null
}

it('says that no file lists the zeros that were kept while weights were clustered', () => {
  const notesOf = (preserve_sparsity: boolean) => {
    const outer = { name: 'cluster_dense', layer: dense(), preserve_sparsity }
    const { file, config } = fileOf([given, { class_name: 'ClusterWeights', config: outer }], {
      cluster_dense: weights.dense,
    })
    return readKerasModel(file, config).notes.map(({ code }) => code)
  }
  expect(notesOf(true)).toContain('note/kept-zeros')
  expect(notesOf(false)).not.toContain('note/kept-zeros')
})

/** An .h5 does not say where classes come from. */
function withoutModules(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutModules)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'module')
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutModules(inner)]))
}

it('operations are told from layers without the names of their modules', () => {
  const folder = join(import.meta.dirname, '../../../testing/files/keras-cases')
  for (const { file, name } of recordedKeras(folder)) {
    // Layers of keras.applications are not: an .h5 with them opens nowhere.
    if (name.startsWith('published.')) continue
    const config = file.config ?? {}
    const whole = readKerasModel(file, config)
    const plain = readKerasModel(file, withoutModules(config) as JsonObject)
    expect([name, plain.graph.nodes]).toEqual([name, whole.graph.nodes])
  }
})

it('says which layer keeps it from being a model of TensorFlow.js', () => {
  const folder = join(import.meta.dirname, '../../../testing/files/keras-cases')
  const why = recordedKeras(folder).flatMap(({ file, name }) => {
    const { notes } = readKerasModel(file, file.config ?? {})
    const note = notes.find(({ code }) => code === 'note/as-graph-model')
    return note === undefined ? [] : [[name, note.params['what']]]
  })
  expect(Object.fromEntries(why)).toMatchObject({
    'settings.keras3': 'conv2d_1 (activation = "hard_sigmoid")',
    'efficient.keras3': 'normalization (Normalization)',
    'recurrent.tfkeras': 'gru (reset_after = true)',
    'nested.keras3': 'subtract (Subtract)',
  })
})

describe('weights that do not belong to a layer are refused:', () => {
  it.each([
    ['one too few', [weight('k', [4, 3])], 'open/missing-weight'],
    ['one too many', [...weights.dense, weight('more', [1])], 'open/surplus-weight'],
    ['another shape', [weight('k', [4, 5]), weight('b', [3])], 'open/weight-shape'],
  ] as const)('%s', (_, held, code) => {
    const { file, config } = fileOf([given, dense()], { dense: held })
    expect(() => readKerasModel(file, config)).toThrow(expect.objectContaining({ code }))
  })
})

it('inputs and outputs of a model may be a dict, or lists in one: Keras counts them by their keys', () => {
  const named = (name: string): JsonObject => ({
    class_name: 'InputLayer',
    name,
    config: { name, batch_input_shape: [null, 4], dtype: 'float32' },
    inbound_nodes: [],
  })
  const added = {
    ...dense({ trainable: true, dtype: 'float32' }),
    name: 'dense',
    inbound_nodes: [[['a', 0, 0, {}]]],
  }
  const { file } = fileOf([], weights)
  const config = {
    class_name: 'Functional',
    config: {
      name: 'net',
      layers: [named('z'), named('a'), added],
      input_layers: { two: ['z', 0, 0], one: ['a', 0, 0] },
      output_layers: { last: ['dense', 0, 0], first: [['z', 0, 0]] },
    },
  }
  const { graph, obstacles } = readKerasModel(file, config)
  expect(obstacles.run).toBeNull()
  expect(graph.inputs.map(({ value }) => value)).toEqual(['a:0', 'z:0'])
  expect(graph.outputs).toEqual(['z:0', 'dense.unary:0'])
})

describe('layers whose names TensorFlow.js would take for one', () => {
  const called = (first: string, second: string) =>
    fileOf([given, dense({ name: first, units: 4 }), dense({ name: second })], {
      [first]: [weight('k', [4, 4]), weight('b', [4])],
      [second]: [weight('k', [4, 3]), weight('b', [3])],
    })

  it('have weights of their own, and are downloaded as a graph', () => {
    const { file, config } = called('a b', 'a_b')
    const { graph, notes, obstacles, specs, topology } = readKerasModel(file, config)
    expect(obstacles.run).toBeNull()
    expect([...specs.values()].map(({ layerName, name }) => [layerName, name])).toEqual([
      ['a b', 'au20b/kernel'],
      ['a b', 'au20b/bias'],
      ['a_b', 'a_b/kernel'],
      ['a_b', 'a_b/bias'],
    ])
    const kernels = graph.nodes.filter(({ op }) => op === 'matMul').map(({ inputs }) => inputs[1])
    expect(kernels).toEqual(['au20b/kernel', 'a_b/kernel'])
    expect(topology).toEqual({})
    expect(notes.map(({ code }) => code)).toContain('note/as-graph-model')
  })

  it('are refused where not even that tells them apart', () => {
    const { file, config } = called('a:b', 'au3ab')
    expect(() => readKerasModel(file, config)).toThrow(
      expect.objectContaining({
        code: 'open/duplicate-name',
        params: {
          ...{ file: 'net.h5', field: 'layer au3ab', name: 'au3ab/kernel' },
          first: 'layer a:b',
        },
      }),
    )
  })
})

it.each([
  ...['RandomPosterization', 'RandomInvert', 'RandomElasticTransform', 'RandomPerspective'],
  ...['RandomColorDegeneration', 'AugMix', 'RandAugment', 'CutMix', 'MixUp', 'RandomErasing'],
])('%s does nothing outside training', (className) => {
  const { file, config } = fileOf(
    [given, { class_name: className, config: { name: 'more' } }, dense()],
    weights,
  )
  const { graph, obstacles } = readKerasModel(file, config)
  expect(obstacles.run).toBeNull()
  expect(graph.nodes.map(({ op }) => op)).toEqual(['identity', 'matMul', 'unary'])
})

it('an argument that nothing here computes is told with what it is given', () => {
  const folder = join(import.meta.dirname, '../../../testing/files/keras-cases')
  const record = recordedKeras(folder).find(({ name }) => name === 'attention.keras3')
  if (record === undefined) throw new Error('no attention is recorded')
  const config = JSON.stringify(record.file.config)
  const asked = config.replace('"use_causal_mask":true', '"return_attention_scores":true')
  expect(asked).not.toBe(config)
  expect(readKerasModel(record.file, JSON.parse(asked) as JsonObject).obstacles.run).toMatchObject({
    code: 'open/unsupported-setting',
    params: { setting: 'return_attention_scores', value: 'true' },
  })
})
