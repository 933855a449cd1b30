import type { Combining, Unary } from '../../../graph/operators'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { computedType } from '../computed-type'
import { typeOf } from '../read-tensor'
import type { Lower, OnnxLowering } from './onnx-lowering'

/** Of one number, called alike here and in ONNX, without settings. */
const plain = [
  ...['Abs', 'Neg', 'Sign', 'Exp', 'Log', 'Sqrt', 'Reciprocal', 'Floor', 'Ceil', 'Round'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh'],
  ...[
    'Relu',
    'Sigmoid',
    'Tanh',
    'Softplus',
    'Softsign',
    'Mish',
    'HardSwish',
    'Erf',
    'Not',
    'IsNaN',
  ],
] as const

function unary(settings: (node: OnnxLowering) => Unary): Lower {
  return (node) => {
    node.give('unary', settings(node), [node.input(0)])
  }
}

/** Settings of SELU as ONNX gives them, to the last digit of float32. */
const SELU = { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 }

function clip(node: OnnxLowering): void {
  const bound = (name: string, place: number): number | null => {
    if (node.version < 11) return node.hasAttribute(name) ? node.number(name) : null
    return node.has(place) ? node.oneNumber(place) : null
  }
  const [least, most] = [bound('min', 1), bound('max', 2)]
  if ((least ?? -Infinity) > (most ?? Infinity)) throw new NoMeaning('min')
  node.give('unary', { function: 'Clip', least, most }, [node.input(0)])
}

function swish(node: OnnxLowering): void {
  if (node.number('alpha', 1) !== 1) throw new NoMeaning('alpha')
  node.give('unary', { function: 'Swish' }, [node.input(0)])
}

/** Several values, element by element; of one alone it is the value itself. */
function combined(combining: Combining): Lower {
  return (node) => {
    const inputs = node.every()
    if (inputs.length === 1) node.give('identity', {}, inputs)
    else node.give('combine', { function: combining }, inputs)
  }
}

function two(combining: Combining): Lower {
  return (node) => {
    if (node.inputs !== 2) throw new NoMeaning('inputs')
    if (node.version < 7 && node.whole('broadcast', 0) !== 0) throw new NoMeaning('broadcast')
    node.give('combine', { function: combining }, node.every())
  }
}

/** Whole numbers are divided without a rest, to zero. */
function divided(node: OnnxLowering): void {
  const wholes = [0, 1]
    .map((place) => node.known(place))
    .filter((known) => known?.dtype === 'int32')
  if (wholes.length === 0) {
    two('Div')(node)
    return
  }
  const isNegative = wholes.some((known) =>
    known?.values.some((value) => typeof value === 'number' && value < 0),
  )
  if (isNegative) throw new NoMeaning('whole numbers')
  two('FloorDiv')(node)
}

function softmax(log: boolean): Lower {
  return (node) => {
    const axis = node.whole('axis', node.version < 13 ? 1 : -1)
    // Before version 13 all axes from this one on were one.
    if (node.version < 13 && node.axis(axis, node.rank(0)) !== node.rank(0) - 1)
      throw new NoMeaning('axis')
    node.give('softmax', { axis, log }, [node.input(0)])
  }
}

function cast(node: OnnxLowering): void {
  const type = typeOf(node.whole('to'))
  const to = type === null ? null : computedType(type)
  if (to === null) throw new NoMeaning('to')
  // Halves of a file are real numbers here already: what hands them on is no operator.
  if (to === 'float32' && node.isWeight(0)) node.give('identity', {}, [node.input(0)])
  else node.give('cast', { to }, [node.input(0)])
}

/** In training it leaves values out; a file says of that only how many. */
function dropout(node: OnnxLowering): void {
  node.gives(1)
  const said = node.version < 12 ? node.number('ratio', 0.5) : node.has(1) ? node.oneNumber(1) : 0.5
  const isInTraining = node.has(2) && node.oneNumber(2) !== 0
  if (isInTraining || !(said >= 0 && said < 1)) throw new NoMeaning('ratio')
  node.give('noise', { kind: 'Dropout', amount: said, shared: [] }, [node.input(0)])
}

function prelu(node: OnnxLowering): void {
  node.give('prelu', {}, [node.input(0), node.input(1)])
}

function where(node: OnnxLowering): void {
  node.give('where', {}, [node.input(0), node.input(1), node.input(2)])
}

function identity(node: OnnxLowering): void {
  node.give('identity', {}, [node.input(0)])
}

export const elementwise: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ...plain.map((name) => [name, unary(() => ({ function: name }))] as const),
  ['LeakyRelu', unary((node) => ({ function: 'LeakyRelu', alpha: node.number('alpha', 0.01) }))],
  ['Elu', unary((node) => ({ function: 'Elu', alpha: node.number('alpha', 1) }))],
  ['Celu', unary((node) => ({ function: 'Celu', alpha: node.number('alpha', 1) }))],
  [
    'ThresholdedRelu',
    unary((node) => ({ function: 'ThresholdedRelu', alpha: node.number('alpha', 1) })),
  ],
  [
    'Selu',
    unary((node) => ({
      function: 'Selu',
      alpha: node.number('alpha', SELU.alpha),
      gamma: node.number('gamma', SELU.gamma),
    })),
  ],
  [
    'HardSigmoid',
    unary((node) => ({
      function: 'HardSigmoid',
      alpha: node.number('alpha', 0.2),
      beta: node.number('beta', 0.5),
    })),
  ],
  [
    'Gelu',
    unary((node) => {
      const approximate = node.text('approximate', 'none')
      if (approximate !== 'none' && approximate !== 'tanh') throw new NoMeaning('approximate')
      return { function: 'Gelu', approximate }
    }),
  ],
  ['Clip', clip],
  ['Swish', swish],
  ['PRelu', prelu],
  ['Sum', combined('Add')],
  ['Max', combined('Max')],
  ['Min', combined('Min')],
  ['Mean', combined('Mean')],
  ...(['Add', 'Sub', 'Mul', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less'] as const).map(
    (name) => [name, two(name)] as const,
  ),
  ['GreaterOrEqual', two('GreaterOrEqual')],
  ['LessOrEqual', two('LessOrEqual')],
  ['Div', divided],
  ['Where', where],
  ['Softmax', softmax(false)],
  ['LogSoftmax', softmax(true)],
  ['Identity', identity],
  ['Cast', cast],
  ['Dropout', dropout],
])
