import { expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { featureLayers } from './feature-layers'
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
