import type { OpAttributes, Unary } from '../../../src/graph/operators'
import type { Answer, Case } from './gradient-case'

function unary(attributes: Unary, from = -2, to = 2): Case<'unary'> {
  return { attributes, shapes: [[2, 5]], from, to }
}

/** Functions without settings. */
type Plain = Exclude<
  Unary,
  | { readonly alpha: number }
  | { readonly approximate: string }
  | { readonly least: number | null }
  | { readonly scale: number }
>['function']

const plain = (names: readonly Plain[], from?: number, to?: number) =>
  names.map((name) => unary({ function: name }, from, to))

function combine(name: OpAttributes['combine']['function'], from = -2, to = 2): Case<'combine'> {
  return { attributes: { function: name }, shapes: [[2, 3], [3]], from, to }
}

/** Operators that work number by number, or along axes. */
export const elements: {
  readonly [
    Op in
      | 'batchNormalization'
      | 'layerNormalization'
      | 'reduce'
      | 'unary'
      | 'prelu'
      | 'combine'
      | 'softmax'
      | 'noise'
      | 'cumulative'
      | 'topK'
      | 'argExtreme'
      | 'where'
      | 'cast'
      | 'identity'
  ]: Answer<Op>
} = {
  batchNormalization: (['batch', 'frozen'] as const).flatMap((statistics) =>
    [-1, 1].map((axis) => ({
      attributes: { axis, epsilon: 0.01, momentum: 0.9 },
      shapes: [[4, 3, 3], [3], [3], [3], [3]],
      from: 0.5,
      ...(statistics === 'batch' ? { unread: [3, 4] } : {}),
      pass: { statistics },
    })),
  ),
  layerNormalization: [
    {
      attributes: { axes: [1, 2], epsilon: 0.01 },
      shapes: [
        [2, 3, 2],
        [3, 2],
        [3, 2],
      ],
    },
  ],
  reduce: (['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSumExp'] as const).map((name) => ({
    attributes: { function: name, axes: [1], keepDims: true },
    shapes: [[2, 3, 2]],
  })),
  unary: [
    ...plain([
      'Abs',
      'Neg',
      'Sign',
      'Exp',
      'Floor',
      'Ceil',
      'Round',
      'Sin',
      'Cos',
      'Atan',
      'Sinh',
      'Cosh',
    ]),
    ...plain([
      'Asinh',
      'Relu',
      'Sigmoid',
      'Tanh',
      'Softplus',
      'Softsign',
      'Mish',
      'HardSwish',
      'Swish',
    ]),
    ...plain(['Erf', 'Square', 'Expm1']),
    ...plain(['Log', 'Sqrt', 'Reciprocal', 'Rsqrt', 'Log1p'], 0.5, 2),
    ...plain(['Tan', 'Asin', 'Acos', 'Atanh'], -0.8, 0.8),
    ...plain(['Acosh'], 1.5, 3),
    ...(['LeakyRelu', 'Elu', 'Celu', 'ThresholdedRelu'] as const).map((name) =>
      unary({ function: name, alpha: 0.3 }),
    ),
    unary({ function: 'Elu', alpha: 1 }),
    unary({ function: 'Selu', alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
    unary({ function: 'HardSigmoid', alpha: 0.2, beta: 0.5 }),
    unary({ function: 'Gelu', approximate: 'none' }),
    unary({ function: 'Gelu', approximate: 'tanh' }),
    unary({ function: 'Clip', least: -0.5, most: 1 }),
    unary({ function: 'Affine', scale: 3, offset: -1 }),
  ],
  prelu: [
    { attributes: {}, shapes: [[2, 3, 2], [2]] },
    {
      attributes: {},
      shapes: [
        [2, 3, 2],
        [3, 1],
      ],
    },
  ],
  combine: [
    ...(['Add', 'Sub', 'Mul', 'Max', 'Min', 'Mean', 'SquaredDifference'] as const).map((name) =>
      combine(name),
    ),
    ...(['Div', 'Pow', 'Atan2', 'DivNoNan'] as const).map((name) => combine(name, 0.5, 2)),
  ],
  softmax: [
    { attributes: { axis: 1, log: false }, shapes: [[2, 3, 2]] },
    { attributes: { axis: -1, log: true }, shapes: [[2, 3]] },
  ],
  noise: (['Dropout', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise'] as const).map((kind) => ({
    attributes: { kind, amount: 0.3, shared: [1] },
    shapes: [[2, 3, 4]],
  })),
  cumulative: [
    { attributes: { function: 'Sum', axis: 1, exclusive: true, reverse: true }, shapes: [[2, 3]] },
  ],
  topK: 'TensorFlow.js has none',
  argExtreme: 'gives no real numbers',
  where: [{ attributes: {}, shapes: [[2, 3], [2, 3], [3]], indices: [0] }],
  cast: [{ attributes: { to: 'float32' }, shapes: [[2, 3]] }],
  identity: [{ attributes: {}, shapes: [[2, 3]] }],
}
