import { expect, test } from 'vitest'
import { graphBundle, nodeOf, smallGraph } from '../../../../testing/files/graph-files'
import type { GraphFiles } from '../../../../testing/files/graph-files'
import type { OpenedModel } from '../../format'
import { openModel } from '../../importers'

function opened(files: GraphFiles): Promise<OpenedModel> {
  return openModel(graphBundle(files), () => Promise.resolve())
}

test('a small graph, node by node', async () => {
  const { graph } = await opened(smallGraph())
  expect(graph.inputs).toEqual([{ value: 'image', shape: [null, 8, 8, 3], dtype: 'float32' }])
  expect(graph.outputs).toEqual(['answer'])
  expect(
    graph.nodes.map(({ id, inputs, layer, op, outputs }) => [id, op, layer, inputs, outputs]),
  ).toEqual([
    ['first/conv', 'conv', 'first', ['image', 'first/kernel', 'first/bias'], ['first/conv']],
    ['first', 'unary', 'first', ['first/conv'], ['first']],
    ['depth', 'depthwiseConv', 'depth', ['first', 'depth/kernel'], ['depth']],
    ['depth/add', 'combine', 'depth/add', ['depth', 'depth/bias'], ['depth/add']],
    [
      'norm',
      'batchNormalization',
      'norm',
      ['depth/add', 'norm/gamma', 'norm/beta', 'norm/mean', 'norm/variance'],
      ['norm'],
    ],
    ['pooled', 'reduce', 'pooled', ['norm'], ['pooled']],
    ['product', 'matMul', 'product', ['pooled', 'dense/kernel'], ['product']],
    ['scaled', 'combine', 'scaled', ['product', 'temperature'], ['scaled']],
    ['logits', 'combine', 'logits', ['scaled', 'dense/bias'], ['logits']],
    ['answer', 'softmax', 'answer', ['logits'], ['answer']],
  ])
  const attributes = new Map<string, object>(graph.nodes.map((node) => [node.id, node.attributes]))
  expect(attributes.get('first/conv')).toEqual({
    strides: [2, 2],
    dilations: [1, 1],
    padding: 'sameUpper',
    layout: 'channelsLast',
    kernel: { spatial: [0, 1], input: 2, output: 3 },
    groups: 1,
  })
  expect(attributes.get('depth')).toMatchObject({ padding: { begin: [0, 0], end: [0, 0] } })
  expect(attributes.get('norm')).toMatchObject({ axis: -1, epsilon: 0.001 })
  expect(attributes.get('pooled')).toEqual({ function: 'Mean', axes: [1, 2], keepDims: false })
  expect(attributes.get('product')).toEqual({ transposeA: false, transposeB: true })
  expect([...graph.constants.keys()]).toEqual(['temperature', 'axes'])
  expect(graph.constants.get('axes')).toEqual({ shape: [2], dtype: 'int32', values: [1, 2] })
  expect([...graph.parameters.keys()]).not.toContain('axes')
  expect(graph.parameters.get('first/kernel')).toMatchObject({ role: 'kernel', layerName: 'first' })
})

test('a row is what it is on the page, and its nodes are those that carry it out', async () => {
  const { graph, layers } = await opened(smallGraph())
  expect(
    graph.layers.map(({ className, kind, name, parameters }) => [
      name,
      className,
      kind,
      parameters,
    ]),
  ).toEqual(layers.map((layer) => [layer.name, layer.className, layer.kind, layer.weightNames]))
  const first = graph.layers.find(({ name }) => name === 'first')
  expect(first).toMatchObject({ nodes: ['first/conv', 'first'], outputs: ['first'] })
})

test('loops leave no order, and no nodes', async () => {
  const files = smallGraph()
  nodeOf(files, 'scaled').op = 'Merge'
  const { graph } = await opened(files)
  expect(graph.nodes).toEqual([])
  expect(graph.outputs).toEqual([])
  expect(graph.layers.find(({ name }) => name === 'first')?.parameters).toHaveLength(2)
})

test('an operator that tfjs does not have stays as it is, among those that it has', async () => {
  const files = smallGraph()
  nodeOf(files, 'norm').op = 'GroupNormalize'
  const { graph } = await opened(files)
  const norm = graph.nodes.find(({ id }) => id === 'norm')
  expect(norm).toMatchObject({
    op: 'opaque',
    attributes: { config: nodeOf(files, 'norm').attr, outputs: 1 },
    outputs: ['norm'],
  })
  expect(graph.nodes.filter(({ op }) => op === 'opaque')).toHaveLength(1)
})
