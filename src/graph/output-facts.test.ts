import { describe, expect, it } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import type { ModelGraph } from './graph'
import type { GraphNode } from './operators'
import { outputFacts } from './output-facts'
import type { OutputFacts } from './output-facts'
import type { Shape } from './values'

const softmax = node('softmax', { axis: 1, log: false }, ['x'], ['a'])
const sigmoid = node('unary', { function: 'Sigmoid' }, ['x'], ['a'])
const relu = node('unary', { function: 'Relu' }, ['x'], ['a'])
const product = node(
  'matMul',
  { transposeA: false, transposeB: false },
  ['x', 'kernel', null],
  ['a'],
)

const scores: OutputFacts = { kind: 'scores', gathered: false }

function netOf(nodes: readonly GraphNode[], shape: Shape = [null, 12]): ModelGraph {
  return graphOf({ inputs: { x: shape }, parameters: { kernel: [12, 12] }, nodes })
}

function factsOf(nodes: readonly GraphNode[], shape?: Shape): OutputFacts | undefined {
  return outputFacts(netOf(nodes, shape))[0]
}

const toSides = (...to: number[]) => node('reshape', { to }, ['a'], ['b'])

describe('numbers of an output are', () => {
  it.each<[string, readonly GraphNode[], OutputFacts['kind']]>([
    ['probabilities of a softmax', [softmax], 'probabilities'],
    ['scores of its logarithm', [node('softmax', { axis: 1, log: true }, ['x'])], 'scores'],
    ['between 0 and 1 of a sigmoid', [sigmoid], 'sigmoid'],
    ['scores of a product', [product], 'scores'],
    ['scores where nothing makes them', [node('identity', {}, ['x'])], 'scores'],
    [
      'those of a softmax that is handed on',
      [
        softmax,
        node('identity', {}, ['a'], ['b']),
        node('cast', { to: 'float32' }, ['b'], ['c']),
        node('noise', { kind: 'Dropout', amount: 0.5, shared: [] }, ['c'], ['d']),
        node('unsqueeze', { axes: [1] }, ['d'], ['e']),
        node('squeeze', { axes: [1] }, ['e'], ['f']),
      ],
      'probabilities',
    ],
    ['scores of one that is rounded', [softmax, node('cast', { to: 'int32' }, ['a'])], 'scores'],
    ['a softmax with a side of one', [softmax, toSides(0, 1, 12)], 'probabilities'],
    ['scores of a softmax that was cut in rows', [softmax, toSides(0, 4, 3)], 'scores'],
    ['a sigmoid in rows', [sigmoid, toSides(0, 4, 3)], 'sigmoid'],
  ])('%s', (_, nodes, kind) => {
    expect(factsOf(nodes)?.kind).toBe(kind)
  })

  it('told for each output, of the one that it is', () => {
    const net = netOf([
      node('split', { axis: 1, sizes: null, squeeze: false }, ['x'], ['first', 'second']),
      node('softmax', { axis: 1, log: false }, ['first'], ['chances']),
    ])
    expect(outputFacts({ ...net, outputs: ['second', 'chances'] })).toEqual([
      scores,
      { kind: 'probabilities', gathered: false },
    ])
  })
})

describe('what nobody trained to be a choice', () => {
  const channels: Shape = [null, 4, 4, 3]
  it.each<[string, readonly GraphNode[], Shape | undefined, boolean]>([
    ['is cut at zero', [relu], undefined, true],
    [
      'is cut at zero and at six',
      [node('unary', { function: 'Clip', least: 0, most: 6 }, ['x'])],
      undefined,
      true,
    ],
    [
      'is not what is cut elsewhere',
      [node('unary', { function: 'Clip', least: -1, most: 1 }, ['x'])],
      undefined,
      false,
    ],
    ...(['Mean', 'Max', 'Sum'] as const).map(
      (name): [string, readonly GraphNode[], Shape, boolean] => [
        `over places: ${name}`,
        [node('reduce', { function: name, axes: [1, 2], keepDims: false }, ['x'])],
        channels,
        name !== 'Sum',
      ],
    ),
    [
      'is of one length',
      [
        node('reduce', { function: 'Sum', axes: [1], keepDims: true }, ['x'], ['sum']),
        node('unary', { function: 'Rsqrt' }, ['sum'], ['root']),
        node('combine', { function: 'Mul' }, ['x', 'root']),
      ],
      undefined,
      true,
    ],
    [
      'is normalized',
      [node('layerNormalization', { axes: [-1], epsilon: 1e-3 }, ['x'])],
      undefined,
      true,
    ],
    [
      'stands in one row of several places',
      [node('identity', {}, ['x'], ['a']), toSides(0, -1)],
      channels,
      true,
    ],
    [
      'is not what has one place only',
      [node('identity', {}, ['x'], ['a']), toSides(0, -1)],
      [null, 1, 1, 3],
      false,
    ],
    ['is not a product', [product], undefined, false],
  ])('%s', (_, nodes, shape, gathered) => {
    expect(factsOf(nodes, shape)).toEqual({ kind: 'scores', gathered })
  })
})
