import type { Combining } from '../../../graph/operators'
import type { GraphWriter, Wire } from './graph-writer'

/** Writes an operator of two values. */
type Join = (name: Combining, a: Wire, b: Wire) => Wire

export function areWhole(...values: readonly Wire[]): boolean {
  return values.every(({ dtype }) => dtype === 'int32')
}

/** Of whole numbers: WebAssembly divides them as real numbers of 24 bits, so that what it leaves is divided once more. */
export function wholeParts(net: GraphWriter, join: Join, a: Wire, b: Wire) {
  const rest = join('Mod', a, b)
  const even = join('Sub', a, rest)
  const rough = nearest(net, join, even, b)
  const left = join('Sub', even, join('Mul', rough, b))
  return { quotient: join('Add', rough, nearest(net, join, left, b)), rest }
}

function nearest(net: GraphWriter, join: Join, a: Wire, b: Wire): Wire {
  const quotient = join('Div', net.cast(a, 'float32'), net.cast(b, 'float32'))
  return net.cast(net.one('Round', [quotient]), 'int32')
}

/** One where something is left over and what is divided lies on the other side of zero than what it is divided by. */
function isBelow(net: GraphWriter, join: Join, a: Wire, b: Wire, rest: Wire): Wire {
  const none = net.number(0, 'int32')
  const crosses = join('NotEqual', join('Less', a, none), join('Less', b, none))
  return net.cast(join('And', crosses, join('NotEqual', rest, none)), 'int32')
}

/** A quotient towards zero. */
export function truncated(net: GraphWriter, join: Join, a: Wire, b: Wire): Wire {
  if (areWhole(a, b)) {
    const { quotient, rest } = wholeParts(net, join, a, b)
    return join('Add', quotient, isBelow(net, join, a, b, rest))
  }
  const quotient = join('Div', a, b)
  const isNegative = join('Less', quotient, net.number(0))
  const [up, down] = ['Ceil', 'Floor'].map((op) => net.one(op, [quotient]))
  return net.one('SelectV2', [isNegative, up ?? quotient, down ?? quotient], quotient)
}

/** What such a quotient leaves. */
export function left(net: GraphWriter, join: Join, a: Wire, b: Wire): Wire {
  if (!areWhole(a, b)) return join('Sub', a, join('Mul', truncated(net, join, a, b), b))
  const rest = join('Mod', a, b)
  return join('Sub', rest, join('Mul', isBelow(net, join, a, b, rest), b))
}
