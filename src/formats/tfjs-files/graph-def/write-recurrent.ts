import type { OpAttributes } from '../../../graph/operators'
import { statesOf } from '../../../graph/shapes/recurrent-shapes'
import { product, times } from '../../../graph/sides/side'
import type { Sides } from '../../../graph/sides/side'
import { fixed, NotWritable } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { marginsOf, surrounded } from './window-padding'
import { cellSteps } from './write-cells'
import type { Cell, StateProduct } from './write-cells'
import { joined, truths } from './write-combining'
import { convolution } from './write-convolutions'
import { matrixProduct, spreadOver } from './write-products'
import { type, whole } from './written-attributes'
import { input } from './writing'
import type { Write, Writing } from './writing'

type Attributes = OpAttributes['recurrent']

/** Longer sequences would make a file of more nodes than weights. */
export const MOST_STEPS = 128

/** A cell on its way through a sequence. */
interface Reading {
  readonly net: GraphWriter
  readonly cell: Cell
  readonly window: Attributes['window']
  /** kernel, recurrent kernel, and a bias where it has one */
  readonly weights: readonly Wire[]
  readonly begun: readonly Wire[] | null
  /** [n, time, ...], stretched over states: which steps count; null: all. */
  readonly counts: Wire | null
  readonly backwards: boolean
  /** Of steps that do not count it says zeros. */
  readonly zeroed: boolean
}

interface Read {
  /** What it says at each step, in the order in which it reads. */
  readonly steps: readonly Wire[]
  readonly states: readonly Wire[]
}

function stepsOf(net: GraphWriter, x: Wire): Wire[] {
  const count = fixed(x.sides[1])
  if (count > MOST_STEPS || count < 1) throw new NotWritable('steps')
  const sides = x.sides.filter((_, axis) => axis !== 1)
  const attributes = { T: type(x.dtype), num: whole(count), axis: whole(1) }
  const given = Array.from({ length: count }, () => ({ sides, dtype: x.dtype }))
  return net.parts('Unpack', [x], attributes, given)
}

/** All steps at once: what is read does not depend on the state. */
function multiplied(rows: Wire, { net, cell, weights, window }: Reading): Wire {
  const [kernel, , both] = weights
  if (kernel === undefined) throw new NotWritable('unknown')
  const bias = both !== undefined && cell.resetsAfter === true ? rowOf(net, both, 0) : both
  if (window === null) return matrixProduct(net, rows, kernel, bias ?? null)
  const { strides, dilations, padding, sides } = window
  const room = surrounded(net, rows, marginsOf(padding, rows.sides.slice(1, 3), sides, strides))
  const moves = { strides, dilations, padding: { begin: [0, 0], end: [0, 0] } }
  return convolution({ net, kernel, moves, bias: bias ?? null }, room)
}

/** Of a bias that has one row for what is read and one for the state. */
function rowOf(net: GraphWriter, bias: Wire, row: 0 | 1): Wire {
  return net.squeeze(net.cut(bias, 0, row, 1), [0])
}

function stateProduct({ net, window }: Reading): StateProduct {
  if (window === null) return (state, kernel) => matrixProduct(net, state, kernel, null)
  const moves = { strides: [1, 1], dilations: [1, 1], padding: 'sameUpper' as const }
  return (state, kernel) => convolution({ net, kernel, moves, bias: null }, state)
}

function zeros(net: GraphWriter, sides: Sides): Wire {
  const attributes = { T: type('float32'), index_type: type('int32') }
  return net.node('Fill', [net.sizes(sides), net.number(0)], attributes, {
    sides,
    dtype: 'float32',
  })
}

/** @param x [n, time, ...step] */
function readThrough(x: Wire, reading: Reading): Read {
  const { net, cell, weights, begun, backwards, zeroed } = reading
  const inOrder = <Item>(items: readonly Item[]): Item[] =>
    backwards ? items.toReversed() : [...items]
  const [n = null, time = null, ...step] = x.sides
  const made = multiplied(net.reshape(x, [times(n, time), ...step]), reading)
  const rows = stepsOf(net, net.reshape(made, [n, time, ...made.sides.slice(1)]))
  const [, kernel, bias] = weights
  if (kernel === undefined) throw new NotWritable('unknown')
  const carryOut = cellSteps[cell.kind]({
    ...{ net, cell, kernel, product: stateProduct(reading) },
    bias: bias !== undefined && cell.resetsAfter === true ? rowOf(net, bias, 1) : null,
  })
  const sides = [n, ...(rows[0]?.sides ?? []).slice(1, -1), cell.units]
  let states: readonly Wire[] =
    begun ?? Array.from({ length: statesOf[cell.kind] }, () => zeros(net, sides))
  const steps: Wire[] = []
  const counts = reading.counts === null ? [] : inOrder(stepsOf(net, reading.counts))
  for (const [at, row] of inOrder(rows).entries()) {
    states = counted(net, carryOut(row, states), states, counts[at] ?? null)
    const [said] = states
    const own = zeroed ? (counts[at] ?? null) : null
    if (said !== undefined) steps.push(own === null ? said : joined(net, 'Mul', said, own))
  }
  return { steps, states }
}

/** Of samples for which the step does not count, the states of before. */
function counted(
  net: GraphWriter,
  after: readonly Wire[],
  before: readonly Wire[],
  counts: Wire | null,
): readonly Wire[] {
  const [first] = after
  if (counts === null || first === undefined) return after
  const isCounted = truths(net, spreadOver(net, counts, first.sides))
  return after.map((state, at) =>
    net.one('SelectV2', [isCounted, state, before[at] ?? state], state),
  )
}

interface Direction {
  readonly weights: readonly Wire[]
  /** Of the last cell first; nothing where it begins with zeros. */
  readonly begun: readonly Wire[]
  readonly counts: Wire | null
  readonly backwards: boolean
}

/** In the order in which the cell is given the steps: only the first reads them as they came. */
function countsOf(net: GraphWriter, { backwards, counts }: Direction, at: number): Wire | null {
  if (counts === null || !backwards || at === 0) return counts
  const types = { T: type('float32'), Tidx: type('int32') }
  return net.node('ReverseV2', [counts, net.wholes([1])], types, counts)
}

/** Cell after cell through the whole sequence: what one says is what the next reads. */
function throughCells(writing: Writing<'recurrent'>, x: Wire, direction: Direction): Read {
  const { net, node } = writing
  const { cells, window, zeroed } = node.attributes
  let from = 0
  let left = direction.begun.length
  let sequence = x
  let steps: readonly Wire[] = []
  const states: Wire[] = []
  for (const [at, cell] of cells.entries()) {
    const weights = direction.weights.slice(from, (from += cell.biased ? 3 : 2))
    const own = statesOf[cell.kind]
    left -= own
    const read = readThrough(sequence, {
      ...{ net, cell, window, weights },
      begun: direction.begun.length === 0 ? null : direction.begun.slice(left, left + own),
      counts: countsOf(net, direction, at),
      // Only the first cell sees the sequence as it came.
      backwards: direction.backwards && at === 0,
      zeroed: zeroed === true && at === cells.length - 1,
    })
    steps = read.steps
    states.unshift(...read.states)
    if (at < cells.length - 1) sequence = net.stack(steps, 1)
  }
  return { steps, states }
}

function bothWays(
  net: GraphWriter,
  values: readonly Wire[],
  directions: Attributes['directions'],
): readonly Wire[] {
  const [one, other] = values
  if (one === undefined || other === undefined) return values
  switch (directions) {
    case 'concat':
      return [net.concat([one, other], one.sides.length - 1)]
    case 'sum':
      return [net.one('AddV2', [one, other])]
    case 'mul':
      return [net.one('Mul', [one, other])]
    case 'ave':
      return [net.one('Mul', [net.one('AddV2', [one, other]), net.number(0.5)])]
    default:
      return values
  }
}

export const recurrent: Write<'recurrent'> = (writing) => {
  const { net, node, inputs } = writing
  const { cells, directions, masked, sequences, window, states, backwards } = node.attributes
  const x = input(writing, 0)
  const rest = inputs.slice(1).map((_, at) => input(writing, at + 1))
  const mask = masked ? (rest.pop() ?? null) : null
  const both = directions === null ? 1 : 2
  const weights = cells.reduce((sum, { biased }) => sum + (biased ? 3 : 2), 0)
  const needed = cells.reduce((sum, { kind }) => sum + statesOf[kind], 0)
  const begun = rest.slice(weights * both)
  const time = window === null ? x.sides.length - 2 : x.sides.length - 4
  const lead = x.sides.slice(0, time)
  const rows = net.reshape(x, [product(lead), ...x.sides.slice(time)])
  // As numbers: kernels of WebAssembly that turn, cut or repeat take truths for as wide.
  const counts =
    mask &&
    net.reshape(net.cast(mask, 'float32'), [
      rows.sides[0] ?? null,
      ...mask.sides.slice(time),
      ...(mask.sides.length === x.sides.length ? [] : [1]),
    ])
  const read = Array.from({ length: both }, (_, at) =>
    throughCells(writing, rows, {
      weights: rest.slice(weights * at, weights * (at + 1)),
      begun: begun.slice(needed * at, needed * (at + 1)),
      counts,
      backwards: backwards !== (at === 1),
    }),
  )
  const said = read.map(({ steps }, at) => {
    const last = steps.at(-1)
    if (last === undefined) throw new NotWritable('steps')
    // The second direction is put in the order of the first.
    return sequences ? net.stack(at === 1 ? steps.toReversed() : steps, 1) : last
  })
  const handed = states ? read.flatMap((each) => each.states) : []
  return [...bothWays(net, said, directions), ...handed].map((value) =>
    net.reshape(value, [...lead, ...value.sides.slice(1)]),
  )
}
