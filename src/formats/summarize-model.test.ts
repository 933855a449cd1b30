import { expect, test } from 'vitest'
import { T } from '../../testing/files/graph-attributes'
import { graphBundle } from '../../testing/files/graph-files'
import { GraphWriter } from '../../testing/files/graph-writer'
import { bundleOf, richModel } from '../../testing/files/layers-files'
import { noObstacles } from '../core/model-summary'
import type { Shape } from '../graph/values'
import { openModel } from './importers'
import { summarizeModel } from './summarize-model'

const outputShapes = new Map<string, Shape>([
  ['image', [null, 4, 4, 2]],
  ['words', [null, 5]],
  ['conv', [null, 4, 4, 3]],
  ['bn', [null, 4, 4, 3]],
  ['dw', [null, 4, 4, 3]],
  ['sum', [null, 4, 4, 3]],
  ['gap', [null, 3]],
  ['block/block_input', [null, 3]],
  ['block/inner', [null, 3]],
  ['shared', [null, 3]],
  ['embed', [null, 5, 3]],
  ['both', [null, 4]],
  ['join', [null, 10]],
  ['head', [null, 2]],
])

test('counts weights, bytes as stored and as float32, zeros and work', async () => {
  const model = await openModel(bundleOf(richModel()), () => Promise.resolve())
  const summary = summarizeModel(model, {
    id: 'model-1',
    runtime: 'stock',
    outputShapes,
    inputs: [],
    outputs: [],
    outputNames: null,
    notes: [],
    zippedFloat32Bytes: 1234,
    own: null,
    cutFrom: null,
    obstacles: noObstacles,
    learnt: null,
  })
  const table = Object.fromEntries(
    summary.layers.map((layer) => [
      layer.name,
      [layer.kind, layer.parameters, layer.storedBytes, layer.float32Bytes, layer.macs],
    ]),
  )
  expect(table).toEqual({
    image: ['other', 0, 0, 0, 0],
    words: ['other', 0, 0, 0, 0],
    conv: ['convolution', 57, 54 + 12, 228, 54 * 16],
    bn: ['normalization', 12, 48, 48, 48],
    dw: ['depthwise', 30, 54 + 12, 120, 27 * 16],
    sum: ['other', 0, 0, 0, 0],
    gap: ['other', 0, 0, 0, 0],
    'block/block_input': ['other', 0, 0, 0, 0],
    // Called twice.
    'block/inner': ['dense', 12, 48, 48, 18],
    shared: ['dense', 12, 48, 48, 18],
    embed: ['embedding', 21, 42, 84, 0],
    both: ['recurrent', 96, 384, 384, 5 * 80],
    join: ['other', 0, 0, 0, 0],
    head: ['dense', 22, 88, 88, 20],
  })
  const { totals } = summary
  expect(totals.parameters).toBe(262)
  expect(totals.storedBytes).toBe(262 * 4 - 54 * 3 - 27 * 2 - 21 * 2)
  expect(totals.float32Bytes).toBe(4 * 262)
  expect(totals.macs).toBe(864 + 48 + 432 + 18 + 18 + 400 + 20)
  expect(totals.zeros).toBe(
    model.weights.flatMap((weight) => [...weight.values]).filter((value) => value === 0).length,
  )
  expect(totals.zeros).toBeGreaterThan(5)
  expect(summary.zippedFloat32Bytes).toBe(1234)
  expect(summary.normalizes).toBe(true)
  const compared = ['conv', 'dw', 'sum', 'gap', 'shared', 'embed', 'both', 'join']
  expect(summary.features.map(({ name }) => name)).toEqual(compared)
})

test('work is unknown where a shape is', async () => {
  const files = richModel()
  const [image] = files.json.modelTopology.model_config.config.layers
  if (image !== undefined) image.config['batch_input_shape'] = [null, null, null, 2]
  const model = await openModel(bundleOf(files), () => Promise.resolve())
  const summary = summarizeModel(model, {
    id: 'model-2',
    runtime: 'stock',
    outputShapes,
    inputs: [],
    outputs: [],
    outputNames: null,
    notes: [],
    zippedFloat32Bytes: 0,
    own: null,
    cutFrom: null,
    obstacles: noObstacles,
    learnt: null,
  })
  const macs = new Map(summary.layers.map((layer) => [layer.name, layer.macs]))
  expect(macs.get('conv')).toBeNull()
  expect(macs.get('both')).toBe(5 * 80)
  expect(summary.totals.macs).toBeNull()
})

test('names a few of the layers of which nothing is known, with their classes', async () => {
  const net = new GraphWriter()
  const two = net.weight('two', [], [2])
  ;['a', 'b', 'c', 'd'].reduce(
    (from, name) => net.node('Mod', name, [from, two], { T }),
    net.input('x', [-1, 4]),
  )
  const model = await openModel(graphBundle(net.files()), () => Promise.resolve())
  const { layers, notes } = summarizeModel(model, {
    ...{
      id: 'model-1',
      runtime: 'stock',
      outputShapes,
      inputs: [],
      outputs: [],
      outputNames: null,
      notes: [],
    },
    ...{ zippedFloat32Bytes: 1234, own: null, cutFrom: null, obstacles: noObstacles },
    learnt: null,
  })
  expect(layers.map(({ macs, opaque }) => [macs, opaque])).toEqual(layers.map(() => [null, true]))
  expect(notes).toContainEqual({
    code: 'note/opaque-layers',
    params: { count: 4, names: 'Mod (a); Mod (b); Mod (c)' },
  })
})
