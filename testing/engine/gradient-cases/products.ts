import type { OpAttributes } from '../../../src/graph/operators'
import { cellOf } from '../../models/small-graphs'
import type { Answer } from './gradient-case'

const still = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: 'sameUpper',
  layout: 'channelsLast',
} as const
const filters = { spatial: [0, 1], input: 2, output: 3 }

const recurrent: OpAttributes['recurrent'] = {
  cells: [],
  backwards: false,
  masked: false,
  directions: null,
  sequences: true,
  states: false,
  window: null,
}

function cell(kind: 'simple' | 'gru' | 'lstm') {
  return { ...cellOf(kind, 2), gates: { function: 'Sigmoid' } } as const
}

/** Sums of products, and windows. */
export const products: {
  readonly [
    Op in
      | 'conv'
      | 'depthwiseConv'
      | 'transposedConv'
      | 'matMul'
      | 'dot'
      | 'einsum'
      | 'pool'
      | 'resize'
      | 'depthToSpace'
      | 'localResponseNormalization'
      | 'recurrent'
  ]: Answer<Op>
} = {
  conv: [
    {
      attributes: { ...still, kernel: filters, groups: 1 },
      shapes: [[2, 4, 4, 2], [2, 3, 2, 3], [3]],
    },
    {
      attributes: {
        strides: [2, 1],
        dilations: [1, 2],
        padding: { begin: [1, 0], end: [0, 1] },
        layout: 'channelsFirst',
        kernel: { spatial: [2, 3], input: 1, output: 0 },
        groups: 2,
      },
      shapes: [[1, 4, 4, 4], [2, 2, 2, 2], [2]],
    },
    {
      attributes: {
        strides: [1, 1, 1],
        dilations: [2, 1, 1],
        padding: 'sameLower',
        layout: 'channelsLast',
        kernel: { spatial: [0, 1, 2], input: 3, output: 4 },
        groups: 1,
      },
      shapes: [
        [1, 3, 3, 3, 1],
        [2, 2, 2, 1, 2],
      ],
    },
    {
      attributes: {
        strides: [2, 1, 1],
        dilations: [1, 1, 1],
        padding: 'sameUpper',
        layout: 'channelsLast',
        kernel: { spatial: [0, 1, 2], input: 3, output: 4 },
        groups: 1,
      },
      shapes: [[1, 4, 2, 2, 2], [2, 2, 1, 2, 2], [2]],
    },
  ],
  depthwiseConv: [
    {
      attributes: {
        ...still,
        dilations: [2, 2],
        kernel: { spatial: [0, 1], channel: 2, multiplier: 3 },
      },
      shapes: [[1, 4, 4, 2], [2, 2, 2, 2], [4]],
    },
  ],
  transposedConv: [
    {
      attributes: {
        ...still,
        strides: [2, 2],
        padding: { begin: [1, 0], end: [0, 1] },
        kernel: { spatial: [0, 1], output: 2, input: 3 },
        groups: 1,
        outputPadding: [1, 0],
        output: null,
      },
      shapes: [[1, 3, 3, 2], [3, 3, 2, 2], [2]],
    },
    {
      attributes: {
        strides: [2, 1, 1],
        dilations: [1, 1, 1],
        padding: { begin: [0, 0, 0], end: [0, 0, 0] },
        layout: 'channelsLast',
        kernel: { spatial: [0, 1, 2], output: 3, input: 4 },
        groups: 1,
        outputPadding: [0, 0, 0],
        output: null,
      },
      shapes: [
        [1, 2, 2, 2, 1],
        [2, 2, 2, 2, 1],
      ],
    },
  ],
  matMul: [
    { attributes: { transposeA: false, transposeB: false }, shapes: [[2, 3, 4], [4, 2], [2]] },
    {
      attributes: { transposeA: true, transposeB: true },
      shapes: [
        [2, 4, 3],
        [1, 2, 4],
      ],
    },
  ],
  dot: [
    {
      attributes: { axisA: 2, axisB: 2, normalize: true },
      shapes: [
        [2, 3, 4],
        [2, 2, 4],
      ],
      from: 0.5,
    },
  ],
  einsum: [
    {
      attributes: { equation: 'abc,cd->abd' },
      shapes: [
        [2, 3, 2],
        [2, 2],
      ],
    },
    { attributes: { equation: 'aab,bc,c->a' }, shapes: [[2, 2, 3], [3, 2], [2]] },
  ],
  pool: (['Max', 'Average'] as const).flatMap((name) => [
    {
      attributes: {
        ...still,
        function: name,
        window: [2, 2],
        strides: [2, 1],
        countsPadding: false,
        ceil: false,
      },
      shapes: [[1, 4, 4, 2]],
    },
    {
      attributes: {
        ...still,
        function: name,
        window: [2, 3],
        dilations: [2, 1],
        padding: { begin: [1, 0], end: [0, 1] },
        countsPadding: true,
        ceil: true,
      },
      shapes: [[1, 4, 5, 1]],
    },
  ]),
  resize: [
    ...(['nearest', 'linear'] as const).flatMap((mode) =>
      (['alignCorners', 'halfPixel', 'asymmetric'] as const).map((coordinates) => ({
        attributes: { to: { sides: [5, 4] }, mode, coordinates, layout: 'channelsLast' } as const,
        shapes: [[1, 3, 3, 1]],
      })),
    ),
    {
      attributes: {
        to: { factors: [2] },
        mode: 'linear',
        coordinates: 'halfPixel',
        layout: 'channelsLast',
      },
      shapes: [[1, 3, 2]],
    },
  ],
  depthToSpace: [{ attributes: { block: 2, layout: 'channelsFirst' }, shapes: [[1, 8, 2, 2]] }],
  localResponseNormalization: [3, 4].map((size) => ({
    attributes: { axis: -1, size, alpha: 0.5, beta: 0.75, bias: 1 },
    shapes: [[1, 2, 2, 5]],
  })),
  recurrent: [
    ...(['simple', 'gru', 'lstm'] as const).map((kind, at) => ({
      attributes: { ...recurrent, cells: [cell(kind)] },
      shapes: [[2, 3, 2], [2, [2, 6, 8][at] ?? 2], [2, [2, 6, 8][at] ?? 2], [[2, 6, 8][at] ?? 2]],
    })),
    {
      attributes: { ...recurrent, cells: [{ ...cell('gru'), resetsAfter: true }] },
      shapes: [
        [2, 3, 2],
        [2, 6],
        [2, 6],
        [2, 6],
      ],
    },
    {
      attributes: {
        ...recurrent,
        cells: [{ ...cellOf('convLstm', 1), gates: { function: 'Sigmoid' } }],
        window: { ...still, sides: [2, 2], layout: 'channelsFirst' },
      },
      shapes: [[1, 2, 1, 3, 3], [2, 2, 1, 4], [2, 2, 1, 4], [4]],
    },
  ],
}
