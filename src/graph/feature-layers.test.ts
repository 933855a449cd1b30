import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { featureLayers } from './feature-layers'
import type { OpAttributes } from './operators'
import type { Shape } from './values'

const product = { transposeA: false, transposeB: false }
const graph = graphOf({
  inputs: { x: [null, 8, 4] },
  parameters: { kernel: [4, 4] },
  nodes: [
    node('matMul', product, ['x', 'kernel', null], ['dense']),
    node(
      'batchNormalization',
      { axis: 2, epsilon: 0.001, momentum: 0.99 },
      ['dense', null, null, 'mean', 'variance'],
      ['normal'],
    ),
    node('noise', { kind: 'GaussianNoise', amount: 1, shared: [] }, ['normal'], ['noise']),
    node('unary', { function: 'Relu' }, ['noise'], ['relu']),
    node('opaque', { config: {}, outputs: 1 }, ['relu'], ['unknown']),
    node('reduce', { function: 'Max', axes: [1], keepDims: false }, ['unknown'], ['out']),
  ],
})
const sides: Shape = [null, 8, 4]
const shapes = new Map<string, Shape>([
  ...['x', 'dense', 'normal', 'noise', 'relu', 'unknown'].map((name) => [name, sides] as const),
  ['out', [null, 4]],
])
const names = (given = graph, told: ReadonlyMap<string, Shape> = shapes) =>
  featureLayers(given, told).map(({ name }) => name)

it('are those that say something of their own, what the model returns apart', () => {
  expect(names()).toEqual(['dense', 'relu', 'unknown'])
  expect(featureLayers(graph, shapes)[0]?.shape).toEqual(sides)
})

it('are not those of a nested model, nor those that leave channels or all sides open', () => {
  const layers = graph.layers.map((layer) => ({ ...layer, nested: layer.name === 'dense' }))
  expect(names({ ...graph, layers })).toEqual(['relu', 'unknown'])
  const open = new Map(shapes).set('relu', [null, 8, null]).set('unknown', [null])
  expect(names(graph, open)).toEqual(['dense'])
  expect(names(graph, new Map())).toEqual([])
})

it('are not those that make probabilities, which nothing computes in training, also where others hand them on', () => {
  const ended = graphOf({
    inputs: { x: [null, 4] },
    parameters: { kernel: [4, 4] },
    nodes: [
      node('matMul', product, ['x', 'kernel', null], ['dense']),
      node('unary', { function: 'Relu' }, ['dense'], ['relu']),
      node('softmax', { axis: -1, log: false }, ['relu'], ['chances']),
      node('identity', {}, ['chances'], ['out']),
    ],
  })
  const told = new Map(['dense', 'relu', 'chances', 'out'].map((name) => [name, [null, 4]]))
  expect(names(ended, told)).toEqual(['dense', 'relu'])
  expect(names({ ...ended, outputs: ['out', 'chances'] }, told)).toEqual(['dense', 'relu'])
})

it('have their channels last, also where the model has them first, and are none where nobody can tell', () => {
  const conv: OpAttributes['conv'] = {
    strides: [1, 1],
    dilations: [1, 1],
    padding: 'sameUpper',
    layout: 'channelsFirst',
    kernel: { spatial: [0, 1], input: 2, output: 3 },
    groups: 1,
  }
  const first = graphOf({
    inputs: { x: [null, 2, 6, 5] },
    parameters: { kernel: [3, 3, 2, 4] },
    nodes: [
      node('conv', conv, ['x', 'kernel', null], ['conv']),
      node('reduce', { function: 'Mean', axes: [3], keepDims: false }, ['conv'], ['rows']),
      node('reduce', { function: 'Mean', axes: [2], keepDims: false }, ['rows'], ['out']),
    ],
  })
  const told = new Map<string, Shape>([
    ['conv', [null, 4, 6, 5]],
    ['rows', [null, 4, 6]],
    ['out', [null, 4]],
  ])
  expect(featureLayers(first, told)).toEqual([{ name: 'conv', shape: [null, 6, 5, 4] }])
})
