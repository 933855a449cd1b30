import * as tf from '@tensorflow/tfjs'
import type { OpAttributes } from '../../../graph/operators'
import { statesOf } from '../../../graph/shapes/recurrent-shapes'
import { cellSteps } from './cells'
import type { Cell, Product } from './cells'
import { given } from './kernel'
import type { Call, Kernel } from './kernel'
import { seedOf } from './noise'
import { rowDropout } from './row-noise'
import { stepsOf } from './steps-of'
import { marginsOf, surrounded } from './window-places'

type Attributes = OpAttributes['recurrent']

/** A cell on its way through a sequence. */
interface Reading {
  readonly call: Call<'recurrent'>
  readonly cell: Cell
  readonly window: Attributes['window']
  /** kernel, recurrent kernel, and a bias where it has one */
  readonly weights: readonly tf.Tensor[]
  readonly begun: readonly tf.Tensor[] | null
  /** [n, time, ...], stretched over states: which steps count; null: all. */
  readonly counts: tf.Tensor | null
  readonly backwards: boolean
  /** Of steps that do not count it says zeros. */
  readonly zeroed: boolean
  /** Of its noise. */
  readonly seed: number
}

interface Read {
  /** What it says at each step, in the order in which it reads. */
  readonly steps: readonly tf.Tensor[]
  readonly states: readonly tf.Tensor[]
}

/** All steps at once: what is read does not depend on the state. */
function multiplied(rows: tf.Tensor, { cell, weights, window, call }: Reading): tf.Tensor {
  const [kernel, , both] = weights
  if (kernel === undefined) throw new RangeError(`${call.node.id} lacks a kernel`)
  const bias = both !== undefined && cell.resetsAfter === true ? rowOf(both, 0) : both
  const product = window === null ? tf.matMul(rows, kernel) : convolved(rows, kernel, window)
  return bias === undefined ? product : tf.add(product, bias)
}

/** Of a bias that has one row for what is read and one for the state. */
function rowOf(bias: tf.Tensor, row: 0 | 1): tf.Tensor {
  const width = bias.shape[1] ?? 0
  return tf.reshape(tf.slice(bias, [row, 0], [1, width]), [width])
}

function convolved(
  x: tf.Tensor,
  kernel: tf.Tensor,
  { strides, dilations, padding, sides }: NonNullable<Attributes['window']>,
): tf.Tensor {
  const margins = marginsOf(padding, x.shape.slice(1, 3), sides, strides)
  return tf.conv2d(
    surrounded(x, margins) as tf.Tensor4D,
    kernel as tf.Tensor4D,
    strides as [number, number],
    'valid',
    'NHWC',
    dilations as [number, number],
  )
}

const inPlace: Product = (state, kernel) =>
  tf.conv2d(state as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same')

/** What is left out is the same at all steps. */
function thinned(
  x: tf.Tensor,
  rate: number,
  shared: readonly number[],
  reading: Reading,
): tf.Tensor {
  if (!reading.call.pass.training || rate <= 0 || rate >= 1) return x
  const sides = x.shape.map((side, axis) => (shared.includes(axis) ? 1 : side))
  return rowDropout(x, rate, sides, reading.call.pass, reading.seed >>> 0)
}

/** @param x [n, time, ...step] */
function readThrough(x: tf.Tensor, reading: Reading): Read {
  const { cell, weights, window, call, begun, backwards, zeroed } = reading
  const inOrder = <Item>(items: readonly Item[]): Item[] =>
    backwards ? items.toReversed() : [...items]
  const [n = 1, time = 1, ...step] = x.shape
  const left = thinned(x, cell.dropout.input, [1], reading)
  // Of all products nothing stays but the rows that steps read.
  const rows = tf.tidy(() => {
    const product = multiplied(tf.reshape(left, [n * time, ...step]), reading)
    return stepsOf(tf.reshape(product, [n, time, ...product.shape.slice(1)]))
  })
  const kernel = weights[1]
  if (kernel === undefined) throw new RangeError(`${call.node.id} lacks a recurrent kernel`)
  const isPicture = window !== null
  const [, , bias] = weights
  const carryOut = cellSteps[cell.kind](
    cell,
    kernel,
    isPicture ? inPlace : (state, matrix) => tf.matMul(state, matrix),
    bias !== undefined && cell.resetsAfter === true ? rowOf(bias, 1) : null,
  )
  const sides = [n, ...(rows[0]?.shape ?? []).slice(1, -1), cell.units]
  let states: readonly tf.Tensor[] =
    begun ?? Array.from({ length: statesOf[cell.kind] }, () => tf.zeros(sides))
  const [kept] = states
  // A mask of its own, which is made once and then handed from step to step.
  const mask =
    kept === undefined
      ? null
      : maskOf(kept, cell.dropout.state, { ...reading, seed: reading.seed + 1 })
  const steps: tf.Tensor[] = []
  const counts = reading.counts === null ? [] : inOrder(stepsOf(reading.counts))
  for (const [at, row] of inOrder(rows).entries()) {
    const before = states
    // What a step makes on its way goes with it, where no gradient needs it.
    states = tf.tidy(() => {
      const [first, ...others] = before
      const heard = first === undefined || mask === null ? before : [tf.mul(first, mask), ...others]
      return [...counted(carryOut(row, heard), before, counts[at] ?? null)]
    })
    const [said] = states
    const own = zeroed ? (counts[at] ?? null) : null
    if (said !== undefined) steps.push(own === null ? said : tf.mul(said, own))
  }
  return { steps, states }
}

/** Of samples for which the step does not count, the states of before. @param counts [n] */
function counted(
  after: readonly tf.Tensor[],
  before: readonly tf.Tensor[],
  counts: tf.Tensor | null,
): readonly tf.Tensor[] {
  const [first] = after
  if (counts === null || first === undefined) return after
  const isCounted = tf.cast(tf.broadcastTo(counts, first.shape), 'bool')
  return after.map((state, at) => tf.where(isCounted, state, before[at] ?? state))
}

function maskOf(like: tf.Tensor, rate: number, reading: Reading): tf.Tensor | null {
  const ones = tf.ones(like.shape)
  const mask = thinned(ones, rate, [], reading)
  return mask === ones ? null : mask
}

interface Direction {
  readonly weights: readonly tf.Tensor[]
  /** Of the last cell first; nothing where it begins with zeros. */
  readonly begun: readonly tf.Tensor[]
  readonly counts: tf.Tensor | null
  readonly backwards: boolean
  readonly seed: number
}

/** In the order in which the cell is given the steps: only the first reads them as they came. */
function countsOf({ backwards, counts }: Direction, at: number): tf.Tensor | null {
  return counts === null || !backwards || at === 0 ? counts : tf.reverse(counts, 1)
}

/** Cell after cell through the whole sequence: what one says is what the next reads. */
function throughCells(call: Call<'recurrent'>, x: tf.Tensor, direction: Direction): Read {
  const { cells, window } = call.node.attributes
  let from = 0
  let left = direction.begun.length
  let sequence = x
  let steps: readonly tf.Tensor[] = []
  const states: tf.Tensor[] = []
  for (const [at, cell] of cells.entries()) {
    const weights = direction.weights.slice(from, (from += cell.biased ? 3 : 2))
    const own = statesOf[cell.kind]
    left -= own
    const read = readThrough(sequence, {
      call,
      cell,
      window,
      weights,
      begun: direction.begun.length === 0 ? null : direction.begun.slice(left, left + own),
      counts: countsOf(direction, at),
      // Only the first cell sees the sequence as it came.
      backwards: direction.backwards && at === 0,
      zeroed: call.node.attributes.zeroed === true && at === cells.length - 1,
      seed: direction.seed + 7 * at,
    })
    steps = read.steps
    states.unshift(...read.states)
    if (at < cells.length - 1) sequence = tf.stack([...steps], 1)
  }
  return { steps, states }
}

function joined(
  values: readonly tf.Tensor[],
  directions: Attributes['directions'],
): readonly tf.Tensor[] {
  const [one, other] = values
  if (one === undefined || other === undefined) return values
  switch (directions) {
    case 'concat':
      return [tf.concat([one, other], one.rank - 1)]
    case 'sum':
      return [tf.add(one, other)]
    case 'mul':
      return [tf.mul(one, other)]
    case 'ave':
      return [tf.mul(tf.add(one, other), 0.5)]
    default:
      return values
  }
}

export const recurrent: Kernel<'recurrent'> = (call) => {
  const { cells, directions, masked, sequences, window, states, backwards } = call.node.attributes
  const x = given(call, 0)
  const rest = call.inputs.slice(1).map((_, at) => given(call, at + 1))
  const mask = masked ? (rest.pop() ?? null) : null
  const both = directions === null ? 1 : 2
  const weights = cells.reduce((sum, { biased }) => sum + (biased ? 3 : 2), 0)
  const needed = cells.reduce((sum, { kind }) => sum + statesOf[kind], 0)
  const begun = rest.slice(weights * both)
  const time = window === null ? x.rank - 2 : x.rank - 4
  const lead = x.shape.slice(0, time)
  const rows = tf.reshape(x, [lead.reduce((all, side) => all * side, 1), ...x.shape.slice(time)])
  // As numbers: kernels of WebAssembly that turn, cut or repeat take truths for as wide.
  const counts =
    mask &&
    tf.reshape(tf.cast(mask, 'float32'), [
      rows.shape[0],
      ...mask.shape.slice(time),
      ...(mask.rank === x.rank ? [] : [1]),
    ])
  const seed = seedOf(call.pass, call.node.id)
  const read = Array.from({ length: both }, (_, at) =>
    throughCells(call, rows, {
      weights: rest.slice(weights * at, weights * (at + 1)),
      begun: begun.slice(needed * at, needed * (at + 1)),
      counts,
      backwards: backwards !== (at === 1),
      seed: seed + 101 * at,
    }),
  )
  const said = read.map(({ steps }, at) => {
    const last = steps.at(-1)
    if (last === undefined) throw new RangeError('a sequence has steps')
    // The second direction is put in the order of the first.
    return sequences ? tf.stack(at === 1 ? steps.toReversed() : [...steps], 1) : last
  })
  const handed = states ? read.flatMap((each) => each.states) : []
  return [...joined(said, directions), ...handed].map((value) =>
    tf.reshape(value, [...lead, ...value.shape.slice(1)]),
  )
}
