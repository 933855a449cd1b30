import * as tf from '@tensorflow/tfjs'
import type { CellFunction, Unary } from '../../../graph/operators'
import { passedBetween } from '../../wasm-kernels/clip-gradient'
import { withGradients } from './with-gradients'

type FunctionName = Unary['function']
type Settings<Name extends FunctionName> = Extract<Unary, { function: Name }>

/** Of Klambauer et al. 2017; the constants that the kernel of tfjs knows. */
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }

function elu(x: tf.Tensor, alpha: number): tf.Tensor {
  if (alpha === 1) return tf.elu(x)
  return tf.add(tf.maximum(x, 0), tf.mul(tf.expm1(tf.minimum(x, 0)), alpha))
}

function gelu(x: tf.Tensor, tanh: boolean): tf.Tensor {
  const cube = (): tf.Tensor => tf.mul(tf.mul(x, x), x)
  const bent = tanh
    ? tf.tanh(tf.mul(tf.add(x, tf.mul(cube(), 0.044715)), Math.sqrt(2 / Math.PI)))
    : tf.erf(tf.div(x, Math.SQRT2))
  return tf.mul(x, tf.mul(tf.add(bent, 1), 0.5))
}

function clip(x: tf.Tensor, { least, most }: Settings<'Clip'>): tf.Tensor {
  // Of whole numbers the kernel of WebAssembly forgets the upper bound.
  if (least !== null && most !== null && x.dtype === 'int32')
    return tf.minimum(tf.maximum(x, whole(least)), whole(most))
  if (least !== null && most !== null) return clippedBetween(x, least, most)
  if (least !== null) return tf.maximum(x, least)
  return most === null ? x : tf.minimum(x, most)
}

/** Keeps what it says, which its reader keeps too; the gradient passes where that is neither of both. */
export function clippedBetween(x: tf.Tensor, least: number, most: number): tf.Tensor {
  return withGradients({
    inputs: [x],
    value: () => tf.clipByValue(x, least, most),
    keeps: (y) => [y],
    gradients: (dy, [y = x]) => [() => passedBetween(dy, y, [least, most])],
  })
}

function whole(value: number): tf.Tensor {
  return tf.scalar(value, 'int32')
}

/** Kernels for whole numbers, where those of WebAssembly go through real numbers of 24 bits. */
function wholly(real: (x: tf.Tensor) => tf.Tensor, exact: (x: tf.Tensor) => tf.Tensor) {
  return (x: tf.Tensor): tf.Tensor => (x.dtype === 'int32' ? exact(x) : real(x))
}

/** What is left of a whole number in so many bits; two's complement where signed. */
function wrapped(x: tf.Tensor, { bits, signed }: Settings<'Wrap'>): tf.Tensor {
  const half = signed ? 2 ** (bits - 1) : 0
  return tf.sub(tf.mod(tf.add(x, whole(half)), whole(2 ** bits)), whole(half))
}

/** From here on a number of 16 bits is infinite; the least power of two that it has in full. */
const HALF = { infinite: 65520, least: 2 ** -14 }

/**
 * To 11 digits: adds a number so large that the others fall off, and takes it away again. The power of two below x is
 * found as Rump does (ufp): of a number times phi all but its first digit is lost.
 */
function half(x: tf.Tensor): tf.Tensor {
  const spread = tf.mul(x, 2 ** 23 + 1)
  const power = tf.maximum(tf.abs(tf.sub(spread, tf.mul(spread, 1 - 2 ** -24))), HALF.least)
  const large = tf.mul(power, 1.5 * 2 ** 13)
  const near = tf.sub(tf.add(x, large), large)
  return tf.where(tf.greaterEqual(tf.abs(x), HALF.infinite), tf.mul(x, Infinity), near)
}

/** A gradient goes through as if nothing had been rounded. */
function rounded(x: tf.Tensor, nearest: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return tf.customGrad((given) => ({
    value: nearest(given as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => dy,
  }))(x)
}

/** Every function of one number, as ONNX defines it. */
const functions: {
  readonly [Name in FunctionName]: (x: tf.Tensor, settings: Settings<Name>) => tf.Tensor
} = {
  Abs: wholly(tf.abs, (x) => tf.maximum(x, tf.sub(whole(0), x))),
  Neg: wholly(tf.neg, (x) => tf.sub(whole(0), x)),
  Sign: (x) => tf.sign(x),
  Exp: (x) => tf.exp(x),
  Log: (x) => tf.log(x),
  Sqrt: (x) => tf.sqrt(x),
  Reciprocal: (x) => tf.reciprocal(x),
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
  Relu: (x) => tf.relu(x),
  Sigmoid: (x) => tf.sigmoid(x),
  Tanh: (x) => tf.tanh(x),
  Softplus: (x) => tf.softplus(x),
  Softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  Mish: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  HardSwish: (x) => tf.mul(x, tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1)),
  Swish: (x) => tf.mul(tf.sigmoid(x), x),
  Erf: (x) => tf.erf(x),
  Not: (x) => tf.logicalNot(x),
  IsNaN: (x) => tf.isNaN(x),
  IsInf: (x) => tf.isInf(x),
  IsFinite: (x) => tf.isFinite(x),
  Rsqrt: (x) => tf.rsqrt(x),
  Square: wholly(tf.square, (x) => tf.mul(x, x)),
  Expm1: (x) => tf.expm1(x),
  Log1p: (x) => tf.log1p(x),
  LeakyRelu: (x, { alpha }) => tf.leakyRelu(x, alpha),
  Elu: (x, { alpha }) => elu(x, alpha),
  // The last division is exact where alpha is a power of two, and what it is where alpha is one.
  Celu: (x, { alpha }) => tf.mul(elu(tf.div(x, alpha), 1), alpha),
  ThresholdedRelu: (x, { alpha }) => tf.mul(x, tf.cast(tf.greater(x, alpha), 'float32')),
  Selu: (x, { alpha, gamma }) =>
    Math.fround(alpha) === Math.fround(SELU.alpha) && Math.fround(gamma) === Math.fround(SELU.gamma)
      ? tf.selu(x)
      : tf.mul(elu(x, alpha), gamma),
  HardSigmoid: (x, { alpha, beta }) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1),
  Gelu: (x, { approximate }) => gelu(x, approximate === 'tanh'),
  Clip: clip,
  Wrap: wrapped,
  Rounded: (x, { to }) => rounded(x, to === 'float16' ? half : tf.round),
  Affine: (x, { scale, offset }) => tf.add(tf.mul(x, scale), offset),
}

export function applied(x: tf.Tensor, settings: Unary): tf.Tensor {
  // Which settings belong to which function is said by the table above.
  const apply = functions[settings.function] as (x: tf.Tensor, settings: Unary) => tf.Tensor
  return apply(x, settings)
}

/** tfjs has a softmax along the last axis alone. */
export function softmax(x: tf.Tensor, axis: number, log: boolean): tf.Tensor {
  const last = x.rank - 1
  const place = axis < 0 ? axis + x.rank : axis
  if (place !== last) {
    const perm = Array.from({ length: x.rank }, (_, at) =>
      at === place ? last : at === last ? place : at,
    )
    return tf.transpose(softmax(tf.transpose(x, perm), -1, log), perm)
  }
  return log ? tf.logSoftmax(x) : tf.softmax(x)
}

/** What a cell makes of a sum. */
export function cellFunction(settings: CellFunction): (x: tf.Tensor) => tf.Tensor {
  if (settings === null) return (x) => x
  if (settings.function === 'Softmax') return (x) => softmax(x, -1, settings.log)
  return (x) => applied(x, settings)
}
