import type { Combining, Unary } from '../../../graph/operators'
import { isOpen } from '../../../graph/sides/side'
import { truths } from '../../../graph/value-types'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import { computedType } from '../computed-type'
import type { OnnxType } from '../onnx-model'
import { typeOf } from '../read-tensor'
import { giveReshapedLike } from './reshaped'
import { fits, isWhole, wrapping } from './element-types'
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

/** Those that ONNX has of whole numbers too. */
const ofWhole: ReadonlySet<Unary['function']> = new Set<Unary['function']>([
  ...(['Abs', 'Neg', 'Sign', 'Relu', 'Not', 'IsNaN'] as const),
])

function unary(settings: (node: OnnxLowering) => Unary): Lower {
  return (node) => {
    const own = settings(node)
    if (!ofWhole.has(own.function)) node.isReal(0)
    node.giveWrapped('unary', own, [node.input(0)])
  }
}

/** Settings of SELU as ONNX gives them, to the last digit of float32. */
const SELU = { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 }

function clip(node: OnnxLowering): void {
  const bound = (name: string, place: number): number | null => {
    if (node.version < 11) return node.hasAttribute(name) ? node.number(name) : null
    return node.has(place) ? node.oneNumber(place) : null
  }
  if (node.version >= 11 && [1, 2].some((place) => node.has(place) && node.said(place) === null)) {
    const above = node.has(1)
      ? node.step('combine', { function: 'Max' }, [node.input(0), node.input(1)])
      : node.input(0)
    if (node.has(2)) node.give('combine', { function: 'Min' }, [above, node.input(2)])
    else node.give('identity', {}, [above])
    return
  }
  const [least, most] = [bound('min', 1), bound('max', 2)]
  if ((least ?? -Infinity) > (most ?? Infinity)) throw new NoMeaning('min')
  node.give('unary', { function: 'Clip', least, most }, [node.input(0)])
}

function swish(node: OnnxLowering): void {
  const alpha = node.number('alpha', 1)
  if (alpha === 1) {
    node.give('unary', { function: 'Swish' }, [node.input(0)])
    return
  }
  const bent = node.step('unary', { function: 'Affine', scale: alpha, offset: 0 }, [node.input(0)])
  const gate = node.step('unary', { function: 'Sigmoid' }, [bent])
  node.give('combine', { function: 'Mul' }, [node.input(0), gate])
}

/** Several values, element by element; of one alone it is the value itself. */
function combined(combining: Combining): Lower {
  return (node) => {
    const inputs = node.every()
    if (inputs.length === 1) node.give('identity', {}, inputs)
    else if (combining === 'Mean') {
      node.isReal(0)
      node.give('combine', { function: combining }, inputs)
    } else node.giveWrapped('combine', { function: combining }, inputs)
  }
}

/** Nothing around zero, all else nearer to it by the bias. */
function shrink(node: OnnxLowering): void {
  const [lambd, bias] = [node.number('lambd', 0.5), node.number('bias', 0)]
  node.isReal(0)
  const x = node.input(0)
  const [isBelow, isAbove] = (
    [
      ['Less', -lambd],
      ['Greater', lambd],
    ] as const
  ).map(([name, bound]) =>
    node.step('combine', { function: name }, [x, node.constant([bound], [], 'float32')]),
  )
  const [up, down] = [bias, -bias].map((offset) =>
    node.step('unary', { function: 'Affine', scale: 1, offset }, [x]),
  )
  const right = [isAbove ?? '', down ?? '', node.constant([0], [], 'float32')]
  node.give('where', {}, [isBelow ?? '', up ?? '', node.step('where', {}, right)])
}

function isInfinite(node: OnnxLowering): void {
  const [negative, positive] = [
    node.whole('detect_negative', 1) !== 0,
    node.whole('detect_positive', 1) !== 0,
  ]
  const [is, none] = [{ function: 'IsInf' } as const, node.constant([0], [], 'float32')]
  if (negative && positive) node.give('unary', is, [node.input(0)])
  else {
    const asked = negative ? 'Less' : positive ? 'Greater' : null
    const all = node.step('unary', is, [node.input(0)])
    const sign =
      asked === null
        ? node.step('unary', { function: 'IsNaN' }, [all])
        : node.step('combine', { function: asked }, [node.input(0), none])
    node.give('combine', { function: 'And' }, [all, sign])
  }
}

function two(combining: Combining): Lower {
  return (node) => {
    if (node.inputs !== 2) throw new NoMeaning('inputs')
    if (node.version < 7 && node.whole('broadcast', 0) !== 0) throw new NoMeaning('broadcast')
    const type = node.type(0)
    // Nothing here is less than zero and of 32 bits at once.
    if (combining === 'Sub' && (type === 'U32' || type === 'U64')) throw new NoMeaning('type', type)
    const attributes = { function: combining }
    if (truths.has(combining)) node.give('combine', attributes, node.every())
    else node.giveWrapped('combine', attributes, node.every())
  }
}

/** Whole numbers are divided without a rest, to zero. */
function divided(node: OnnxLowering): void {
  if (!node.isWhole(0)) two('Div')(node)
  // Sizes: both ways of rounding are one, and one of them is known of open sides.
  else two(isCount(node, 0) && isCount(node, 1) ? 'FloorDiv' : 'TruncDiv')(node)
}

function isCount(node: OnnxLowering, place: number): boolean {
  const known = node.known(place)
  return known?.values.every((value) => value !== null && (isOpen(value) || value >= 0)) === true
}

/** The sign of what is left is that of what divides, or with a setting of what is divided. */
function remainder(node: OnnxLowering): void {
  const fmod = node.whole('fmod', 0)
  // Of real numbers what infinities leave differs.
  if (fmod === 0 && !node.isWhole(0)) throw new NoMeaning('fmod', '0')
  two(fmod === 0 ? 'Mod' : 'Rem')(node)
}

/** Of the type of what is raised. */
function power(node: OnnxLowering): void {
  if (!node.isWhole(0) || node.isWhole(1)) two('Pow')(node)
  else {
    const raised = node.step('combine', { function: 'Pow' }, [node.input(0), node.input(1)])
    node.giveWrapped('cast', { to: 'int32' }, [raised])
  }
}

/** Axes from this one on that have more than one place; the last where none has. */
function longAxes(node: OnnxLowering, first: number): number[] {
  const sides = node.sides(0)
  const long = sides.flatMap((side, at) => (at >= first && side !== 1 ? [at] : []))
  return long.length === 0 ? [sides.length - 1] : long
}

function softmax(log: boolean): Lower {
  return (node) => {
    const axis = node.whole('axis', node.version < 13 ? 1 : -1)
    const rank = node.version < 13 ? node.rank(0) : 0
    const first = node.version < 13 ? node.axis(axis, rank) : 0
    const long = node.version < 13 ? longAxes(node, first) : []
    if (node.version >= 13 || long.length === 1) {
      const own = node.version < 13 ? (long[0] ?? axis) : axis
      node.give('softmax', { axis: own, log }, [node.input(0)])
      return
    }
    // Before version 13 all axes from this one on were one.
    const rows = node.sides(0).slice(0, first)
    const to = [...rows.map((side) => (typeof side === 'number' ? side : 0)), -1]
    if (rows.some((side, at) => typeof side !== 'number' && at > 0))
      throw new NoMeaning('axis', String(axis))
    const flat = node.step('reshape', { to }, [node.input(0)])
    giveReshapedLike(node, node.step('softmax', { axis: -1, log }, [flat]), node.input(0))
  }
}

function cast(node: OnnxLowering): void {
  castTo(node, typeOf(node.whole('to')))
}

/** Types that hold fewer numbers than what is computed with here and no wrap leads to, or that cannot be told apart. */
const unheld: ReadonlySet<OnnxType> = new Set<OnnxType>([
  ...(['BF16', 'F4', 'F8_E4M3', 'F8_E4M3FNUZ', 'F8_E5M2', 'F8_E5M2FNUZ', 'F8_E8M0'] as const),
])

/** Real numbers lose their fraction, whole ones the bits that their new type has not, halves the digits. */
function castTo(node: OnnxLowering, type: OnnxType | null): void {
  const to = type === null ? null : computedType(type)
  const from = node.type(0)
  if (type === null || to === null) throw new NoMeaning('to', type ?? '')
  if (unheld.has(type) && from !== type) throw new NoMeaning('to', type)
  const isKept = from === type || (from !== null && fits(from, type))
  const isSigned = from === null || (isWhole(from) && !/^U/.test(from))
  if ((type === 'U32' || type === 'U64') && isSigned && !isKept) throw new NoMeaning('to', type)
  const bits = isKept ? null : wrapping(type)
  if (bits !== null) {
    const whole = node.step('cast', { to }, [node.input(0)])
    node.give('unary', { function: 'Wrap', ...bits }, [whole])
    return
  }
  if (type === 'F16' && from !== 'F16' && (from === null || !fits(from, 'U8'))) {
    const real = node.step('cast', { to: 'float32' }, [node.input(0)])
    node.give('unary', { function: 'Rounded', to: 'float16' }, [real])
    return
  }
  // Halves of a file are real numbers here already: what hands them on is no operator.
  if (to === 'float32' && node.isWeight(0)) node.give('identity', {}, [node.input(0)])
  else node.give('cast', { to }, [node.input(0)])
}

/** To the type of another value, of which nothing else is read. */
function castLike(node: OnnxLowering): void {
  castTo(node, node.type(1))
}

/** In training it leaves values out; a file says of that only how many. */
function dropout(node: OnnxLowering): void {
  const said = node.version < 12 ? node.number('ratio', 0.5) : node.has(1) ? node.oneNumber(1) : 0.5
  const isInTraining = node.has(2) && node.oneNumber(2) !== 0
  if (isInTraining || !(said >= 0 && said < 1)) throw new NoMeaning('ratio')
  node.giveAt(0, 'noise', { kind: 'Dropout', amount: said, shared: [] }, [node.input(0)])
  // Nothing is left out: the mask is true everywhere.
  const nothing = { function: 'Affine', scale: 0, offset: 1 } as const
  if (node.isAsked(1))
    node.giveAt(1, 'cast', { to: 'bool' }, [node.step('unary', nothing, [node.input(0)])])
}

function prelu(node: OnnxLowering): void {
  node.isReal(0)
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
  ['Shrink', shrink],
  ['IsInf', isInfinite],
  ['PRelu', prelu],
  ['Sum', combined('Add')],
  ['Max', combined('Max')],
  ['Min', combined('Min')],
  ['Mean', combined('Mean')],
  ...(['Add', 'Sub', 'Mul', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less'] as const).map(
    (name) => [name, two(name)] as const,
  ),
  ['GreaterOrEqual', two('GreaterOrEqual')],
  ['LessOrEqual', two('LessOrEqual')],
  ['Div', divided],
  ['Mod', remainder],
  ['Pow', power],
  ['CastLike', castLike],
  ['Where', where],
  ['Softmax', softmax(false)],
  ['LogSoftmax', softmax(true)],
  ['Identity', identity],
  ['Cast', cast],
  ['Dropout', dropout],
])
