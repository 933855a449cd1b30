import type { Combining } from '../../../../graph/operators'
import { broadcast } from '../../../../graph/sides/sides'
import { NotWritable } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire, WireType } from './onnx-writer'
import { whole } from './written-attributes'
import { allInputs, input, realInput } from './writing'
import type { Write } from './writing'

type Join = (net: OnnxWriter, a: Wire, b: Wire) => Wire

/** An operator of its own, which stretches both. @param dtype of the first where left out */
function applied(net: OnnxWriter, op: string, values: readonly Wire[], dtype?: WireType): Wire {
  const sides = values.reduce<Wire['sides'] | null>(
    (all, value) => (all === null ? null : broadcast(all, value.sides)),
    [],
  )
  const [first] = values
  if (sides === null || first === undefined) throw new NotWritable('unknown')
  return net.node(op, values, {}, { sides, dtype: dtype ?? first.dtype })
}

/** Both real where one is; truths are counted as whole numbers. */
function alike(net: OnnxWriter, a: Wire, b: Wire): readonly [Wire, Wire] {
  const isReal = a.dtype === 'float32' || b.dtype === 'float32'
  const dtype = isReal ? 'float32' : 'int32'
  return [net.cast(a, dtype), net.cast(b, dtype)]
}

function plain(op: string): Join {
  return (net, a, b) => applied(net, op, alike(net, a, b))
}

function compared(op: string): Join {
  return (net, a, b) => applied(net, op, alike(net, a, b), 'bool')
}

function ofTruths(op: string): Join {
  return (net, a, b) => applied(net, op, [truths(net, a), truths(net, b)])
}

/** Whether it is something. */
export function truths(net: OnnxWriter, x: Wire): Wire {
  return net.cast(x, 'bool')
}

export function not(net: OnnxWriter, x: Wire): Wire {
  return net.one('Not', [truths(net, x)])
}

const [add, sub, mul, less, equal] = [
  ...(['Add', 'Sub', 'Mul'] as const).map(plain),
  ...(['Less', 'Equal'] as const).map(compared),
] as [Join, Join, Join, Join, Join]

/** One of two values, by truths. */
export function chosen(net: OnnxWriter, isFirst: Wire, a: Wire, b: Wire): Wire {
  const condition = truths(net, isFirst)
  if (a.dtype === 'bool' && b.dtype === 'bool') {
    const one = applied(net, 'And', [condition, a])
    return applied(net, 'Or', [one, applied(net, 'And', [not(net, condition), b])])
  }
  return applied(net, 'Where', [condition, ...alike(net, a, b)], alike(net, a, b)[0].dtype)
}

function areWhole(a: Wire, b: Wire): boolean {
  return a.dtype !== 'float32' && b.dtype !== 'float32'
}

/** Of what is left of a quotient towards zero: whether it lies on the other side of zero than what divides. */
function crosses(net: OnnxWriter, rest: Wire, b: Wire): Wire {
  const none = net.number(0, rest.dtype)
  const isOther = applied(net, 'Xor', [less(net, rest, none), less(net, b, none)])
  return applied(net, 'And', [not(net, equal(net, rest, none)), isOther])
}

/** Towards zero. ONNX divides whole numbers so. */
function truncated(net: OnnxWriter, a: Wire, b: Wire): Wire {
  const quotient = plain('Div')(net, a, b)
  if (areWhole(a, b)) return quotient
  const [up, down] = ['Ceil', 'Floor'].map((op) => net.one(op, [quotient]))
  return chosen(net, less(net, quotient, net.number(0)), up ?? quotient, down ?? quotient)
}

function left(net: OnnxWriter, a: Wire, b: Wire): Wire {
  return sub(net, a, mul(net, truncated(net, a, b), b))
}

function floored(net: OnnxWriter, a: Wire, b: Wire): Wire {
  const quotient = plain('Div')(net, a, b)
  if (!areWhole(a, b)) return net.one('Floor', [quotient])
  const isBelow = crosses(net, sub(net, a, mul(net, quotient, b)), b)
  return sub(net, quotient, net.cast(isBelow, 'int32'))
}

/** With the sign of what divides. */
function modulo(net: OnnxWriter, a: Wire, b: Wire): Wire {
  const [one, other] = alike(net, a, b)
  if (areWhole(a, b)) return applied(net, 'Mod', [one, other])
  const sides = broadcast(one.sides, other.sides)
  if (sides === null) throw new NotWritable('unknown')
  const rest = net.node('Mod', [one, other], { fmod: whole(1) }, { sides, dtype: one.dtype })
  return chosen(net, crosses(net, rest, other), add(net, rest, other), rest)
}

/** ONNX has no angle of two sides. */
function angle(net: OnnxWriter, y: Wire, x: Wire): Wire {
  const none = net.number(0)
  const within = net.one('Atan', [plain('Div')(net, y, x)])
  const half = chosen(net, less(net, y, none), net.number(-Math.PI), net.number(Math.PI))
  const turned = chosen(net, less(net, x, none), add(net, within, half), within)
  const isNowhere = applied(net, 'And', [equal(net, x, none), equal(net, y, none)])
  return chosen(net, isNowhere, none, turned)
}

const pairs: { readonly [Name in Exclude<Combining, 'Mean'>]: Join } = {
  Add: add,
  Sub: sub,
  Mul: mul,
  // Of whole numbers, as the program divides them.
  Div: (net, a, b) => (areWhole(a, b) ? floored(net, a, b) : plain('Div')(net, a, b)),
  Pow: plain('Pow'),
  Max: plain('Max'),
  Min: plain('Min'),
  Mod: modulo,
  FloorDiv: floored,
  TruncDiv: truncated,
  Rem: left,
  Atan2: angle,
  SquaredDifference: (net, a, b) => {
    const apart = sub(net, a, b)
    return mul(net, apart, apart)
  },
  DivNoNan: (net, a, b) => {
    const isNothing = equal(net, b, net.number(0, b.dtype))
    const safe = chosen(net, isNothing, net.number(1, b.dtype), b)
    return chosen(net, isNothing, net.number(0), plain('Div')(net, net.cast(a, 'float32'), safe))
  },
  And: ofTruths('And'),
  Or: ofTruths('Or'),
  Xor: ofTruths('Xor'),
  Equal: equal,
  NotEqual: (net, a, b) => not(net, equal(net, a, b)),
  Greater: compared('Greater'),
  GreaterOrEqual: compared('GreaterOrEqual'),
  Less: less,
  LessOrEqual: compared('LessOrEqual'),
}

/** Two values of which sides of one stretch, and of which one that is real makes the other so. */
export function combined(net: OnnxWriter, name: keyof typeof pairs, a: Wire, b: Wire): Wire {
  return pairs[name](net, a, b)
}

/** With one number as the second of both. */
export function withNumber(
  net: OnnxWriter,
  name: keyof typeof pairs,
  x: Wire,
  value: number,
): Wire {
  return combined(net, name, x, net.number(value, x.dtype === 'int32' ? 'int32' : 'float32'))
}

export const combine: Write<'combine'> = (writing) => {
  const { net, node } = writing
  const { function: name } = node.attributes
  const values = allInputs(writing)
  if (name !== 'Mean') return values.reduce((a, b) => combined(net, name, a, b))
  return applied(
    net,
    'Mean',
    values.map((_, place) => realInput(writing, place)),
  )
}

export const prelu: Write<'prelu'> = (writing) => {
  const { net } = writing
  const [x, slope] = [realInput(writing, 0), realInput(writing, 1)]
  return net.one('PRelu', [x, slope])
}

export const where: Write<'where'> = (writing) => {
  const [condition, a, b] = [0, 1, 2].map((place) => input(writing, place)) as [Wire, Wire, Wire]
  return chosen(writing.net, condition, a, b)
}
