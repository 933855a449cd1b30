import type { OpAttributes, Unary } from '../../../src/graph/operators'
import type { Answer, Case } from './gradient-case'

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] {
  return Object.keys(table) as Key[]
}

function unary(attributes: Unary, from = -2, to = 2): Case<'unary'> {
  return { attributes, shapes: [[2, 5]], from, to }
}

/** Functions without settings. The gradient of a straight round is another one than its slope, which is none. */
type Plain = Exclude<
  Unary,
  | { readonly alpha: number }
  | { readonly approximate: string }
  | { readonly least: number | null }
  | { readonly scale: number }
  | { readonly bits: number }
  | { readonly to: string }
>['function']

/** What they are given, beside from -2 to 2. */
const elsewhere: Partial<Record<Plain, readonly [number, number]>> = {
  ...{ Log: [0.5, 2], Sqrt: [0.5, 2], Reciprocal: [0.5, 2], Rsqrt: [0.5, 2], Log1p: [0.5, 2] },
  ...{ Tan: [-0.8, 0.8], Asin: [-0.8, 0.8], Acos: [-0.8, 0.8], Atanh: [-0.8, 0.8] },
  Acosh: [1.5, 3],
}

/** A function that is new has a line here, or does not compile. */
const plain: { readonly [Name in Plain]: true } = {
  ...{ Abs: true, Neg: true, Sign: true, Exp: true, Log: true, Sqrt: true, Reciprocal: true },
  ...{ Floor: true, Ceil: true, Round: true, Sin: true, Cos: true, Tan: true, Asin: true },
  ...{ Acos: true, Atan: true, Sinh: true, Cosh: true, Asinh: true, Acosh: true, Atanh: true },
  ...{ Relu: true, Sigmoid: true, Tanh: true, Softplus: true, Softsign: true, Mish: true },
  ...{ HardSwish: true, Swish: true, Erf: true, Not: true, IsNaN: true, IsInf: true },
  ...{ IsFinite: true, Rsqrt: true, Square: true, Expm1: true, Log1p: true },
}

type Combining = OpAttributes['combine']['function']

/** Above what is nothing, or around it. */
const combined: { readonly [Name in Combining]: readonly [number, number] } = {
  ...{ Add: [-2, 2], Sub: [-2, 2], Mul: [-2, 2], Max: [-2, 2], Min: [-2, 2], Mean: [-2, 2] },
  ...{ SquaredDifference: [-2, 2], Div: [0.5, 2], Pow: [0.5, 2], Atan2: [0.5, 2] },
  ...{ DivNoNan: [0.5, 2], Mod: [0.55, 3.1], FloorDiv: [0.55, 3.1], Equal: [-2, 2] },
  ...{ NotEqual: [-2, 2], Greater: [-2, 2], GreaterOrEqual: [-2, 2], Less: [-2, 2] },
  ...{ TruncDiv: [0.55, 3.1], Rem: [0.55, 3.1] },
  ...{ LessOrEqual: [-2, 2], And: [-2, 2], Or: [-2, 2], Xor: [-2, 2] },
}

/** They read truths. */
const ofTruths: ReadonlySet<string> = new Set<Combining | Plain>(['And', 'Or', 'Xor', 'Not'])

function combine(name: Combining): Case<'combine'> {
  const [from, to] = combined[name]
  return {
    attributes: { function: name },
    shapes: [[2, 3], [3]],
    from,
    to,
    truths: ofTruths.has(name),
  }
}

const reducing: { readonly [Name in OpAttributes['reduce']['function']]: true } = {
  ...{ Sum: true, Mean: true, Max: true, Min: true, Prod: true, L1: true, L2: true },
  ...{ LogSumExp: true, All: true, Any: true },
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
  reduce: keysOf(reducing).flatMap((name) => [
    { attributes: { function: name, axes: [1], keepDims: true }, shapes: [[2, 3, 2]] },
    { attributes: { function: name, axes: null, keepDims: false }, shapes: [[2, 3]] },
  ]),
  unary: [
    ...keysOf(plain).map((name) => ({
      ...unary({ function: name }, ...(elsewhere[name] ?? [])),
      truths: ofTruths.has(name),
    })),
    ...(['LeakyRelu', 'Elu', 'Celu', 'ThresholdedRelu'] as const).map((name) =>
      unary({ function: name, alpha: 0.3 }),
    ),
    unary({ function: 'Elu', alpha: 1 }),
    unary({ function: 'Selu', alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
    unary({ function: 'HardSigmoid', alpha: 0.2, beta: 0.5 }),
    unary({ function: 'Gelu', approximate: 'none' }),
    unary({ function: 'Gelu', approximate: 'tanh' }),
    unary({ function: 'Clip', least: -0.5, most: 1 }),
    unary({ function: 'Clip', least: null, most: 1 }),
    unary({ function: 'Clip', least: -0.5, most: null }),
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
  combine: keysOf(combined).map(combine),
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
    ...[true, false].map((exclusive) => ({
      attributes: { function: 'Prod', axis: 1, exclusive, reverse: !exclusive } as const,
      shapes: [[2, 3]],
    })),
  ],
  topK: [{ attributes: { count: 2, sorted: true }, shapes: [[2, 2, 4]], outputs: 2 }],
  argExtreme: [{ attributes: { function: 'ArgMax', axis: 1, keepDims: true }, shapes: [[2, 3]] }],
  where: [{ attributes: {}, shapes: [[2, 3], [2, 3], [3]], indices: [0] }],
  cast: (['float32', 'int32', 'bool'] as const).map((to) => ({
    attributes: { to },
    shapes: [[2, 3]],
  })),
  identity: [{ attributes: {}, shapes: [[2, 3]] }],
}
