import { expect, test } from 'vitest'
import { cellOf, graphOf, node } from '../../testing/models/small-graphs'
import { macsOf } from './macs-of'
import type { GraphNode, OpAttributes } from './operators'
import type { Shape } from './values'

const sliding = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: { begin: [0, 0], end: [0, 0] },
  layout: 'channelsLast',
} as const
const filters = { spatial: [0, 1], input: 2, output: 3 }
const conv = { ...sliding, groups: 1, kernel: filters }
const matrix = { transposeA: false, transposeB: false }

const recurrent: OpAttributes['recurrent'] = {
  cells: [],
  masked: false,
  directions: null,
  sequences: false,
  states: false,
  window: null,
  backwards: false,
}

interface Case {
  readonly inputs: Readonly<Record<string, Shape>>
  readonly parameters?: Readonly<Record<string, readonly number[]>>
  readonly node: GraphNode
}

function macs({ inputs, parameters = {}, node: only }: Case): number | null | undefined {
  return macsOf(graphOf({ inputs, parameters, nodes: [only] })).get('y')
}

test.each<[string, Case, number | null]>([
  // LeNet-5 by hand: 20 filters of 5x5x1 at 24x24 places, 50 of 5x5x20 at 8x8.
  [
    'a convolution',
    {
      inputs: { x: [null, 28, 28, 1] },
      parameters: { kernel: [5, 5, 1, 20] },
      node: node('conv', conv, ['x', 'kernel']),
    },
    288_000,
  ],
  [
    'a second one',
    {
      inputs: { x: [null, 12, 12, 20] },
      parameters: { kernel: [5, 5, 20, 50] },
      node: node('conv', conv, ['x', 'kernel']),
    },
    1_600_000,
  ],
  [
    'channels first',
    {
      inputs: { x: [null, 20, 12, 12] },
      parameters: { kernel: [5, 5, 20, 50] },
      node: node('conv', { ...conv, layout: 'channelsFirst' }, ['x', 'kernel']),
    },
    1_600_000,
  ],
  [
    'two groups do half of it',
    {
      inputs: { x: [null, 12, 12, 20] },
      parameters: { kernel: [5, 5, 10, 50] },
      node: node('conv', { ...conv, groups: 2 }, ['x', 'kernel']),
    },
    800_000,
  ],
  [
    'a convolution over time',
    {
      inputs: { x: [null, 7, 12, 12, 20] },
      parameters: { kernel: [5, 5, 20, 50] },
      node: node('conv', conv, ['x', 'kernel']),
    },
    7 * 1_600_000,
  ],
  [
    'a depthwise one',
    {
      inputs: { x: [null, 14, 14, 32] },
      parameters: { kernel: [3, 3, 32, 1] },
      node: node(
        'depthwiseConv',
        {
          ...sliding,
          padding: 'sameUpper',
          kernel: { spatial: [0, 1], channel: 2, multiplier: 3 },
        },
        ['x', 'kernel'],
      ),
    },
    56_448,
  ],
  [
    'a transposed one',
    {
      inputs: { x: [null, 7, 7, 8] },
      parameters: { kernel: [2, 2, 4, 8] },
      node: node(
        'transposedConv',
        {
          ...sliding,
          strides: [2, 2],
          kernel: { spatial: [0, 1], input: 3, output: 2 },
          groups: 1,
          outputPadding: [0, 0],
          output: null,
        },
        ['x', 'kernel'],
      ),
    },
    49 * 128,
  ],
  [
    'a dense layer over time',
    {
      inputs: { x: [null, 7, 800] },
      parameters: { kernel: [800, 500] },
      node: node('matMul', matrix, ['x', 'kernel']),
    },
    2_800_000,
  ],
  [
    'two activations: heads, queries and keys',
    {
      inputs: { q: [null, 4, 10, 16], k: [null, 4, 12, 16] },
      node: node('matMul', { ...matrix, transposeB: true }, ['q', 'k']),
    },
    4 * 10 * 12 * 16,
  ],
  [
    'the same in letters',
    {
      inputs: { q: [null, 10, 4, 16], k: [null, 12, 4, 16] },
      node: node('einsum', { equation: 'bqhd,bkhd->bhqk' }, ['q', 'k']),
    },
    4 * 10 * 12 * 16,
  ],
  [
    'letters of one value alone',
    { inputs: { x: [null, 10, 4] }, node: node('einsum', { equation: 'abc->ac' }, ['x']) },
    0,
  ],
  [
    'a dot product',
    {
      inputs: { a: [null, 4, 6], b: [null, 6, 5] },
      node: node('dot', { axisA: 2, axisB: 1, normalize: false }, ['a', 'b']),
    },
    120,
  ],
  [
    'an LSTM',
    {
      inputs: { x: [null, 5, 3] },
      node: node('recurrent', { ...recurrent, cells: [cellOf('lstm', 2)] }, ['x']),
    },
    200,
  ],
  [
    'two stacked ones in both directions',
    {
      inputs: { x: [null, 5, 3] },
      node: node(
        'recurrent',
        { ...recurrent, cells: [cellOf('lstm', 2), cellOf('lstm', 3)], directions: 'sum' },
        ['x'],
      ),
    },
    2 * 5 * 4 * ((3 + 2) * 2 + (2 + 3) * 3),
  ],
  [
    'a recurrent convolution',
    {
      inputs: { x: [null, 5, 8, 8, 1] },
      node: node(
        'recurrent',
        {
          ...recurrent,
          cells: [cellOf('convLstm', 2)],
          window: { ...sliding, sides: [3, 3] },
        },
        ['x'],
      ),
    },
    5 * 36 * 216,
  ],
  [
    'a normalisation',
    {
      inputs: { x: [null, 4, 4, 3] },
      node: node('layerNormalization', { axes: [-1], epsilon: 0.1 }, ['x']),
    },
    48,
  ],
  ['what only moves', { inputs: { x: [null, null] }, node: node('identity', {}, ['x']) }, 0],
  [
    'an open picture',
    {
      inputs: { x: [null, null, null, 1] },
      parameters: { kernel: [5, 5, 1, 20] },
      node: node('conv', conv, ['x', 'kernel']),
    },
    null,
  ],
  [
    'an open sequence',
    {
      inputs: { x: [null, null, 3] },
      node: node('recurrent', { ...recurrent, cells: [cellOf('lstm', 2)] }, ['x']),
    },
    null,
  ],
  [
    'what is not known',
    { inputs: { x: [null, 3] }, node: node('opaque', { config: {}, outputs: 1 }, ['x']) },
    null,
  ],
  [
    'units that are none',
    {
      inputs: { x: [null, 5, 3] },
      node: node('recurrent', { ...recurrent, cells: [cellOf('lstm', NaN)] }, ['x']),
    },
    null,
  ],
])('%s', (_, given, expected) => {
  expect(macs(given)).toBe(expected)
})

test('counts one sample where samples and time are one axis, and where a graph takes several at once', () => {
  const graph = (samples: number | null) =>
    graphOf({
      inputs: { x: [samples, 7, 8] },
      parameters: { kernel: [8, 5] },
      nodes: [
        node('reshape', { to: [-1, 8] }, ['x'], ['rows']),
        node('matMul', matrix, ['rows', 'kernel']),
      ],
    })
  expect(macsOf(graph(null)).get('y')).toBe(7 * 8 * 5)
  expect(macsOf(graph(4)).get('y')).toBe(7 * 8 * 5)
})

test('adds all calls and all nodes of a layer, and knows nothing of one that has a call it does not know', () => {
  const nodes = [
    node('matMul', matrix, ['x', 'kernel'], ['a'], 'shared'),
    node('unary', { function: 'Relu' }, ['a'], ['b'], 'shared'),
    node('matMul', matrix, ['b', 'kernel'], ['c'], 'shared'),
    node('matMul', matrix, ['c', 'kernel'], ['d'], 'half'),
    node('matMul', matrix, ['strange', 'kernel'], ['e'], 'half'),
  ]
  const found = macsOf(graphOf({ inputs: { x: [null, 3] }, parameters: { kernel: [3, 3] }, nodes }))
  expect([...found]).toEqual([
    ['shared', 18],
    ['half', null],
  ])
})
