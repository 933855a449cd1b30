import type { GraphNode, NodeOf, OpName } from '../operators'
import { axesOf } from '../sides/sides'
import { aligned, apart, at, everywhere, onlyFirst, windowed, withoutAxes } from './batch-places'
import type { BatchAnswer, BatchFacts, BatchInput, BatchRule } from './batch-rule'
import { movedBatches } from './batch-shapes'

const joined = (_node: unknown, { inputs }: BatchFacts) => {
  const axis = aligned(inputs)
  return axis === null ? null : { axis }
}

/** What it says belongs to no sample alone, or it has no meaning. */
const never = (): null => null

const matMul: BatchRule<'matMul'> = ({ attributes }, { inputs: [a, b, bias] }) => {
  if (a === undefined || b === undefined || (bias?.axis ?? null) !== null) return null
  const rank = Math.max(a.sides.length, b.sides.length)
  if (a.sides.length < 2 || b.sides.length < 2) return null
  const place = ({ axis, sides }: BatchInput): number => (axis ?? 0) + rank - sides.length
  const isOuter = (each: BatchInput): boolean => each.axis !== null && place(each) < rank - 2
  const rows = attributes.transposeA ? rank - 1 : rank - 2
  const columns = attributes.transposeB ? rank - 2 : rank - 1
  if (b.axis === null && place(a) === rows) return at(rank - 2)
  // A bias has one number for each column.
  if (a.axis === null && place(b) === columns) return bias === undefined ? at(rank - 1) : null
  const isApart = [a, b].every((each) => each.axis === null || isOuter(each))
  const axis = isApart ? aligned([a, b]) : null
  return axis === null ? null : at(axis)
}

const reduce: BatchRule<'reduce'> = ({ attributes: { axes, keepDims } }, facts) =>
  reduced(axes, keepDims, facts)

function reduced<Op extends OpName>(
  axes: readonly number[] | null,
  keepDims: boolean,
  facts: BatchFacts,
): BatchAnswer<Op> | null {
  const x = onlyFirst(facts)
  const gone = x === null || axes === null ? null : axesOf(axes, x.sides.length)
  if (x === null || gone === null || gone.has(x.axis)) return null
  return at(keepDims ? x.axis : withoutAxes(x.axis, gone))
}

const einsum: BatchRule<'einsum'> = ({ attributes: { equation } }, { inputs }) => {
  const [read = '', made = ''] = equation.split('->')
  const terms = read.split(',')
  const letters = new Set(
    inputs.flatMap((input, place) => {
      const axis = input?.axis ?? null
      return axis === null ? [] : [terms[place]?.[axis] ?? '']
    }),
  )
  const [letter = ''] = letters
  const isOwn = inputs.every((input, place) => {
    const axis = input?.axis ?? null
    const own = terms[place] ?? ''
    return axis === null ? !own.includes(letter) : own.split(letter).length === 2
  })
  const axis = made.indexOf(letter)
  const isOne = letters.size === 1 && letter !== '' && made.split(letter).length === 2
  return isOne && isOwn && /^[a-zA-Z,]*->[a-zA-Z]*$/.test(equation) ? at(axis) : null
}

/** States that a file gives are those of each sample. */
const recurrent: BatchRule<'recurrent'> = ({ attributes }, { inputs: [x, ...rest] }) => {
  const { cells, directions, window } = attributes
  const own = cells.reduce((sum, { biased }) => sum + (biased ? 3 : 2), 0)
  const weights = rest.slice(0, own * (directions === null ? 1 : 2))
  const isApart = weights.every((input) => (input?.axis ?? null) === null)
  const areOwn = rest.slice(weights.length).every((input) => input?.axis === 0)
  return x?.axis === 0 && window === null && x.sides.length === 3 && isApart && areOwn
    ? at(0)
    : null
}

const batchRules: { readonly [Op in OpName]: BatchRule<Op> } = {
  ...movedBatches,
  conv: windowed(({ attributes }) => attributes.strides.length),
  depthwiseConv: windowed(({ attributes }) => attributes.strides.length),
  transposedConv: windowed(({ attributes }) => attributes.strides.length),
  pool: windowed(({ attributes }) => attributes.strides.length),
  depthToSpace: windowed(() => 2),
  resize: (node, facts) => {
    const { to } = node.attributes
    const count = to === null ? NaN : 'sides' in to ? to.sides.length : to.factors.length
    return windowed<'resize'>(() => count)(node, facts)
  },
  matMul,
  einsum,
  dot: never,
  batchNormalization: apart(({ attributes }) => [attributes.axis]),
  layerNormalization: apart(({ attributes }) => attributes.axes),
  localResponseNormalization: apart(({ attributes }) => [attributes.axis]),
  softmax: apart(({ attributes }) => [attributes.axis]),
  cumulative: apart(({ attributes }) => [attributes.axis]),
  topK: apart(() => [-1]),
  reduce,
  argExtreme: ({ attributes }, facts) => reduced([attributes.axis], attributes.keepDims, facts),
  unary: everywhere(),
  identity: everywhere(),
  noise: apart(({ attributes }) => attributes.shared),
  cast: everywhere(),
  oneHot: everywhere(),
  scatter: never,
  nonMaxSuppression: never,
  prelu: joined,
  combine: joined,
  where: joined,
  shape: never,
  fill: never,
  range: never,
  recurrent,
  opaque: never,
}

function ruleOf<Op extends OpName>({ op }: NodeOf<Op>): BatchRule<Op> {
  return batchRules[op]
}

/** Where samples lie in what a node gives. @returns null where they meet, or may meet */
export function batchOf(node: GraphNode, facts: BatchFacts): BatchAnswer<OpName> | null {
  return ruleOf(node)(node, facts)
}
