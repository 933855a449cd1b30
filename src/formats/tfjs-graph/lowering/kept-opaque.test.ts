import { expect, test } from 'vitest'
import { numbers, T, text, whole } from '../../../../testing/files/graph-attributes'
import type { Plain } from '../../../../testing/files/graph-attributes'
import { graphBundle } from '../../../../testing/files/graph-files'
import { GraphWriter } from '../../../../testing/files/graph-writer'
import { openModel } from '../../importers'

type Attributes = { [key: string]: Plain }

const NCHW = { data_format: text('NCHW') }
const pooled = {
  T,
  ksize: numbers([1, 2, 2, 1]),
  strides: numbers([1, 1, 1, 1]),
  padding: text('VALID'),
}
const norm = [[2], [2], [2], [2]]

/** An operator that tfjs runs, its attributes, and the weights that it reads behind its input. */
const kept: readonly (readonly [string, string, Attributes, number[][]])[] = [
  ['a bias of channels first', 'BiasAdd', { T, ...NCHW }, [[2]]],
  [
    'a normalization that learns',
    'FusedBatchNormV3',
    { epsilon: { f: 1 }, is_training: { b: true } },
    norm,
  ],
  ['one that does not say that it does not', 'FusedBatchNormV3', { epsilon: { f: 1 } }, norm],
  [
    'one of channels first',
    'FusedBatchNormV3',
    { epsilon: { f: 1 }, is_training: { b: false }, ...NCHW },
    norm,
  ],
  [
    'one whose epsilon both libraries guess',
    'FusedBatchNormV3',
    { is_training: { b: false } },
    norm,
  ],
  ['a pool of channels first', 'MaxPool', { ...pooled, ...NCHW }, []],
  [
    'a pool with paddings of its own',
    'MaxPool',
    { ...pooled, padding: text('EXPLICIT'), explicit_paddings: numbers([0, 0, 1, 1, 1, 1, 0, 0]) },
    [],
  ],
  ['eight bits', 'Cast', { DstT: { type: 'DT_UINT8' } }, []],
  ['whole numbers that are divided', 'Div', { T: { type: 'DT_INT32' } }, [[2]]],
  ['a remainder', 'Mod', { T }, [[2]]],
  [
    'letters that tfjs takes for others',
    'Einsum',
    { N: whole(2), equation: text('aBbc,cd->aBbd') },
    [[2, 3]],
  ],
  ['dots for axes', 'Einsum', { N: whole(2), equation: text('...c,cd->...d') }, [[2, 3]]],
]

test.each(kept)('%s stays as it is', async (_, op, attr, weights) => {
  const net = new GraphWriter()
  const read = weights.map((sides, index) => net.weight(`w${index}`, sides))
  net.node(op, 'y', [net.input('x', [-1, 4, 4, 2]), ...read], attr)
  const { graph, obstacles } = await openModel(graphBundle(net.files()), () => Promise.resolve())
  expect(obstacles.run).toBeNull()
  expect(graph.nodes.map((node) => [node.op, node.attributes])).toEqual([
    ['opaque', { config: attr, outputs: 1 }],
  ])
})
