import { statesOf } from '../../../../graph/shapes/recurrent-shapes'
import { times } from '../../../../graph/sides/side'
import { fixed, NotWritable } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import type { Read, Reading } from './read-sequence'
import { cellSteps } from './write-cells'
import type { StateProduct } from './write-cells'
import { chosen, combined } from './write-combining'
import { convolved } from './write-convolutions'
import { matrixProduct } from './write-products'

/** Longer sequences would make a file of more nodes than weights. */
const MOST_STEPS = 128

/** [places, places, in, out] as ONNX has filters. */
function filters(net: OnnxWriter, kernel: Wire): Wire {
  return net.turned(kernel, [3, 2, 0, 1])
}

/** Of a bias that has one row for what is read and one for the state. */
function rowOf(net: OnnxWriter, bias: Wire, row: 0 | 1): Wire {
  return net.reshape(net.cut(bias, 0, row, 1), [bias.sides[1] ?? null])
}

/** All steps at once: what is read does not depend on the state. @param rows [n * time, ...] */
function multiplied(rows: Wire, { net, cell, weights, window }: Reading): Wire {
  const [kernel, , both] = weights
  if (kernel === undefined) throw new NotWritable('unknown')
  const bias = both !== undefined && cell.resetsAfter === true ? rowOf(net, both, 0) : both
  if (window !== null) {
    const own = { kernel: filters(net, kernel), groups: 1, moves: window, bias: bias ?? null }
    return convolved(net, rows, own)
  }
  const product = matrixProduct(net, rows, kernel)
  return bias === undefined ? product : combined(net, 'Add', product, bias)
}

function inPlace(net: OnnxWriter): StateProduct {
  const moves = { strides: [1, 1], dilations: [1, 1], padding: 'sameUpper' } as const
  return (state, kernel) =>
    convolved(net, state, { kernel: filters(net, kernel), bias: null, groups: 1, moves })
}

/** Of samples for which the step does not count, the states of before. */
function counted(
  net: OnnxWriter,
  after: readonly Wire[],
  before: readonly Wire[],
  counts: Wire | null,
): readonly Wire[] {
  if (counts === null) return after
  return after.map((state, at) => chosen(net, counts, state, before[at] ?? state))
}

function stepsOf(net: OnnxWriter, x: Wire): Wire[] {
  const count = fixed(x.sides[1])
  if (count > MOST_STEPS || count < 1) throw new NotWritable('steps')
  return net.split(x, new Array<number>(count).fill(1), 1).map((step) => net.squeeze(step, [1]))
}

/** Step after step. */
export function throughSteps({ sequence }: Read, reading: Reading): Read {
  const { backwards, begun, cell, net, weights, window, zeroed } = reading
  const inOrder = <Item>(items: readonly Item[]): Item[] =>
    backwards ? items.toReversed() : [...items]
  const x = net.cast(sequence, 'float32')
  const [n = null, time = null, ...step] = x.sides
  fixed(time)
  const product = multiplied(net.reshape(x, [times(n, time), ...step]), reading)
  const rows = stepsOf(net, net.reshape(product, [n, time, ...product.sides.slice(1)]))
  const [, kernel, bias] = weights
  if (kernel === undefined) throw new NotWritable('unknown')
  const axis = 1
  const carryOut = cellSteps[cell.kind]({
    ...{ net, cell, kernel, axis },
    product: window === null ? (state, matrix) => matrixProduct(net, state, matrix) : inPlace(net),
    bias: bias !== undefined && cell.resetsAfter === true ? rowOf(net, bias, 1) : null,
  })
  const sides = (rows[0]?.sides ?? []).map((side, at) => (at === axis ? cell.units : side))
  const zeros = (): Wire => net.spreadOver(net.number(0), sides)
  let states: readonly Wire[] = begun ?? Array.from({ length: statesOf[cell.kind] }, zeros)
  const counts = reading.counts === null ? [] : inOrder(stepsOf(net, reading.counts))
  const said: Wire[] = []
  for (const [at, row] of inOrder(rows).entries()) {
    const own = counts[at] ?? null
    states = counted(net, carryOut(row, states), states, own)
    const [first] = states
    if (first === undefined) throw new NotWritable('unknown')
    said.push(
      own === null || !zeroed ? first : combined(net, 'Mul', first, net.cast(own, 'float32')),
    )
  }
  const last = said.at(-1)
  if (last === undefined) throw new NotWritable('steps')
  return { sequence: net.stack(inOrder(said), 1), last, states }
}
