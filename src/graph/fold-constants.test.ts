import { expect, test } from 'vitest'
import { graphOf, node } from '../../testing/models/small-graphs'
import { foldConstants } from './fold-constants'
import type { GraphNode, OpAttributes } from './operators'
import { shapesOf } from './shapes-of'
import type { Constant } from './values'

const constants = { zero: [0], one: [1], two: [2], rest: [-1], first: scalar(0) }

function scalar(value: number, dtype: Constant['dtype'] = 'int32'): Constant {
  return { shape: [], dtype, values: [value] }
}

function slice(start: number, end: number | null, squeezed = false): OpAttributes['slice'] {
  return {
    axes: [0],
    starts: [start],
    ends: [end],
    steps: [1],
    squeezed: squeezed ? [0] : [],
  }
}

const sidesOf = (name: string, made: string) => node('shape', {}, [name], [made])

test('flattening as TensorFlow writes it down becomes one node', () => {
  const graph = graphOf({
    inputs: { x: [null, 7, 7, 64] },
    constants,
    nodes: [
      node('unary', { function: 'Relu' }, ['x'], ['picture']),
      sidesOf('picture', 'sides'),
      node('slice', slice(0, 1, true), ['sides'], ['samples']),
      node('slice', slice(1, null), ['sides'], ['others']),
      node('reduce', { function: 'Prod', axes: [0], keepDims: false }, ['others'], ['elements']),
      node('stack', { axis: 0 }, ['samples', 'elements'], ['sizes']),
      node('reshape', { to: null }, ['picture', 'sizes']),
    ],
  })
  const folded = foldConstants(graph)
  expect(folded.nodes).toEqual([
    node('unary', { function: 'Relu' }, ['x'], ['picture']),
    node('reshape', { to: [0, 3136] }, ['picture']),
  ])
  expect([...folded.constants.keys()]).toEqual([...graph.constants.keys()])
  expect(folded.layers.map(({ name, nodes, outputs }) => [name, nodes, outputs])).toEqual([
    ['picture', ['picture'], ['picture']],
    ...['sides', 'samples', 'others'].map((name) => [name, [], []]),
    ...['elements', 'sizes'].map((name) => [name, [], []]),
    ['y', ['y'], ['y']],
  ])
})

test.each<[string, GraphNode[], OpAttributes['reshape']['to']]>([
  [
    'the batch of another input, since all have the same',
    [
      sidesOf('other', 'sides'),
      node('gather', { axis: 0 }, ['sides', 'zero'], ['samples']),
      node('concat', { axis: 0 }, ['samples', 'rest'], ['sizes']),
    ],
    [0, -1],
  ],
  [
    'samples and time as one axis',
    [
      sidesOf('x', 'sides'),
      node('split', { axis: 0, sizes: null, squeeze: true }, ['sides'], ['b', 't', 'c']),
      node('combine', { function: 'Mul' }, ['b', 't'], ['rows']),
      node('stack', { axis: 0 }, ['rows', 'c'], ['sizes']),
    ],
    [-1, 8],
  ],
  [
    'half of what is fixed, by way of fractions',
    [
      sidesOf('x', 'sides'),
      node('cast', { to: 'float32' }, ['sides'], ['fractions']),
      node('unary', { function: 'Affine', scale: 0.5, offset: 0 }, ['fractions'], ['halves']),
      node('cast', { to: 'int32' }, ['halves'], ['wholes']),
      node('slice', slice(2, null), ['wholes'], ['half']),
      node('slice', slice(0, 2), ['sides'], ['begin']),
      node('concat', { axis: 0 }, ['begin', 'half', 'rest'], ['sizes']),
    ],
    [0, 0, 4, -1],
  ],
  [
    'all but one that nobody knows',
    [
      node('opaque', { config: {}, outputs: 1 }, ['x'], ['strange']),
      node('cast', { to: 'int32' }, ['strange'], ['number']),
      node('concat', { axis: 0 }, ['two', 'number'], ['sizes']),
    ],
    null,
  ],
  [
    'two that are left over',
    [
      sidesOf('x', 'sides'),
      node('gather', { axis: 0 }, ['sides', 'one'], ['time']),
      node('concat', { axis: 0 }, ['time', 'two', 'rest'], ['sizes']),
    ],
    null,
  ],
])('reshape: %s', (_, nodes, to) => {
  const graph = graphOf({
    inputs: { x: [null, null, 8], other: [null, 3] },
    constants,
    nodes: [...nodes, node('reshape', { to: null }, ['x', 'sizes'])],
  })
  const folded = foldConstants(graph)
  const expected = to === null ? graph.nodes : [node('reshape', { to }, ['x'])]
  expect(folded.nodes).toEqual(expected)
  expect(shapesOf(folded).get('y')).toEqual(shapesOf(graph).get('y'))
})

/** Nodes that make a list of sides of x and numbers, and no more nodes than that. */
function listOf(...parts: readonly string[]): GraphNode[] {
  const all = [
    sidesOf('x', 'sides'),
    node('gather', { axis: 0 }, ['sides', 'zero'], ['samples']),
    node('gather', { axis: 0 }, ['sides', 'one'], ['height']),
    node('gather', { axis: 0 }, ['sides', 'two'], ['width']),
    node('combine', { function: 'Mul' }, ['height', 'two'], ['high']),
    node('combine', { function: 'Mul' }, ['width', 'two'], ['wide']),
  ]
  const needed = new Set<string | null>(parts)
  const kept = all.toReversed().filter(({ id, inputs }) => {
    if (needed.has(id)) for (const name of inputs) needed.add(name)
    return needed.has(id)
  })
  return [...kept.toReversed(), node('concat', { axis: 0 }, parts, ['sizes'])]
}

const resize: OpAttributes['resize'] = {
  to: null,
  mode: 'linear',
  coordinates: 'halfPixel',
  layout: 'channelsLast',
}
const transposed: OpAttributes['transposedConv'] = {
  strides: [2, 2],
  dilations: [1, 1],
  padding: 'sameUpper',
  layout: 'channelsLast',
  kernel: { spatial: [0, 1], input: 3, output: 2 },
  groups: 1,
  outputPadding: [0, 0],
  output: null,
}
const asked = ['x', 'kernel', null, 'sizes']

test.each<[string, readonly string[], GraphNode, readonly (number | null)[], GraphNode | null]>([
  [
    'resizing to twice the sides, which are open',
    ['high', 'wide'],
    node('resize', resize, ['x', 'sizes']),
    [null, null, 3],
    node('resize', { ...resize, to: { factors: [2, 2] } }, ['x']),
  ],
  [
    'resizing to twice the sides, which are fixed',
    ['high', 'wide'],
    node('resize', resize, ['x', 'sizes']),
    [5, 6, 3],
    node('resize', { ...resize, to: { sides: [10, 12] } }, ['x']),
  ],
  [
    'resizing to other sides',
    ['wide', 'high'],
    node('resize', resize, ['x', 'sizes']),
    [null, null, 3],
    null,
  ],
  [
    'a transposed convolution to the sides that it gives anyway',
    ['samples', 'high', 'wide', 'two'],
    node('transposedConv', transposed, asked),
    [null, null, 3],
    node('transposedConv', transposed, ['x', 'kernel']),
  ],
  [
    'a transposed convolution to other sides',
    ['samples', 'height', 'wide', 'two'],
    node('transposedConv', transposed, asked),
    [5, 6, 3],
    node('transposedConv', { ...transposed, output: [5, 12] }, ['x', 'kernel']),
  ],
  [
    'stretching what has the batch',
    ['samples', 'height', 'width', 'three'],
    node('expand', { to: null }, ['x', 'sizes']),
    [1, 6, 3],
    node('expand', { to: [1, 1, 6, 3] }, ['x']),
  ],
  [
    'stretching what has no batch',
    ['samples', 'two'],
    node('expand', { to: null }, ['token', 'sizes']),
    [1, 6, 3],
    node('expand', { to: [0, 2] }, ['token', null, 'x']),
  ],
  [
    'filling for each sample',
    ['samples', 'three'],
    node('fill', { to: null }, ['sizes', 'half']),
    [1, 6, 3],
    node('fill', { to: [0, 3] }, [null, 'half', 'x']),
  ],
  [
    'filling always the same',
    ['two', 'three'],
    node('fill', { to: null }, ['sizes', 'half']),
    [1, 6, 3],
    node('fill', { to: [2, 3] }, [null, 'half']),
  ],
])('%s', (_, parts, last, sides, expected) => {
  const graph = graphOf({
    inputs: { x: [null, ...sides] },
    parameters: { kernel: [3, 3, 2, 3], token: [1, 2] },
    constants: { ...constants, three: [3], half: scalar(0.5, 'float32') },
    nodes: [...listOf(...parts), last],
  })
  const folded = foldConstants(graph)
  if (expected === null) expect(folded.nodes.at(-1)).toEqual(last)
  else expect(folded.nodes).toEqual([expected])
  expect(shapesOf(folded).get('y')).toEqual(shapesOf(graph).get('y'))
  expect(shapesOf(folded).has('y')).toBe(true)
})

test('whole numbers become constants; fractions, outputs and what nobody reads stay', () => {
  const graph = graphOf({
    inputs: { x: [null, 6] },
    constants: { ...constants, half: scalar(0.5, 'float32') },
    nodes: [
      sidesOf('x', 'sides'),
      node('slice', slice(1, null), ['sides'], ['six']),
      node('cast', { to: 'float32' }, ['six'], ['fraction']),
      node('combine', { function: 'Mul' }, ['fraction', 'half'], ['three']),
      node('gather', { axis: 0 }, ['table', 'six'], ['row']),
      node('combine', { function: 'Add' }, ['one', 'one'], ['sum']),
      node('unary', { function: 'Relu' }, ['x'], ['unread']),
      node('combine', { function: 'Mul' }, ['row', 'three']),
    ],
    parameters: { table: [9, 4] },
    outputs: ['y', 'sum'],
  })
  const folded = foldConstants(graph)
  expect(folded.nodes.map(({ id }) => id)).toEqual([
    'fraction',
    'three',
    'row',
    'sum',
    'unread',
    'y',
  ])
  expect(folded.constants.get('six')).toEqual({ shape: [1], dtype: 'int32', values: [6] })
  expect(folded.constants.get('half')).toEqual(graph.constants.get('half'))
})

test('a long table is no arithmetic of shapes', () => {
  const graph = graphOf({
    inputs: { x: [null, 6] },
    constants: { start: scalar(0), limit: scalar(2 ** 30), step: scalar(1), two: [2] },
    nodes: [
      node('range', {}, ['start', 'limit', 'step'], ['table']),
      node('combine', { function: 'Mul' }, ['table', 'two'], ['y']),
    ],
  })
  expect(shapesOf(graph).get('y')).toEqual([2 ** 30])
  expect(foldConstants(graph).nodes).toHaveLength(2)
})

test('many lists together are bounded too', () => {
  const values = Array.from({ length: 1024 }, (_, at) => at)
  const twice = Array.from({ length: 1100 }, (_, at) =>
    node('combine', { function: 'Add' }, [at === 0 ? 'list' : `v${at - 1}`, 'zero'], [`v${at}`]),
  )
  const graph = graphOf({
    constants: { list: values, zero: [0] },
    nodes: [...twice, node('cast', { to: 'float32' }, ['v1099'])],
  })
  const { nodes } = foldConstants(graph)
  expect(nodes.length).toBeGreaterThan(900)
  expect(nodes.length).toBeLessThan(1100)
})
