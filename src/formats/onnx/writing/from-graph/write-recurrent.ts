import type { OpAttributes } from '../../../../graph/operators'
import { statesOf } from '../../../../graph/shapes/recurrent-shapes'
import { product } from '../../../../graph/sides/side'
import { NotWritable } from '../../../graph-writing/not-writable'
import { isNative, throughOnnx } from './native-cells'
import type { OnnxWriter, Wire } from './onnx-writer'
import type { Direction, Read } from './read-sequence'
import { throughSteps } from './unrolled-cells'
import { combined } from './write-combining'
import { input } from './writing'
import type { Write } from './writing'

type Attributes = OpAttributes['recurrent']

function bothWays(
  net: OnnxWriter,
  values: readonly Wire[],
  directions: Attributes['directions'],
): readonly Wire[] {
  const [one, other] = values
  if (one === undefined || other === undefined) return values
  switch (directions) {
    case 'concat':
      return [net.concat([one, other], one.sides.length - 1)]
    case 'sum':
      return [combined(net, 'Add', one, other)]
    case 'mul':
      return [combined(net, 'Mul', one, other)]
    case 'ave':
      return [combined(net, 'Mul', combined(net, 'Add', one, other), net.number(0.5))]
    default:
      return values
  }
}

/** Cell after cell through the whole sequence: what one says is what the next reads. */
function throughCells(
  net: OnnxWriter,
  attributes: Attributes,
  x: Wire,
  direction: Direction,
): Read {
  const { cells } = attributes
  let from = 0
  let left = direction.begun.length
  let read: Read = { sequence: x, last: x, states: [] }
  const states: Wire[] = []
  for (const [at, cell] of cells.entries()) {
    const weights = direction.weights.slice(from, (from += cell.biased ? 3 : 2))
    const own = statesOf[cell.kind]
    left -= own
    const reading = {
      ...{ net, cell, weights, window: attributes.window },
      zeroed: attributes.zeroed === true && at === cells.length - 1,
      begun: direction.begun.length === 0 ? null : direction.begun.slice(left, left + own),
      counts: direction.counts,
      backwards: direction.backwards,
    }
    read = isNative(attributes, cell) ? throughOnnx(read, reading) : throughSteps(read, reading)
    states.unshift(...read.states)
  }
  return { ...read, states }
}

export const recurrent: Write<'recurrent'> = (writing) => {
  const { net, node, inputs } = writing
  const { attributes } = node
  const { cells, directions, masked, sequences, window, states, backwards } = attributes
  if (window !== null && window.layout !== 'channelsFirst') throw new NotWritable('unknown')
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
  const counts =
    mask &&
    net.reshape(net.cast(mask, 'bool'), [
      rows.sides[0] ?? null,
      ...mask.sides.slice(time),
      ...(mask.sides.length === x.sides.length ? [] : [1]),
    ])
  const read = Array.from({ length: both }, (_, at) =>
    throughCells(net, attributes, rows, {
      weights: rest.slice(weights * at, weights * (at + 1)),
      begun: begun.slice(needed * at, needed * (at + 1)),
      counts,
      backwards: backwards !== (at === 1),
    }),
  )
  // What it says comes in the order in which it is read, the second direction in that of the first.
  const said = read.map(({ last, sequence }) =>
    !sequences ? last : backwards ? net.reversed(sequence, 1) : sequence,
  )
  const handed = states ? read.flatMap((each) => each.states) : []
  return [...bothWays(net, said, directions), ...handed].map((value) =>
    net.reshape(value, [...lead, ...value.sides.slice(1)]),
  )
}
