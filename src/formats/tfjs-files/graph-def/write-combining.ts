import type { Combining } from '../../../graph/operators'
import { broadcast } from '../../../graph/sides/sides'
import type { DType } from '../../../graph/values'
import { NotWritable } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { areWhole, left, truncated, wholeParts } from './write-quotients'
import { allInputs, input } from './writing'
import type { Write } from './writing'

const operators: { readonly [Name in Exclude<Combining, 'Xor' | 'TruncDiv' | 'Rem'>]: string } = {
  Add: 'AddV2',
  Sub: 'Sub',
  Mul: 'Mul',
  Div: 'RealDiv',
  Pow: 'Pow',
  Max: 'Maximum',
  Min: 'Minimum',
  // The sum; what it is divided by is known once all are there.
  Mean: 'AddV2',
  Mod: 'FloorMod',
  FloorDiv: 'FloorDiv',
  Atan2: 'Atan2',
  SquaredDifference: 'SquaredDifference',
  DivNoNan: 'DivNoNan',
  And: 'LogicalAnd',
  Or: 'LogicalOr',
  Equal: 'Equal',
  NotEqual: 'NotEqual',
  Greater: 'Greater',
  GreaterOrEqual: 'GreaterEqual',
  Less: 'Less',
  LessOrEqual: 'LessEqual',
}

const givingTruths: ReadonlySet<Combining> = new Set<Combining>([
  ...(['And', 'Or', 'Xor', 'Equal', 'NotEqual'] as const),
  ...(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'] as const),
])

function typeOf(name: Combining, a: Wire, b: Wire): DType {
  if (givingTruths.has(name)) return 'bool'
  if (name === 'FloorDiv') return 'int32'
  return a.dtype === 'float32' || b.dtype === 'float32' ? 'float32' : a.dtype
}

/** Two values of which sides of one stretch, and of which one that is real makes the other so. */
export function joined(net: GraphWriter, name: Combining, a: Wire, b: Wire): Wire {
  const sides = broadcast(a.sides, b.sides)
  if (sides === null) throw new NotWritable('unknown')
  const given = { sides, dtype: typeOf(name, a, b) }
  if (name === 'Xor') {
    const [either, both] = ['LogicalOr', 'LogicalAnd'].map((op) => net.one(op, [a, b], given))
    if (either === undefined || both === undefined) throw new NotWritable('unknown')
    return net.one('LogicalAnd', [either, net.one('LogicalNot', [both])], given)
  }
  const join = (each: Combining, one: Wire, other: Wire): Wire => joined(net, each, one, other)
  if (name === 'TruncDiv') return truncated(net, join, a, b)
  if (name === 'Rem') return left(net, join, a, b)
  if (name === 'FloorDiv' && areWhole(a, b)) return wholeParts(net, join, a, b).quotient
  const isReal = a.dtype === 'float32' || b.dtype === 'float32'
  const pair = isReal ? [net.cast(a, 'float32'), net.cast(b, 'float32')] : [a, b]
  return net.one(operators[name], pair, given)
}

export const combine: Write<'combine'> = (writing) => {
  const { net, node } = writing
  const { function: name } = node.attributes
  const values = allInputs(writing)
  const all = values.reduce((a, b) => joined(net, name, a, b))
  return name === 'Mean' ? net.one('Mul', [all, net.number(1 / values.length)]) : all
}

/** The kernel of WebAssembly reads one slope for each channel, whatever the slopes are. */
export const prelu: Write<'prelu'> = (writing) => {
  const { net } = writing
  const [x, slope] = [input(writing, 0), input(writing, 1)]
  const own = slope.sides.at(-1)
  const isOfChannels =
    typeof own === 'number' &&
    own === x.sides.at(-1) &&
    slope.sides.slice(0, -1).every((side) => side === 1)
  if (isOfChannels) return net.one('Prelu', [x, slope])
  const below = joined(net, 'Mul', slope, net.one('Minimum', [x, net.number(0)]))
  return joined(net, 'Add', net.one('Relu', [x]), below)
}

/** Whether it is something: the cast of WebAssembly makes nothing of 0.5. */
export function truths(net: GraphWriter, x: Wire): Wire {
  if (x.dtype === 'bool') return x
  return net.one('NotEqual', [x, net.number(0, x.dtype)], { sides: x.sides, dtype: 'bool' })
}

export const where: Write<'where'> = (writing) => {
  const { net } = writing
  const [condition, a, b] = [0, 1, 2].map((place) => input(writing, place))
  if (condition === undefined || a === undefined || b === undefined)
    throw new NotWritable('unknown')
  const sides = broadcast(broadcast(condition.sides, a.sides) ?? [], b.sides)
  if (sides === null) throw new NotWritable('unknown')
  return net.one('SelectV2', [truths(net, condition), a, b], { sides, dtype: a.dtype })
}
