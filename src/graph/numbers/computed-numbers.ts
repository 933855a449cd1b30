import type { Combining, OpName, Reducing, Unary } from '../operators'
import { isOpen, isSame, plus, quotient, ratio, times } from '../sides/side'
import type { Side, Sides } from '../sides/side'
import { axesOf } from '../sides/sides'
import type { KnownNumbers } from './known-numbers'
import { elementAt, placesOf, stretchedTo } from './number-places'
import type { NumberRule } from './number-rule'

type DType = KnownNumbers['dtype']

/** As a value of this type holds it; null where it cannot. */
function held(value: Side, dtype: DType): Side {
  if (typeof value !== 'number') return value
  if (dtype === 'float32') return Number.isFinite(value) ? Math.fround(value) : null
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null
}

/** Of numbers that are known. */
function numeric(compute: (a: number, b: number) => number) {
  return (a: Side, b: Side): Side =>
    typeof a === 'number' && typeof b === 'number' ? compute(a, b) : null
}

function compared(holds: (a: number, b: number) => boolean) {
  return numeric((a, b) => Number(holds(a, b)))
}

type Combine = (a: Side, b: Side, dtype: DType) => Side

const truths: { readonly [Each in Combining]?: Combine } = {
  And: compared((a, b) => a !== 0 && b !== 0),
  Or: compared((a, b) => a !== 0 || b !== 0),
  Xor: compared((a, b) => (a !== 0) !== (b !== 0)),
  Equal: (a, b) => (isSame(a, b) ? 1 : compared((left, right) => left === right)(a, b)),
  NotEqual: (a, b) => (isSame(a, b) ? 0 : compared((left, right) => left !== right)(a, b)),
  Greater: compared((a, b) => a > b),
  GreaterOrEqual: compared((a, b) => a >= b),
  Less: compared((a, b) => a < b),
  LessOrEqual: compared((a, b) => a <= b),
}

const numbersOf: { readonly [Each in Combining]?: Combine } = {
  Add: plus,
  Sub: (a, b) => plus(a, times(b, -1)),
  Mul: times,
  // Whole numbers with something left over are rounded one way here and another there.
  Div: (a, b, dtype) => (dtype === 'float32' ? ratio(a, b) : quotient(a, b)),
  FloorDiv: (a, b) => quotient(a, b) ?? numeric((left, right) => Math.floor(left / right))(a, b),
  TruncDiv: (a, b) => quotient(a, b) ?? numeric((left, right) => Math.trunc(left / right))(a, b),
  Rem: numeric((a, b) => a % b),
  Mod: numeric((a, b) => a - b * Math.floor(a / b)),
  Max: (a, b) => (isSame(a, b) ? a : numeric(Math.max)(a, b)),
  Min: (a, b) => (isSame(a, b) ? a : numeric(Math.min)(a, b)),
  SquaredDifference: numeric((a, b) => (a - b) ** 2),
}

/** Of open sides as well where that is exact. */
function changed(unary: Unary, x: Side): Side {
  if (isOpen(x) && Number.isInteger(x.times) && /^(?:Floor|Ceil|Round)$/.test(unary.function))
    return x
  if (unary.function === 'Neg') return times(x, -1)
  if (unary.function === 'Affine') return plus(times(x, unary.scale), unary.offset)
  if (typeof x !== 'number') return null
  switch (unary.function) {
    case 'Abs':
      return Math.abs(x)
    case 'Sign':
      return Math.sign(x)
    case 'Floor':
      return Math.floor(x)
    case 'Ceil':
      return Math.ceil(x)
    case 'Round':
      return roundedToEven(x)
    case 'Square':
      return x * x
    case 'Sqrt':
      return Math.sqrt(x)
    case 'Relu':
      return Math.max(0, x)
    case 'Not':
      return Number(x === 0)
    case 'Rounded':
      return unary.to === 'whole' ? roundedToEven(x) : null
    case 'Wrap':
      return wrapped(x, unary)
    case 'Clip':
      return Math.min(unary.most ?? Infinity, Math.max(unary.least ?? -Infinity, x))
    default:
      return null
  }
}

function wrapped(x: number, { bits, signed }: Extract<Unary, { function: 'Wrap' }>): number {
  const [all, half] = [2 ** bits, signed ? 2 ** (bits - 1) : 0]
  const moved = (x + half) % all
  return (moved < 0 ? moved + all : moved) - half
}

function roundedToEven(x: number): number {
  const floor = Math.floor(x)
  const isHalf = x - floor === 0.5
  return isHalf ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(x)
}

const reducing: { readonly [Each in Reducing]?: Combine } = {
  Sum: plus,
  Prod: times,
  Max: numeric(Math.max),
  Min: numeric(Math.min),
  All: compared((a, b) => a !== 0 && b !== 0),
  Any: compared((a, b) => a !== 0 || b !== 0),
}

function castTo(value: Side, dtype: DType): Side {
  const factor = isOpen(value) ? value.times : value
  if (factor === null) return null
  if (dtype === 'float32') return held(value, dtype)
  if (isOpen(value)) return dtype === 'int32' && Number.isInteger(factor) ? value : null
  return held(dtype === 'bool' ? Number(factor !== 0) : Math.trunc(factor), dtype)
}

export const computedNumbers: { readonly [Op in OpName]?: NumberRule<Op> } = {
  combine: ({ attributes }, { numbers, shape }) => {
    const [first] = numbers
    const truth = truths[attributes.function]
    const combine = truth ?? numbersOf[attributes.function]
    if (first === undefined || combine === undefined) return null
    const { dtype } = first
    const lists = numbers.map((each) => (each?.dtype === dtype ? stretchedTo(each, shape) : null))
    const values = lists.reduce<Sides | null>((left, right, place) => {
      if (place === 0 || left === null || right === null) return place === 0 ? right : null
      return left.map((a, at) => held(combine(a, right[at] ?? null, dtype), dtype))
    }, null)
    return values === null ? null : { dtype: truth === undefined ? dtype : 'bool', values }
  },
  where: (_node, { numbers: [condition, a, b], shape }) => {
    if (condition === undefined || a === undefined || b === undefined) return null
    const [chosen, left, right] = [condition, a, b].map((each) => stretchedTo(each, shape))
    const values = (chosen ?? []).map((which, at) => {
      const [yes = null, no = null] = [left?.[at], right?.[at]]
      if (typeof which !== 'number') return isSame(yes, no) ? yes : null
      return which === 0 ? no : yes
    })
    return a.dtype === b.dtype ? { dtype: a.dtype, values } : null
  },
  unary: ({ attributes }, { numbers: [x] }) =>
    x === undefined
      ? null
      : {
          dtype: x.dtype,
          values: x.values.map((value) => held(changed(attributes, value), x.dtype)),
        },
  cast: ({ attributes: { to } }, { numbers: [x] }) =>
    x === undefined || to === 'string'
      ? null
      : { dtype: to, values: x.values.map((value) => castTo(value, to)) },
  reduce: ({ attributes }, { numbers: [x], shape }) => {
    const combine = reducing[attributes.function]
    if (x === undefined || combine === undefined) return null
    const gone = attributes.axes === null ? null : axesOf(attributes.axes, x.shape.length)
    const kept = x.shape.map((side, axis) => (gone === null || gone.has(axis) ? 1 : side))
    const found: (Side | undefined)[] = []
    for (const places of placesOf(x.shape)) {
      const at = places.reduce(
        (sum, place, axis) => sum * (kept[axis] ?? 1) + (kept[axis] === 1 ? 0 : place),
        0,
      )
      const [before, value] = [found[at], elementAt(x, places)]
      found[at] = before === undefined ? value : held(combine(before, value, x.dtype), x.dtype)
    }
    const values = found.map((value) => value ?? null)
    // Of nothing there is nothing to begin with.
    return values.length === shape.reduce((all, side) => all * side, 1)
      ? { dtype: x.dtype, values }
      : null
  },
  shape: (_node, { inputs: [x] }) => (x === undefined ? null : { dtype: 'int32', values: x }),
  range: (_node, { numbers, shape: [length = 0] }) => {
    const [start, , step] = numbers
    const [from, by] = [start?.values[0], step?.values[0]]
    if (start === undefined || typeof from !== 'number' || typeof by !== 'number') return null
    const values = Array.from({ length }, (_, at) => held(from + at * by, start.dtype))
    return { dtype: start.dtype, values }
  },
}
