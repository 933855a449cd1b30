import * as tf from '@tensorflow/tfjs'
import type { Combining, Unary } from '../../src/graph/operators'

type Plain = Exclude<Unary['function'], 'LeakyRelu' | 'Elu' | 'Selu' | 'Gelu' | 'Clip' | Unwritten>
/** Nothing in a file of TensorFlow is written with them. */
type Unwritten =
  | 'Celu'
  | 'ThresholdedRelu'
  | 'HardSigmoid'
  | 'Affine'
  | 'Softsign'
  | 'Mish'
  | 'HardSwish'
  | 'Swish'

type OfOne = (x: tf.Tensor) => tf.Tensor
type OfTwo = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const plain: { readonly [Name in Plain]: OfOne } = {
  Abs: (x) => tf.abs(x),
  Neg: (x) => tf.neg(x),
  Sign: (x) => tf.sign(x),
  Exp: (x) => tf.exp(x),
  Log: (x) => tf.log(x),
  Sqrt: (x) => tf.sqrt(x),
  Reciprocal: (x) => tf.div(1, x),
  Floor: (x) => tf.floor(x),
  Ceil: (x) => tf.ceil(x),
  Round: (x) => tf.round(x),
  Sin: (x) => tf.sin(x),
  Cos: (x) => tf.cos(x),
  Tan: (x) => tf.tan(x),
  Asin: (x) => tf.asin(x),
  Acos: (x) => tf.acos(x),
  Atan: (x) => tf.atan(x),
  Sinh: (x) => tf.sinh(x),
  Cosh: (x) => tf.cosh(x),
  Asinh: (x) => tf.asinh(x),
  Acosh: (x) => tf.acosh(x),
  Atanh: (x) => tf.atanh(x),
  Relu: (x) => tf.maximum(x, 0),
  Sigmoid: (x) => tf.div(1, tf.add(1, tf.exp(tf.neg(x)))),
  Tanh: (x) => tf.tanh(x),
  Softplus: (x) => tf.log1p(tf.exp(x)),
  Erf: (x) => tf.erf(x),
  Not: (x) => tf.logicalNot(x),
  IsNaN: (x) => tf.isNaN(x),
  IsInf: (x) => tf.isInf(x),
  IsFinite: (x) => tf.isFinite(x),
  Rsqrt: (x) => tf.div(1, tf.sqrt(x)),
  Square: (x) => tf.mul(x, x),
  Expm1: (x) => tf.expm1(x),
  Log1p: (x) => tf.log1p(x),
}

/** As ONNX defines them. */
export function unaryOf(x: tf.Tensor, unary: Unary): tf.Tensor {
  switch (unary.function) {
    case 'LeakyRelu':
      return tf.where(tf.less(x, 0), tf.mul(x, unary.alpha), x)
    case 'Elu':
      return tf.where(tf.less(x, 0), tf.mul(tf.expm1(x), unary.alpha), x)
    case 'Selu':
      return tf.mul(tf.where(tf.less(x, 0), tf.mul(tf.expm1(x), unary.alpha), x), unary.gamma)
    case 'Clip': {
      const above = unary.least === null ? x : tf.maximum(x, unary.least)
      return unary.most === null ? above : tf.minimum(above, unary.most)
    }
    case 'HardSwish':
      return tf.mul(x, tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1))
    case 'Gelu': {
      const inner =
        unary.approximate === 'none'
          ? tf.erf(tf.div(x, Math.SQRT2))
          : tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))))
      return tf.mul(tf.mul(x, 0.5), tf.add(1, inner))
    }
    default: {
      const apply = Reflect.get(plain, unary.function) as OfOne | undefined
      if (apply === undefined) throw new Error(`no ${unary.function}`)
      return apply(x)
    }
  }
}

const pairs: { readonly [Name in Exclude<Combining, 'Mean' | 'Xor'>]: OfTwo } = {
  Add: (a, b) => tf.add(a, b),
  Sub: (a, b) => tf.sub(a, b),
  Mul: (a, b) => tf.mul(a, b),
  Div: (a, b) => tf.div(a, b),
  Pow: (a, b) => tf.pow(a, b),
  Max: (a, b) => tf.maximum(a, b),
  Min: (a, b) => tf.minimum(a, b),
  Mod: (a, b) => tf.sub(a, tf.mul(b, tf.floor(tf.div(a, b)))),
  FloorDiv: (a, b) => tf.cast(tf.floor(tf.div(a, b)), 'int32'),
  Atan2: (a, b) => tf.atan2(a, b),
  SquaredDifference: (a, b) => tf.square(tf.sub(a, b)),
  DivNoNan: (a, b) => tf.where(tf.equal(b, 0), tf.zerosLike(a), tf.div(a, b)),
  And: (a, b) => tf.logicalAnd(a, b),
  Or: (a, b) => tf.logicalOr(a, b),
  Equal: (a, b) => tf.equal(a, b),
  NotEqual: (a, b) => tf.notEqual(a, b),
  Greater: (a, b) => tf.greater(a, b),
  GreaterOrEqual: (a, b) => tf.greaterEqual(a, b),
  Less: (a, b) => tf.less(a, b),
  LessOrEqual: (a, b) => tf.lessEqual(a, b),
}

export function combined(values: readonly tf.Tensor[], name: Combining): tf.Tensor {
  const apply = Reflect.get(pairs, name) as OfTwo | undefined
  if (apply === undefined) throw new Error(`no ${name}`)
  return values.reduce((a, b) => apply(a, b))
}
