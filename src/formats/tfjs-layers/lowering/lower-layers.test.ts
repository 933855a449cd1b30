import { describe, expect, it } from 'vitest'
import { bundleOf, dense, input, layer, richModel } from '../../../../testing/files/layers-files'
import type { LayerJson } from '../../../../testing/files/layers-files'
import type { ModelGraph } from '../../../graph/graph'
import { parseJson } from '../../../files/read-json'
import { openModel } from '../../importers'
import { parseTopology } from '../parse-topology'
import { lowerLayers } from './lower-layers'

const go = () => Promise.resolve()

/** A functional model; its first layers are what it is given, its last is what it answers. */
function model(name: string, ...layers: LayerJson[]) {
  const given = layers.filter(({ class_name: className }) => className === 'InputLayer')
  const ref = (each: LayerJson | undefined) => [each?.name ?? '', 0, 0]
  const config = {
    name,
    layers,
    input_layers: given.map(ref),
    output_layers: [ref(layers.at(-1))],
  }
  return { class_name: 'Functional', name, config }
}

function graphOf(topology: object): ModelGraph {
  const json = parseJson('model.json', new TextEncoder().encode(JSON.stringify(topology)))
  return lowerLayers(parseTopology('model.json', json).model, new Map())
}

/** The nodes of one layer that reads a value of these sides. */
function nodesOf(className: string, config: LayerJson['config'], sides: number[]) {
  const given = input('x', [null, ...sides], 'float32')
  const { nodes } = graphOf(model('m', given, layer(className, 'it', config, ['x'])))
  return nodes.map(({ op, attributes, inputs }) => [op, attributes, inputs])
}

/** The same around a value in time. */
function inTime(className: string, config: LayerJson['config'], sides: number[]) {
  return nodesOf('TimeDistributed', { layer: { class_name: className, config } }, sides)
}

describe('a graph of layers', () => {
  it('has the rows of the opened model, in its order', async () => {
    const { layers, graph } = await openModel(bundleOf(richModel()), go)
    expect(
      graph.layers.map(({ name, className, kind, parameters }) => ({
        name,
        className,
        kind,
        weightNames: parameters,
      })),
    ).toEqual(
      layers.map(({ name, className, kind, weightNames }) => ({
        name,
        className,
        kind,
        weightNames,
      })),
    )
  })

  it('knows every weight of the file, in its order', async () => {
    const { weights, graph } = await openModel(bundleOf(richModel()), go)
    expect([...graph.parameters.values()]).toEqual(weights.map(({ spec }) => spec))
    expect([...graph.parameters.keys()]).toEqual(weights.map(({ spec }) => spec.name))
  })

  it('names what it is given and what it answers', async () => {
    const { graph } = await openModel(bundleOf(richModel()), go)
    expect(graph.inputs).toEqual([
      { value: 'image:0', shape: [null, 4, 4, 2], dtype: 'float32' },
      { value: 'words:0', shape: [null, 5], dtype: 'int32' },
    ])
    expect(graph.outputs).toEqual(['head:0'])
  })

  it('carries out a shared layer and a nested model as often as they are called', async () => {
    const { graph } = await openModel(bundleOf(richModel()), go)
    const row = (name: string) => graph.layers.find((each) => each.name === name)
    expect(row('block/inner')).toMatchObject({
      nodes: ['block/inner', 'block/inner@1'],
      outputs: ['block/inner:0'],
      nested: true,
    })
    expect(row('shared')).toMatchObject({ nodes: ['shared', 'shared@1'], nested: false })
    expect(graph.nodes.filter(({ layer: name }) => name === 'shared')).toMatchObject([
      { inputs: ['block/inner:0', 'shared/kernel', 'shared/bias'] },
      { inputs: ['block/inner@1:0', 'shared/kernel', 'shared/bias'] },
    ])
    expect(row('block/block_input')).toMatchObject({ nodes: [], outputs: ['gap:0'], nested: true })
  })

  it('puts each node behind all that it reads, whatever the order of the file', () => {
    const layers = [dense('c', 2, 'b'), dense('b', 2, 'a'), dense('a', 2, 'x')]
    const { config, ...rest } = model('m', input('x', [null, 2], 'float32'), ...layers)
    const topology = { ...rest, config: { ...config, output_layers: [['c', 0, 0]] } }
    expect(graphOf(topology).nodes.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  it('gives a fused activation a node of its own, and a linear one none', () => {
    const units = { units: 2 }
    expect(nodesOf('Dense', { ...units, activation: 'linear' }, [3])).toHaveLength(1)
    expect(nodesOf('Dense', { ...units, activation: 'relu' }, [3]).slice(1)).toEqual([
      ['unary', { function: 'Relu' }, ['it:0']],
    ])
  })

  it('reads the input of a Sequential that names none', () => {
    const first = { ...dense('a', 2, ''), inbound_nodes: [] }
    const config = { ...first.config, batch_input_shape: [null, 3] }
    const chain = [
      { class_name: 'Dense', config },
      { class_name: 'Dense', config: { name: 'b', units: 2 } },
    ]
    const graph = graphOf({ class_name: 'Sequential', config: { name: 's', layers: chain } })
    expect(graph.inputs).toEqual([{ value: 'a_input:0', shape: [null, 3], dtype: 'float32' }])
    expect(graph.nodes.map(({ inputs }) => inputs[0])).toEqual(['a_input:0', 'a:0'])
    expect(graph.outputs).toEqual(['b:0'])
  })

  it('refuses models in models that call each other beyond all bounds', () => {
    let inner = model('m0', input('x0', [null, 2], 'float32'), dense('d', 2, 'x0'))
    for (let depth = 1; depth <= 18; depth++) {
      const name = inner.name
      const twice = {
        ...inner,
        inbound_nodes: [[[`x${depth}`, 0, 0, {}]], [[name, 1, 0, {}]]],
      } as unknown as LayerJson
      const { config, ...rest } = model(
        `m${depth}`,
        input(`x${depth}`, [null, 2], 'float32'),
        twice,
      )
      inner = { ...rest, config: { ...config, output_layers: [[name, 2, 0]] } }
    }
    expect(() => graphOf(inner)).toThrow(
      expect.objectContaining({
        code: 'open/too-many',
        params: expect.objectContaining({
          field: 'modelTopology.config.layers',
          limit: 100_000,
        }) as unknown,
      }),
    )
  })
})

describe('inside a TimeDistributed', () => {
  it.each<[string, LayerJson['config'], number[], unknown[]]>([
    ['Softmax', { axis: 1 }, [4, 3], [['softmax', { axis: 2, log: false }, ['x:0']]]],
    ['Permute', { dims: [2, 1] }, [4, 3, 2], [['transpose', { perm: [0, 1, 3, 2] }, ['x:0']]]],
    ['Flatten', {}, [4, 3, 2], [['reshape', { to: [0, 0, -1] }, ['x:0']]]],
    ['Reshape', { target_shape: [2, -1] }, [4, 6], [['reshape', { to: [0, 0, 2, -1] }, ['x:0']]]],
    [
      'GlobalAveragePooling2D',
      {},
      [4, 3, 3, 2],
      [['reduce', { function: 'Mean', axes: [2, 3], keepDims: false }, ['x:0']]],
    ],
  ])('%s counts its axes behind the time', (className, config, sides, expected) => {
    expect(inTime(className, config, sides)).toEqual(expected)
  })
})

describe('what training needs', () => {
  it.each<[string, LayerJson['config'], object]>([
    ['Dropout', { rate: 0.2 }, { kind: 'Dropout', amount: 0.2, shared: [] }],
    [
      'Dropout',
      { rate: 0.2, noise_shape: [null, 1, null] },
      { kind: 'Dropout', amount: 0.2, shared: [1] },
    ],
    ['SpatialDropout1D', { rate: 0.2 }, { kind: 'Dropout', amount: 0.2, shared: [1] }],
    ['GaussianNoise', { stddev: 2 }, { kind: 'GaussianNoise', amount: 2, shared: [] }],
  ])('%s %j', (className, config, attributes) => {
    expect(nodesOf(className, config, [4, 3])).toEqual([['noise', attributes, ['x:0']]])
  })

  it.each([0, 1])('is nothing where a rate of %d disturbs nothing', (rate) => {
    expect(nodesOf('Dropout', { rate }, [3])).toEqual([['identity', {}, ['x:0']]])
  })
})

describe('masks', () => {
  const words = input('x', [null, 4], 'int32')
  const table = (mask: boolean): LayerJson =>
    layer('Embedding', 'e', { input_dim: 5, output_dim: 3, mask_zero: mask }, ['x'])
  const reader = layer('LSTM', 'lstm', { units: 2 }, ['e'])

  it.each([true, false])('mark what reads in steps: %s', (mask) => {
    const last = graphOf(model('m', words, table(mask), reader)).nodes.at(-1)
    expect(last).toMatchObject({ op: 'recurrent', attributes: { masked: mask } })
  })

  it('of other ranks than scores give what nobody knows', () => {
    const { nodes } = graphOf(model('m', words, table(true), layer('Softmax', 's', {}, ['e'])))
    const ops = nodes.map(({ op }) => op)
    expect(ops.slice(-5)).toEqual(['opaque', 'cast', 'unary', 'combine', 'softmax'])
  })
})

describe('what no operators say exactly', () => {
  it('is opaque, with its settings and all that it reads', () => {
    const config = { strides: 'two' }
    const [[op, attributes, inputs = []] = [], ...others] = nodesOf(
      'MaxPooling2D',
      config,
      [4, 4, 2],
    )
    expect([op, others]).toEqual(['opaque', []])
    expect(attributes).toMatchObject({ config, outputs: 1 })
    expect(inputs).toContain('x:0')
  })

  it('turns what a Conv1D of channels first reads, as tfjs does, and nothing back', () => {
    const config = { filters: 2, kernel_size: 3, data_format: 'channels_first' }
    const nodes = nodesOf('Conv1D', config, [3, 8])
    expect(nodes.map(([op]) => op)).toEqual(['transpose', 'conv'])
    expect(nodes[1]?.[1]).toMatchObject({ layout: 'channelsLast' })
  })
})
