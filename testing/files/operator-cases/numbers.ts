import { T, whole } from '../graph-attributes'
import { one, only, picture } from './operator-case'
import type { Attributes, OperatorCase } from './operator-case'

const unary = (names: string, least = -2, most = 2): OperatorCase[] =>
  names.split(' ').map((op) => ({ op, attr: { T }, least, most, nodes: ['unary'] }))

const pairs = (names: string, least = -2, most = 2): OperatorCase[] =>
  names.split(' ').map((op) => ({
    op,
    attr: { T },
    least,
    most,
    constants: [{ sides: [4], told: [0.5, 1, 1.5, 2] }],
    nodes: ['combine'],
  }))

const reduced = (names: string, attr: Attributes): OperatorCase[] =>
  names
    .split(' ')
    .map((op) => ({ op, attr, constants: [[1, -1]], sides: picture, nodes: ['reduce'] }))

/** Number by number, and along whole axes. */
export const numberCases: readonly OperatorCase[] = [
  ...unary('Abs Atan Asinh Ceil Cos Elu Erf Exp Expm1 Floor IsFinite IsInf IsNan Neg Relu Relu6'),
  ...unary('Round Selu Sigmoid Sign Sin Sinh Cosh Softplus Square Tan Tanh', -7, 7),
  ...unary('Log Log1p Reciprocal Rsqrt Sqrt', 0.1, 3),
  ...unary('Acos Asin Atanh', -0.9, 0.9),
  ...unary('Acosh', 1.1, 4),
  { op: 'LeakyRelu', attr: { T, alpha: { f: 0.3 } }, nodes: ['unary'] },
  { op: 'LeakyRelu', name: 'LeakyRelu without alpha', nodes: ['unary'] },
  { op: 'ClipByValue', constants: [one(-0.5), one(1)], nodes: ['unary'] },
  { op: 'Prelu', constants: [{ sides: [4] }], nodes: ['prelu'] },
  ...pairs('Add AddV2 Atan2 BiasAdd Div DivNoNan FloorMod Maximum Minimum Mul RealDiv Sub'),
  ...pairs('SquaredDifference Greater GreaterEqual Less LessEqual Equal NotEqual FloorDiv'),
  ...pairs('Pow', 0.2, 2),
  { op: 'AddN', constants: [{ sides: [3, 4] }, { sides: [3, 4] }], nodes: ['combine'] },
  { op: 'Cast', attr: { DstT: { type: 'DT_INT32' } }, nodes: ['cast'] },
  { op: 'LogicalNot', type: 'DT_BOOL', least: 0, nodes: ['unary'] },
  ...reduced('Max Mean Min Prod Sum EuclideanNorm', { T, keep_dims: { b: false } }),
  ...reduced('Sum', { T, keep_dims: { b: true } }),
  ...['ArgMax', 'ArgMin'].map((op): OperatorCase => ({
    op,
    constants: [only(1)],
    nodes: ['argExtreme'],
  })),
  {
    op: 'Cumsum',
    attr: { exclusive: { b: true }, reverse: { b: true } },
    constants: [only(1)],
    nodes: ['cumulative'],
  },
  { op: 'Cumprod', constants: [only(1)], nodes: ['cumulative'] },
  { op: 'Softmax', nodes: ['softmax'] },
  { op: 'LogSoftmax', nodes: ['softmax'] },
  { op: 'TopKV2', attr: { sorted: { b: true } }, constants: [only(2)], nodes: ['topK'] },
  {
    op: 'OneHot',
    type: 'DT_INT32',
    constants: [only(5), one(3), one(-1)],
    attr: { axis: whole(-1) },
    least: 0,
    most: 5,
    sides: [4],
    nodes: ['oneHot'],
  },
]
