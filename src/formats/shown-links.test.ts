import { expect, test } from 'vitest'
import { graphBundle, nodeOf, smallGraph } from '../../testing/files/graph-files'
import { bundleOf, dense, richModel, smallModel } from '../../testing/files/layers-files'
import type { LayersFiles } from '../../testing/files/layers-files'
import type { FileBundle } from '../files/file-bundle'
import { openModel } from './importers'
import { shownLinks } from '../graph/shown-links'

async function linksOf(files: FileBundle): Promise<Record<string, readonly string[]>> {
  const model = await openModel(files, () => Promise.resolve())
  const links = shownLinks(model.graph)
  expect([...links.keys()].sort()).toEqual(model.layers.map(({ name }) => name).sort())
  return Object.fromEntries(links)
}

test('a layer reads what all its calls read, and a nested model is opened up', async () => {
  expect(await linksOf(bundleOf(richModel()))).toEqual({
    image: [],
    words: [],
    conv: ['image'],
    bn: ['conv'],
    dw: ['bn'],
    sum: ['bn', 'dw'],
    gap: ['sum'],
    'block/block_input': ['gap'],
    'block/inner': ['block/block_input'],
    shared: ['block/inner'],
    embed: ['words'],
    both: ['embed'],
    join: ['shared', 'both'],
    head: ['join'],
  })
})

test('a nested model that is given what the whole is given reads the input of the whole', async () => {
  const files = smallModel()
  const { config } = files.json.modelTopology.model_config
  const [input] = config.layers
  if (input === undefined) throw new Error('no layer')
  const own = { batch_input_shape: [null, 4], dtype: 'float32', name: 'own' }
  const inner = {
    class_name: 'Functional',
    name: 'inner',
    config: {
      name: 'inner',
      layers: [
        { class_name: 'InputLayer', name: 'own', config: own, inbound_nodes: [] },
        { ...dense('first', 4, 'own') },
      ],
      input_layers: [['own', 0, 0]],
      output_layers: [['first', 0, 0]],
    },
    inbound_nodes: [[['input', 0, 0, {}]]],
  }
  config.layers = [input, inner, dense('second', 3, 'inner')]
  expect(await linksOf(bundleOf(files))).toEqual({
    input: [],
    'inner/own': ['input'],
    'inner/first': ['inner/own'],
    second: ['inner/first'],
  })
})

/** As Teachable Machine writes it: a Sequential of a Sequential, which holds a model, and of another. */
function sequentials(): LayersFiles {
  const files = smallModel()
  const plain = (name: string, input: number | null) => {
    const { config } = dense(name, name === 'second' ? 3 : 4, '')
    return {
      class_name: 'Dense',
      config: input === null ? config : { ...config, batch_input_shape: [null, input] },
    }
  }
  const model = (name: string, layers: object[]) => ({
    class_name: 'Sequential',
    config: { name, layers },
  })
  const layers = [
    model('features', [model('inner', [plain('first', 4)])]),
    model('head', [plain('second', 4)]),
  ]
  Object.assign(files.json.modelTopology, { model_config: model('outer', layers) })
  return files
}

test('models in a Sequential are joined to each other', async () => {
  expect(await linksOf(bundleOf(sequentials()))).toEqual({
    'features/inner/first': [],
    'head/second': ['features/inner/first'],
  })
})

test('what a graph does not show is gone through', async () => {
  const files = smallGraph()
  files.json.modelTopology.node.push(
    { name: 'again', op: 'Identity', input: ['first'], attr: { T: { type: 'DT_FLOAT' } } },
    { name: 'same', op: 'Identity', input: ['again'], attr: { T: { type: 'DT_FLOAT' } } },
  )
  nodeOf(files, 'depth').input = ['same', 'depth/kernel']
  expect(await linksOf(graphBundle(files))).toEqual({
    first: [],
    depth: ['first'],
    'depth/add': ['depth'],
    norm: ['depth/add'],
    pooled: ['norm'],
    product: ['pooled'],
    scaled: ['product'],
    logits: ['scaled'],
    answer: ['logits'],
  })
})

test('nothing is known of layers that are open for their weights alone', async () => {
  const files = smallModel()
  const [, layer] = files.json.modelTopology.model_config.config.layers
  if (layer !== undefined) layer.class_name = 'Strange'
  const model = await openModel(bundleOf(files), () => Promise.resolve())
  expect([...shownLinks(model.graph).values()].flat()).toEqual([])
})
