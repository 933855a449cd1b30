import type { CellFunction, Unary } from '../../../graph/operators'
import type { GraphWriter, Wire } from './graph-writer'
import { real, type, word } from './written-attributes'
import { truths } from './write-combining'

type FunctionName = Unary['function']
type Settings<Name extends FunctionName> = Extract<Unary, { function: Name }>
type Apply<Name extends FunctionName> = (
  net: GraphWriter,
  x: Wire,
  settings: Settings<Name>,
) => Wire

/** Of Klambauer et al. 2017; the constants that the operator of TensorFlow knows. */
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }

/** An operator of its own. */
function plain(op: string): (net: GraphWriter, x: Wire) => Wire {
  return (net, x) => net.one(op, [x])
}

function truth(op: string): (net: GraphWriter, x: Wire) => Wire {
  return (net, x) => net.one(op, [x], { sides: x.sides, dtype: 'bool' })
}

/** With one number as the second of both. */
function withNumber(net: GraphWriter, op: string, x: Wire, value: number): Wire {
  return net.one(op, [x, net.number(value, x.dtype === 'int32' ? 'int32' : 'float32')])
}

function between(net: GraphWriter, x: Wire, least: number, most: number): Wire {
  return net.one('ClipByValue', [x, net.number(least), net.number(most)])
}

function elu(net: GraphWriter, x: Wire, alpha: number): Wire {
  if (alpha === 1) return net.one('Elu', [x])
  const below = net.one('Expm1', [withNumber(net, 'Minimum', x, 0)])
  return net.one('AddV2', [withNumber(net, 'Maximum', x, 0), withNumber(net, 'Mul', below, alpha)])
}

function gelu(net: GraphWriter, x: Wire, tanh: boolean): Wire {
  const bent = tanh
    ? net.one('Tanh', [
        withNumber(
          net,
          'Mul',
          net.one('AddV2', [
            x,
            withNumber(net, 'Mul', net.one('Mul', [net.one('Mul', [x, x]), x]), 0.044715),
          ]),
          Math.sqrt(2 / Math.PI),
        ),
      ])
    : net.one('Erf', [withNumber(net, 'RealDiv', x, Math.SQRT2)])
  return net.one('Mul', [x, withNumber(net, 'Mul', withNumber(net, 'AddV2', bent, 1), 0.5)])
}

function clip(net: GraphWriter, x: Wire, { least, most }: Settings<'Clip'>): Wire {
  if (least === 0 && most === 6 && x.dtype === 'float32') return net.one('Relu6', [x])
  if (least !== null && most !== null && x.dtype === 'float32') return between(net, x, least, most)
  const above = least === null ? x : withNumber(net, 'Maximum', x, least)
  return most === null ? above : withNumber(net, 'Minimum', above, most)
}

/** Operators for whole numbers, where those of WebAssembly go through real numbers of 24 bits. */
function wholly(op: string, exact: (net: GraphWriter, x: Wire) => Wire) {
  return (net: GraphWriter, x: Wire): Wire =>
    x.dtype === 'int32' ? exact(net, x) : net.one(op, [x])
}

function negative(net: GraphWriter, x: Wire): Wire {
  return net.one('Sub', [net.number(0, 'int32'), x], x)
}

/** What is left of a whole number in so many bits. */
function wrapped(net: GraphWriter, x: Wire, { bits, signed }: Settings<'Wrap'>): Wire {
  const half = signed ? 2 ** (bits - 1) : 0
  const moved = withNumber(net, 'AddV2', x, half)
  return withNumber(net, 'Sub', withNumber(net, 'FloorMod', moved, 2 ** bits), half)
}

/** To 11 digits, as the kernel does it. */
function half(net: GraphWriter, x: Wire): Wire {
  const spread = withNumber(net, 'Mul', x, 2 ** 23 + 1)
  const lost = net.one('Sub', [spread, withNumber(net, 'Mul', spread, 1 - 2 ** -24)])
  const power = withNumber(net, 'Maximum', net.one('Abs', [lost]), 2 ** -14)
  const large = withNumber(net, 'Mul', power, 1.5 * 2 ** 13)
  const near = net.one('Sub', [net.one('AddV2', [x, large]), large])
  const truth = { sides: x.sides, dtype: 'bool' } as const
  const isFar = net.one('GreaterEqual', [net.one('Abs', [x]), net.number(65520)], truth)
  return net.one('SelectV2', [isFar, withNumber(net, 'Mul', x, Infinity), near], x)
}

/** Every function of one number, as ONNX defines it. */
const functions: { readonly [Name in FunctionName]: Apply<Name> } = {
  Abs: wholly('Abs', (net, x) => net.one('Maximum', [x, negative(net, x)])),
  Neg: wholly('Neg', negative),
  Sign: plain('Sign'),
  Exp: plain('Exp'),
  Log: plain('Log'),
  Sqrt: plain('Sqrt'),
  Reciprocal: plain('Reciprocal'),
  Floor: plain('Floor'),
  Ceil: plain('Ceil'),
  Round: plain('Round'),
  Sin: plain('Sin'),
  Cos: plain('Cos'),
  Tan: plain('Tan'),
  Asin: plain('Asin'),
  Acos: plain('Acos'),
  Atan: plain('Atan'),
  Sinh: plain('Sinh'),
  Cosh: plain('Cosh'),
  Asinh: plain('Asinh'),
  Acosh: plain('Acosh'),
  Atanh: plain('Atanh'),
  Relu: plain('Relu'),
  Sigmoid: plain('Sigmoid'),
  Tanh: plain('Tanh'),
  Softplus: plain('Softplus'),
  Softsign: (net, x) => net.one('RealDiv', [x, withNumber(net, 'AddV2', net.one('Abs', [x]), 1)]),
  Mish: (net, x) => net.one('Mul', [x, net.one('Tanh', [net.one('Softplus', [x])])]),
  HardSwish: (net, x) => {
    const line = withNumber(net, 'AddV2', withNumber(net, 'RealDiv', x, 6), 0.5)
    return net.one('Mul', [x, between(net, line, 0, 1)])
  },
  Swish: (net, x) => net.one('Mul', [net.one('Sigmoid', [x]), x]),
  Erf: plain('Erf'),
  Not: (net, x) => net.one('LogicalNot', [truths(net, x)]),
  IsNaN: truth('IsNan'),
  IsInf: truth('IsInf'),
  IsFinite: truth('IsFinite'),
  Rsqrt: plain('Rsqrt'),
  Square: wholly('Square', (net, x) => net.one('Mul', [x, x])),
  Expm1: plain('Expm1'),
  Log1p: plain('Log1p'),
  LeakyRelu: (net, x, { alpha }) =>
    net.node('LeakyRelu', [x], { T: type(x.dtype), alpha: real(alpha) }, x),
  Elu: (net, x, { alpha }) => elu(net, x, alpha),
  // The last division is exact where alpha is a power of two, and what it is where alpha is one.
  Celu: (net, x, { alpha }) =>
    withNumber(net, 'Mul', elu(net, withNumber(net, 'RealDiv', x, alpha), 1), alpha),
  ThresholdedRelu: (net, x, { alpha }) => {
    const isAbove = net.one('Greater', [x, net.number(alpha)], { sides: x.sides, dtype: 'bool' })
    return net.one('Mul', [x, net.cast(isAbove, 'float32')])
  },
  Selu: (net, x, { alpha, gamma }) =>
    Math.fround(alpha) === Math.fround(SELU.alpha) && Math.fround(gamma) === Math.fround(SELU.gamma)
      ? net.one('Selu', [x])
      : withNumber(net, 'Mul', elu(net, x, alpha), gamma),
  HardSigmoid: (net, x, { alpha, beta }) =>
    between(net, withNumber(net, 'AddV2', withNumber(net, 'Mul', x, alpha), beta), 0, 1),
  Gelu: (net, x, { approximate }) => gelu(net, x, approximate === 'tanh'),
  Clip: clip,
  Wrap: wrapped,
  Rounded: (net, x, { to }) => (to === 'float16' ? half(net, x) : roundedStraightThrough(net, x)),
  Affine: (net, x, { scale, offset }) => {
    const wide = net.cast(x, 'float32')
    return withNumber(net, 'AddV2', withNumber(net, 'Mul', wide, scale), offset)
  },
}

/**
 * Rounding that gradients pass as if it was not there, said as TensorFlow says that a gradient is the one of another
 * operator (`tf.Graph.gradient_override_map`).
 */
function roundedStraightThrough(net: GraphWriter, x: Wire): Wire {
  return net.node('Round', [x], { T: type(x.dtype), _gradient_op_type: word('Identity') }, x)
}

export function applied(net: GraphWriter, x: Wire, settings: Unary): Wire {
  // Which settings belong to which function is said by the table above.
  const apply = functions[settings.function] as (net: GraphWriter, x: Wire, settings: Unary) => Wire
  return apply(net, x, settings)
}

/** TensorFlow has a softmax along the last axis alone. */
export function softmax(net: GraphWriter, x: Wire, axis: number, log: boolean): Wire {
  const last = x.sides.length - 1
  const place = axis < 0 ? axis + x.sides.length : axis
  if (place !== last) {
    const perm = x.sides.map((_, at) => (at === place ? last : at === last ? place : at))
    return net.transpose(softmax(net, net.transpose(x, perm), -1, log), perm)
  }
  return net.one(log ? 'LogSoftmax' : 'Softmax', [x])
}

/** What a cell makes of a sum. */
export function cellFunction(net: GraphWriter, settings: CellFunction): (x: Wire) => Wire {
  if (settings === null) return (x) => x
  if (settings.function === 'Softmax') return (x) => softmax(net, x, -1, settings.log)
  return (x) => applied(net, x, settings)
}
