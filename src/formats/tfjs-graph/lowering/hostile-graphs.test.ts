import { describe, expect, it, test } from 'vitest'
import {
  mobileGraph,
  segmentGraph,
  transformerGraph,
} from '../../../../testing/files/converted-graphs'
import { numbers, T, text, texts, whole } from '../../../../testing/files/graph-attributes'
import type { Plain } from '../../../../testing/files/graph-attributes'
import { graphBundle, smallGraph } from '../../../../testing/files/graph-files'
import type { GraphFiles } from '../../../../testing/files/graph-files'
import { GraphWriter } from '../../../../testing/files/graph-writer'
import { mutateModel } from '../../../../testing/files/mutate-model'
import { graphFaults } from '../../../../testing/models/graph-faults'
import { StudioError } from '../../../core/errors'
import { createRandom } from '../../../core/random'
import type { ModelGraph } from '../../../graph/graph'
import { openModel } from '../../importers'

async function graphOf(files: GraphFiles): Promise<ModelGraph> {
  return (await openModel(graphBundle(files), () => Promise.resolve())).graph
}

test.each([
  ['small', smallGraph],
  ['mobile', mobileGraph],
  ['transformer', transformerGraph],
  ['segment', segmentGraph],
])('a graph is whole or refused, however a file is damaged: %s', async (_, build) => {
  const random = createRandom(21)
  const next = () => random.uniform()
  expect(graphFaults(await graphOf(build()))).toEqual([])
  const counts = { opaque: 0, refused: 0, lowered: 0 }
  for (let round = 0; round < 300; round++) {
    const files = build()
    const done = [mutateModel(files, next)]
    while (next() < 0.5) done.push(mutateModel(files, next))
    try {
      const graph = await graphOf(files)
      expect(graphFaults(graph), done.join('; ')).toEqual([])
      counts[graph.nodes.some(({ op }) => op === 'opaque') ? 'opaque' : 'lowered']++
    } catch (error) {
      if (!(error instanceof StudioError)) throw error
      counts.refused++
    }
  }
  expect(counts.opaque).toBeGreaterThan(5)
  expect(counts.refused).toBeGreaterThan(50)
})

type Attributes = { [key: string]: Plain }

const SLIDING = {
  T,
  strides: numbers([1, 2, 2, 1]),
  padding: text('SAME'),
  data_format: text('NHWC'),
  dilations: numbers([1, 1, 1, 1]),
}

async function conv(attr: Attributes, op = 'Conv2D', ...more: number[][]): Promise<string[]> {
  const net = new GraphWriter()
  const weights = [[3, 3, 2, 2], ...more].map((sides, index) => net.weight(`w${index}`, sides))
  net.node(op, 'y', [net.input('x', [-1, 4, 4, 2]), ...weights], { ...SLIDING, ...attr })
  return (await graphOf(net.files())).nodes.map((node) => node.op)
}

describe('a convolution that is not exactly one of the graph stays as it is', () => {
  it.each<[string, Attributes]>([
    ['no strides', { strides: null }],
    ['strides of three', { strides: numbers([1, 2, 2]) }],
    ['strides that are one number', { strides: whole(2) }],
    ['strides over samples', { strides: numbers([2, 2, 2, 1]) }],
    ['strides of zero', { strides: numbers([1, 0, 2, 1]) }],
    ['strides that are broken', { strides: { list: { i: ['1', '2.5', '2', '1'] } } }],
    ['strides that are no list', { strides: { list: { i: { length: 4 } } } }],
    ['huge strides', { strides: { list: { i: ['1', '99999999999999999999', '2', '1'] } } }],
    ['padding that nobody knows', { padding: text('FULL') }],
    ['padding that is no base64', { padding: { s: '****' } }],
    ['padding that is a number', { padding: { s: 7 } }],
    [
      'paddings of samples',
      { padding: text('EXPLICIT'), explicit_paddings: numbers([1, 0, 0, 0, 0, 0, 0, 0]) },
    ],
    [
      'negative paddings',
      { padding: text('EXPLICIT'), explicit_paddings: numbers([0, 0, -1, 0, 0, 0, 0, 0]) },
    ],
    ['no paddings', { padding: text('EXPLICIT') }],
    ['layouts of other libraries', { data_format: text('NCHW_VECT_C') }],
    [
      'strides that tfjs reads at other axes',
      { data_format: text('NCHW'), strides: numbers([1, 1, 2, 2]) },
    ],
  ])('%s', async (_, attr) => {
    expect(await conv(attr)).toEqual(['opaque'])
  })

  it('and with inputs that it does not have', async () => {
    expect(await conv({}, 'Conv2D', [2])).toEqual(['opaque'])
  })

  it('while one with channels first is one of the graph', async () => {
    const attr = { data_format: text('NCHW'), strides: numbers([1, 1, 1, 1]) }
    expect(await conv(attr)).toEqual(['conv'])
  })

  it('and padding may be written as codes of characters', async () => {
    expect(await conv({ padding: { s: [86, 65, 76, 73, 68] } })).toEqual(['conv'])
  })
})

describe('what is fused', () => {
  const fused = (ops: string[], args: number, ...more: number[][]): Promise<string[]> =>
    conv(
      { fused_ops: texts(ops), num_args: whole(args), epsilon: { f: 0.01 } },
      '_FusedConv2D',
      ...more,
    )

  it.each<[string[], number, number[][], string[]]>([
    [[], 0, [], ['conv']],
    [['BiasAdd', '_FusedHardSwish'], 1, [[2]], ['conv', 'unary']],
    [['FusedBatchNorm'], 4, [[2], [2], [2], [2]], ['conv', 'batchNormalization']],
    [['FusedBatchNorm', 'Relu'], 4, [[2], [2], [2], [2]], ['conv', 'batchNormalization', 'unary']],
    [['BiasAdd', 'Add', 'Relu'], 2, [[2], [2]], ['opaque']],
    [['Relu'], 0, [], ['opaque']],
    [['BiasAdd', 'Gone'], 1, [[2]], ['opaque']],
    [['BiasAdd', 'Prelu'], 1, [[2]], ['opaque']],
    [['BiasAdd'], 2, [[2]], ['opaque']],
    [['BiasAdd'], 1, [[]], ['conv', 'combine']],
    [['BiasAdd'], 1, [[1, 2]], ['opaque']],
    [['BiasAdd'], 1, [[2], [2]], ['opaque']],
  ])('%j with %i more', async (ops, args, weights, nodes) => {
    expect(await fused(ops, args, ...weights)).toEqual(nodes)
  })
})

describe('a file that asks for very much', () => {
  it('of values that nothing gives', async () => {
    const net = new GraphWriter()
    net.node('Where', 'found', [net.input('x', [-1])])
    net.node('Relu', 'y', ['found:99999999999'])
    const graph = await graphOf(net.files())
    expect(graphFaults(graph)).toEqual([])
    expect(graph.nodes.map(({ op, inputs, outputs }) => [op, inputs, outputs])).toEqual([
      ['opaque', ['x'], ['found']],
      ['opaque', [null], ['y']],
    ])
  })

  it.each([
    [1, 100_000],
    [70, 4000],
  ])('of parts, %i times %i', async (times, parts) => {
    const net = new GraphWriter()
    const x = net.input('x', [-1, 4])
    for (let index = 0; index < times; index++)
      net.node('Unpack', `parts${index}`, [x], { axis: whole(1), num: whole(parts) })
    const graph = await graphOf(net.files())
    const given = graph.nodes.reduce((sum, { outputs }) => sum + outputs.length, 0)
    expect(given).toBeLessThan(250_000)
    expect(graph.nodes.at(-1)?.op).toBe('opaque')
  })

  it('with names that a graph would give itself', async () => {
    const net = new GraphWriter()
    const x = net.input('x', [-1, 4])
    net.node('Unpack', 'a', [x], { axis: whole(1), num: whole(4) })
    for (const name of ['a:1', 'a:2', 'size/shape']) net.node('Relu', name, ['a:1'])
    net.node('Size', 'size', [x])
    const graph = await graphOf(net.files())
    expect(graphFaults(graph)).toEqual([])
    const relu = graph.nodes.filter(({ op }) => op === 'unary')
    expect(relu.map(({ inputs }) => inputs)).toEqual([['a:1_2'], ['a:1_2'], ['a:1_2']])
  })
})
