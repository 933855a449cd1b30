import type { CellFunction, Unary } from '../../../../graph/operators'
import type { OnnxWriter, Wire } from './onnx-writer'
import { chosen, combined, not, withNumber } from './write-combining'
import { real, text, whole } from './written-attributes'
import type { WrittenAttribute } from './written-attributes'

type FunctionName = Unary['function']
type Settings<Name extends FunctionName> = Extract<Unary, { function: Name }>
type Apply<Name extends FunctionName> = (net: OnnxWriter, x: Wire, settings: Settings<Name>) => Wire

/** An operator of its own, of real numbers. */
function plain(op: string): (net: OnnxWriter, x: Wire) => Wire {
  return (net, x) => net.one(op, [net.cast(x, 'float32')])
}

/** As `plain`, of whole numbers too. */
function ofAny(op: string): (net: OnnxWriter, x: Wire) => Wire {
  return (net, x) => net.one(op, [x.dtype === 'bool' ? net.cast(x, 'int32') : x])
}

function withSettings(
  net: OnnxWriter,
  op: string,
  x: Wire,
  attributes: Readonly<Record<string, WrittenAttribute>>,
): Wire {
  const own = net.cast(x, 'float32')
  return net.node(op, [own], attributes, own)
}

function truth(op: 'IsNaN' | 'IsInf'): (net: OnnxWriter, x: Wire) => Wire {
  return (net, x) => net.one(op, [net.cast(x, 'float32')], { sides: x.sides, dtype: 'bool' })
}

function gelu(net: OnnxWriter, x: Wire, approximate: 'none' | 'tanh'): Wire {
  if (net.opset >= 20) return withSettings(net, 'Gelu', x, { approximate: text(approximate) })
  const cubed = (): Wire => {
    const cube = combined(net, 'Mul', combined(net, 'Mul', x, x), x)
    return combined(net, 'Add', x, withNumber(net, 'Mul', cube, 0.044715))
  }
  const bent =
    approximate === 'tanh'
      ? net.one('Tanh', [withNumber(net, 'Mul', cubed(), Math.sqrt(2 / Math.PI))])
      : net.one('Erf', [withNumber(net, 'Div', x, Math.SQRT2)])
  const share = withNumber(net, 'Add', bent, 1)
  return withNumber(net, 'Mul', combined(net, 'Mul', x, share), 0.5)
}

function clip(net: OnnxWriter, x: Wire, { least, most }: Settings<'Clip'>): Wire {
  const bound = (value: number | null): Wire | null =>
    value === null ? null : net.number(value, x.dtype)
  const bounds = most === null ? [bound(least)] : [bound(least), bound(most)]
  return net.node('Clip', [x, ...bounds], {}, x)
}

/** What is left of a whole number in so many bits. */
function wrapped(net: OnnxWriter, x: Wire, { bits, signed }: Settings<'Wrap'>): Wire {
  const half = signed ? 2 ** (bits - 1) : 0
  const moved = withNumber(net, 'Add', net.cast(x, 'int32'), half)
  return withNumber(net, 'Sub', withNumber(net, 'Mod', moved, 2 ** bits), half)
}

/** exp(x) - 1, to the last digits also around zero: tanh(x / 2) = (exp(x) - 1) / (exp(x) + 1). */
function expm1(net: OnnxWriter, x: Wire): Wire {
  const above = withNumber(net, 'Add', net.one('Exp', [x]), 1)
  return combined(net, 'Mul', net.one('Tanh', [withNumber(net, 'Mul', x, 0.5)]), above)
}

/** log(1 + x), to the last digits also around zero: 2 atanh(x / (2 + x)). */
function log1p(net: OnnxWriter, x: Wire): Wire {
  const share = combined(net, 'Div', x, withNumber(net, 'Add', x, 2))
  const near = withNumber(net, 'Mul', net.one('Atanh', [share]), 2)
  const far = net.one('Log', [withNumber(net, 'Add', x, 1)])
  return chosen(net, withNumber(net, 'Less', net.one('Abs', [x]), 0.5), near, far)
}

const real32 =
  (apply: (net: OnnxWriter, x: Wire) => Wire) =>
  (net: OnnxWriter, x: Wire): Wire =>
    apply(net, net.cast(x, 'float32'))

/** Every function of one number, as ONNX defines it. */
const functions: { readonly [Name in FunctionName]: Apply<Name> } = {
  Abs: ofAny('Abs'),
  Neg: ofAny('Neg'),
  Sign: ofAny('Sign'),
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
  Relu: ofAny('Relu'),
  Sigmoid: plain('Sigmoid'),
  Tanh: plain('Tanh'),
  Softplus: plain('Softplus'),
  Softsign: plain('Softsign'),
  Mish: real32((net, x) =>
    net.opset >= 18
      ? net.one('Mish', [x])
      : combined(net, 'Mul', x, net.one('Tanh', [net.one('Softplus', [x])])),
  ),
  HardSwish: plain('HardSwish'),
  Swish: real32((net, x) => combined(net, 'Mul', x, net.one('Sigmoid', [x]))),
  Erf: plain('Erf'),
  Not: not,
  IsNaN: truth('IsNaN'),
  IsInf: truth('IsInf'),
  IsFinite: (net, x) =>
    not(net, combined(net, 'Or', truth('IsNaN')(net, x), truth('IsInf')(net, x))),
  Rsqrt: real32((net, x) => net.one('Reciprocal', [net.one('Sqrt', [x])])),
  Square: (net, x) => combined(net, 'Mul', x, x),
  Expm1: real32(expm1),
  Log1p: real32(log1p),
  LeakyRelu: (net, x, { alpha }) => withSettings(net, 'LeakyRelu', x, { alpha: real(alpha) }),
  Elu: (net, x, { alpha }) => withSettings(net, 'Elu', x, { alpha: real(alpha) }),
  Celu: (net, x, { alpha }) => withSettings(net, 'Celu', x, { alpha: real(alpha) }),
  ThresholdedRelu: (net, x, { alpha }) =>
    withSettings(net, 'ThresholdedRelu', x, { alpha: real(alpha) }),
  Selu: (net, x, { alpha, gamma }) =>
    withSettings(net, 'Selu', x, { alpha: real(alpha), gamma: real(gamma) }),
  HardSigmoid: (net, x, { alpha, beta }) =>
    withSettings(net, 'HardSigmoid', x, { alpha: real(alpha), beta: real(beta) }),
  Gelu: (net, x, { approximate }) => gelu(net, net.cast(x, 'float32'), approximate),
  Clip: clip,
  Wrap: wrapped,
  Rounded: (net, x, { to }) =>
    to === 'whole' ? net.one('Round', [x]) : net.cast(net.cast(x, 'float16'), 'float32'),
  Affine: (net, x, { scale, offset }) => {
    const wide = net.cast(x, 'float32')
    const scaled = scale === 1 ? wide : withNumber(net, 'Mul', wide, scale)
    return offset === 0 ? scaled : withNumber(net, 'Add', scaled, offset)
  },
}

export function applyFunction(net: OnnxWriter, x: Wire, settings: Unary): Wire {
  // Which settings belong to which function is said by the table above.
  const apply = functions[settings.function] as (net: OnnxWriter, x: Wire, settings: Unary) => Wire
  return apply(net, x, settings)
}

export function softmax(net: OnnxWriter, x: Wire, axis: number, log: boolean): Wire {
  const own = net.cast(x, 'float32')
  return net.node(log ? 'LogSoftmax' : 'Softmax', [own], { axis: whole(axis) }, own)
}

/** What a cell makes of a sum. @param axis of its units */
export function cellFunction(
  net: OnnxWriter,
  settings: CellFunction,
  axis = -1,
): (x: Wire) => Wire {
  if (settings === null) return (x) => x
  if (settings.function === 'Softmax') return (x) => softmax(net, x, axis, settings.log)
  return (x) => applyFunction(net, x, settings)
}
