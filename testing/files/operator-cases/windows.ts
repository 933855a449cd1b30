import { numbers, T, text, texts, whole } from '../graph-attributes'
import { picture, SLIDING } from './operator-case'
import type { Attributes, OperatorCase } from './operator-case'

const kernel = { sides: [3, 3, 3, 4] }

function fusedConv(ops: readonly string[], more: Attributes = {}): Attributes {
  const args = ops.includes('Prelu') ? 2 : 1
  return { ...SLIDING, fused_ops: texts(ops), num_args: whole(args), epsilon: { f: 0 }, ...more }
}

/** Windows that move over pictures, and products of matrices. */
export const windowCases: readonly OperatorCase[] = [
  { op: 'Conv2D', attr: SLIDING, constants: [kernel], sides: picture, nodes: ['conv'] },
  {
    op: 'Conv2D',
    name: 'Conv2D with paddings of its own, dilated',
    attr: {
      ...SLIDING,
      strides: numbers([1, 1, 1, 1]),
      dilations: numbers([1, 2, 1, 1]),
      padding: text('EXPLICIT'),
      explicit_paddings: numbers([0, 0, 1, 2, 0, 3, 0, 0]),
    },
    constants: [kernel],
    sides: picture,
    nodes: ['conv'],
  },
  {
    op: 'Conv3D',
    attr: {
      T,
      data_format: text('NDHWC'),
      strides: numbers([1, 1, 2, 1, 1]),
      padding: text('VALID'),
      dilations: numbers([1, 1, 1, 1, 1]),
    },
    constants: [{ sides: [2, 2, 2, 3, 2] }],
    sides: [2, 4, 5, 4, 3],
    nodes: ['conv'],
  },
  {
    op: 'Conv1D',
    attr: { stride: whole(2), padding: text('SAME'), data_format: text('NWC'), dilation: whole(1) },
    constants: [{ sides: [3, 4, 2] }],
    sides: [2, 7, 4],
    nodes: ['conv'],
  },
  ...[
    ['BiasAdd'],
    ['BiasAdd', 'Relu'],
    ['BiasAdd', 'Relu6'],
    ['BiasAdd', 'Elu'],
    ['BiasAdd', 'Sigmoid'],
  ].map((ops): OperatorCase => ({
    op: '_FusedConv2D',
    name: `_FusedConv2D ${ops.join(' ')}`,
    attr: fusedConv(ops),
    constants: [kernel, { sides: [4] }],
    sides: picture,
    nodes: ops.length === 1 ? ['conv'] : ['conv', 'unary'],
  })),
  {
    op: '_FusedConv2D',
    name: '_FusedConv2D LeakyRelu',
    attr: fusedConv(['BiasAdd', 'LeakyRelu'], { leakyrelu_alpha: { f: 0.35 } }),
    constants: [kernel, { sides: [4] }],
    sides: picture,
    nodes: ['conv', 'unary'],
  },
  {
    op: '_FusedConv2D',
    name: '_FusedConv2D Prelu',
    attr: fusedConv(['BiasAdd', 'Prelu']),
    constants: [kernel, { sides: [4] }, { sides: [1, 1, 4] }],
    sides: picture,
    nodes: ['conv', 'prelu'],
  },
  ...['DepthwiseConv2d', 'DepthwiseConv2dNative'].map((op): OperatorCase => ({
    op,
    attr: SLIDING,
    constants: [{ sides: [3, 3, 3, 2] }],
    sides: picture,
    nodes: ['depthwiseConv'],
  })),
  {
    op: 'FusedDepthwiseConv2dNative',
    attr: fusedConv(['BiasAdd', 'Relu6']),
    constants: [{ sides: [3, 3, 3, 2] }, { sides: [6] }],
    sides: picture,
    nodes: ['depthwiseConv', 'unary'],
  },
  {
    op: 'Conv2DBackpropInput',
    attr: SLIDING,
    constants: [[2, 18, 17, 4], { sides: [3, 3, 4, 3] }],
    at: 2,
    sides: picture,
    nodes: ['transposedConv'],
  },
  {
    op: 'MatMul',
    attr: { T, transpose_b: { b: true } },
    constants: [{ sides: [5, 4] }],
    nodes: ['matMul'],
  },
  {
    op: 'BatchMatMulV2',
    attr: { T, adj_y: { b: true } },
    constants: [{ sides: [2, 5, 4] }],
    sides: [2, 3, 4],
    nodes: ['matMul'],
  },
  {
    op: 'BatchMatMul',
    attr: { T },
    constants: [{ sides: [2, 4, 5] }],
    sides: [2, 3, 4],
    nodes: ['matMul'],
  },
  {
    op: '_FusedMatMul',
    attr: {
      T,
      transpose_b: { b: true },
      fused_ops: texts(['BiasAdd', 'Relu']),
      num_args: whole(1),
    },
    constants: [{ sides: [5, 4] }, { sides: [5] }],
    nodes: ['matMul', 'unary'],
  },
  {
    op: 'Einsum',
    attr: { T, N: whole(2), equation: text('BAC,CD->BAD') },
    constants: [{ sides: [4, 5] }],
    sides: [2, 3, 4],
    nodes: ['einsum'],
  },
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map((op): OperatorCase => ({
    op,
    attr: { T, epsilon: { f: 0.01 }, is_training: { b: false } },
    constants: [{ sides: [3] }, { sides: [3] }, { sides: [3] }, { sides: [3], told: [0.5, 1, 2] }],
    sides: picture,
    nodes: ['batchNormalization'],
  })),
  ...['AvgPool', 'MaxPool'].flatMap((op): OperatorCase[] =>
    ['SAME', 'VALID'].map((padding) => ({
      op,
      name: `${op} ${padding}`,
      attr: {
        T,
        ksize: numbers([1, 3, 2, 1]),
        strides: numbers([1, 2, 2, 1]),
        padding: text(padding),
      },
      sides: picture,
      nodes: ['pool'],
    })),
  ),
  ...['AvgPool3D', 'MaxPool3D'].map((op): OperatorCase => ({
    op,
    attr: {
      T,
      ksize: numbers([1, 2, 3, 2, 1]),
      strides: numbers([1, 2, 2, 1, 1]),
      padding: text('SAME'),
    },
    sides: [2, 5, 5, 4, 2],
    nodes: ['pool'],
  })),
  ...['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op): OperatorCase[] =>
    [{}, { align_corners: { b: true } }, { half_pixel_centers: { b: true } }].map((attr) => ({
      op,
      name: `${op} ${JSON.stringify(attr)}`,
      attr,
      constants: [[13, 7]],
      sides: picture,
      nodes: ['resize'],
    })),
  ),
  {
    op: 'DepthToSpace',
    attr: { block_size: whole(2), data_format: text('NHWC') },
    sides: [2, 3, 3, 8],
    nodes: ['depthToSpace'],
  },
  {
    op: 'LRN',
    attr: { depth_radius: whole(1), alpha: { f: 0.3 }, beta: { f: 0.75 }, bias: { f: 2 } },
    sides: [2, 3, 3, 8],
    nodes: ['localResponseNormalization'],
  },
]
