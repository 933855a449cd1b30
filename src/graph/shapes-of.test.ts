import { expect, test } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import type { GraphNode, OpAttributes } from './operators'
import { shapesOf } from './shapes-of'
import type { Shape } from './values'

const pool: OpAttributes['pool'] = {
  function: 'Max',
  window: [2],
  strides: [2],
  dilations: [1],
  padding: { begin: [0], end: [0] },
  layout: 'channelsLast',
  countsPadding: false,
  ceil: false,
}

function only(inputs: Readonly<Record<string, Shape>>, made: GraphNode): Shape | undefined {
  return shapesOf(graphOf({ inputs, nodes: [made] })).get('y')
}

// By hand, after https://onnx.ai/onnx/operators/onnx__MaxPool.html; stock TensorFlow.js has no such pooling.
test.each<[string, Partial<typeof pool>, number, number]>([
  ['leaves out what reaches over the end', {}, 5, 2],
  ['counts it where it is asked to', { ceil: true }, 5, 3],
  ['counts no more where all fits', { ceil: true }, 4, 2],
  [
    'counts no window that begins in the zeros',
    { ceil: true, padding: { begin: [0], end: [1] } },
    4,
    2,
  ],
  [
    'counts one that begins in the zeros before',
    { ceil: true, padding: { begin: [1], end: [1] } },
    4,
    3,
  ],
])('pooling %s', (_, changes, side, expected) => {
  const made = node('pool', { ...pool, ...changes }, ['x'])
  expect(only({ x: [null, side, 3] }, made)).toEqual([null, expected, 3])
})

test('a transposed convolution takes the sides that it is asked for, and filters of each group', () => {
  const attributes: OpAttributes['transposedConv'] = {
    strides: [2],
    dilations: [1],
    padding: 'sameUpper',
    layout: 'channelsFirst',
    kernel: { spatial: [2], input: 0, output: 1 },
    groups: 2,
    outputPadding: [0],
    output: null,
  }
  const parts = { inputs: { x: [null, 4, 5] }, parameters: { kernel: [4, 3, 2] } }
  const sides = (made: GraphNode, sizes: number[]) =>
    shapesOf(graphOf({ ...parts, constants: { sizes }, nodes: [made] })).get('y')
  expect(sides(node('transposedConv', attributes, ['x', 'kernel']), [])).toEqual([null, 6, 10])
  const asked = node('transposedConv', { ...attributes, output: [9] }, ['x', 'kernel'])
  expect(sides(asked, [])).toEqual([null, 6, 9])
  const read = node('transposedConv', attributes, ['x', 'kernel', null, 'sizes'])
  expect(sides(read, [1, 6, 9])).toEqual([null, 6, 9])
})

test('sides that open inputs share stay known, also through what a graph computes', () => {
  const graph = graphOf({
    inputs: { image: [null, null, null, 3], words: [null, 7] },
    constants: { first: [0], second: [1], rest: [-1] },
    nodes: [
      node('shape', {}, ['image'], ['sides']),
      node('gather', { axis: 0 }, ['sides', 'first'], ['samples']),
      node('gather', { axis: 0 }, ['sides', 'second'], ['height']),
      node('concat', { axis: 0 }, ['samples', 'height', 'rest'], ['rows']),
      node('reshape', { to: null }, ['image', 'rows'], ['lines']),
      // Of each sample a row of one more, whatever their number.
      node('reshape', { to: [-1, 7] }, ['words'], ['again']),
      node('combine', { function: 'Add' }, ['again', 'words'], ['both']),
      node('concat', { axis: 0 }, ['words', 'again'], ['twice']),
    ],
  })
  const shapes = shapesOf(graph)
  expect(shapes.get('lines')).toEqual([null, null, null])
  expect(shapes.get('both')).toEqual([null, 7])
  const closed = shapesOf(
    graph,
    new Map([
      ['image', [2, 4, 6, 3]],
      ['words', [2, 7]],
    ]),
  )
  expect(closed.get('lines')).toEqual([2, 4, 18])
  expect(closed.get('twice')).toEqual([4, 7])
})

test('what is given counts more than what is found, also behind what is not known', () => {
  const graph = graphOf({
    inputs: { x: [null, 8], y: null },
    nodes: [
      node('opaque', { config: {}, outputs: 1 }, ['x'], ['strange']),
      node('unary', { function: 'Relu' }, ['strange'], ['after']),
      node('unary', { function: 'Relu' }, ['y'], ['unknown']),
    ],
  })
  expect([...shapesOf(graph).keys()]).toEqual(['x'])
  const given = new Map<string, Shape>([
    ['strange', [null, 5]],
    ['y', [null]],
  ])
  expect(shapesOf(graph, given).get('after')).toEqual([null, 5])
  expect(shapesOf(graph, given).get('unknown')).toEqual([null])
})

const broken: readonly [string, Readonly<Record<string, Shape>>, GraphNode][] = [
  [
    'sides that do not stretch',
    { a: [2, 3], b: [2, 4] },
    node('combine', { function: 'Add' }, ['a', 'b']),
  ],
  ['a window larger than all', { x: [null, 1, 3] }, node('pool', pool, ['x'])],
  ['a step of nothing', { x: [null, 5, 3] }, node('pool', { ...pool, strides: [0] }, ['x'])],
  ['too few strides', { x: [null, 5, 3] }, node('pool', { ...pool, strides: [] }, ['x'])],
  ['an axis that is not there', { x: [null, 5] }, node('concat', { axis: 2 }, ['x', 'x'])],
  [
    'parts that do not come out',
    { x: [null, 5] },
    node('split', { axis: 1, sizes: null, squeeze: false }, ['x'], ['y', 'z']),
  ],
  ['other elements than there are', { x: [2, 5] }, node('reshape', { to: [3, 3] }, ['x'])],
  ['a rest that does not come out', { x: [2, 5] }, node('reshape', { to: [-1, 3] }, ['x'])],
  ['two rests', { x: [2, 5] }, node('reshape', { to: [-1, -1] }, ['x'])],
  ['an axis twice', { x: [2, 5] }, node('transpose', { perm: [0, 0] }, ['x'])],
  [
    'a negative side',
    { x: [2, 5] },
    node('pad', { begin: [0, -9], end: [0, 0], mode: 'constant', value: 0 }, ['x']),
  ],
  [
    'matrices that do not fit',
    { a: [2, 5], b: [4, 3] },
    node('matMul', { transposeA: false, transposeB: false }, ['a', 'b']),
  ],
  ['letters without sides', { x: [2, 5] }, node('einsum', { equation: 'ab->abc' }, ['x'])],
  [
    'a value that nobody makes',
    { x: [2, 5] },
    node('combine', { function: 'Add' }, ['x', 'nobody']),
  ],
  ['a side too many', { x: Array<number>(17).fill(1) }, node('identity', {}, ['x'])],
  ['sides of a million', { x: [2] }, node('tile', { repeats: [2 ** 53] }, ['x'])],
  ['squeezing what may be one', { x: [null, 5] }, node('squeeze', { axes: null }, ['x'])],
  ['squeezing what is more', { x: [null, 5] }, node('squeeze', { axes: [1] }, ['x'])],
]

test.each(broken)('%s has no shape', (_, inputs, made) => {
  expect(only(inputs, made)).toBeUndefined()
})
