import type { OpAttributes } from '../../../graph/operators'
import { NotWritable } from '../../graph-writing/not-writable'
import type { GraphWriter, Wire } from './graph-writer'
import { cellFunction } from './write-functions'
import { splitEvenly } from './write-convolutions'

export type Cell = OpAttributes['recurrent']['cells'][number]

/** What a cell multiplies its state with: a matrix, or filters that keep the places of a picture. */
export type StateProduct = (state: Wire, kernel: Wire) => Wire

/** One step: what the cell makes of what was read, already multiplied, and its states; what it says comes first. */
type CellStep = (read: Wire, states: readonly Wire[]) => Wire[]

interface CellParts {
  readonly net: GraphWriter
  readonly cell: Cell
  readonly kernel: Wire
  readonly product: StateProduct
  /** Of the state; null: it has none of its own. */
  readonly bias: Wire | null
}

function at(list: readonly Wire[], place: number): Wire {
  const found = list[place]
  if (found === undefined) throw new NotWritable('unknown')
  return found
}

/** Parts of equal size along the last axis. */
function parts(net: GraphWriter, x: Wire, count: number): readonly Wire[] {
  return splitEvenly(net, x, count, x.sides.length - 1)
}

function simple({ net, cell, kernel, product }: CellParts): CellStep {
  const act = cellFunction(net, cell.activation)
  return (read, states) => [act(net.one('AddV2', [read, product(at(states, 0), kernel)]))]
}

/** What lets the old state through, and the new one otherwise. */
function mixed(net: GraphWriter, update: Wire, before: Wire, fresh: Wire): Wire {
  const other = net.one('Sub', [net.number(1), update], update)
  return net.one('AddV2', [net.one('Mul', [update, before]), net.one('Mul', [other, fresh])])
}

function gru(cell: CellParts): CellStep {
  return cell.cell.resetsAfter === true ? resettingAfter(cell) : resettingBefore(cell)
}

function resettingAfter({ net, cell, kernel, product, bias }: CellParts): CellStep {
  const [act, gate] = [cellFunction(net, cell.activation), cellFunction(net, cell.gates)]
  return (read, states) => {
    const before = at(states, 0)
    const sum = product(before, kernel)
    const x = parts(net, read, 3)
    const own = parts(net, bias === null ? sum : net.one('AddV2', [sum, bias]), 3)
    const [update, reset] = [0, 1].map((place) =>
      gate(net.one('AddV2', [at(x, place), at(own, place)])),
    )
    if (update === undefined || reset === undefined) throw new NotWritable('unknown')
    const fresh = act(net.one('AddV2', [at(x, 2), net.one('Mul', [reset, at(own, 2)])]))
    return [mixed(net, update, before, fresh)]
  }
}

function resettingBefore({ net, cell, kernel, product }: CellParts): CellStep {
  const [act, gate] = [cellFunction(net, cell.activation), cellFunction(net, cell.gates)]
  const { units } = cell
  const last = kernel.sides.length - 1
  const forGates = net.cut(kernel, last, 0, 2 * units)
  const forNew = net.cut(kernel, last, 2 * units, units)
  return (read, states) => {
    const before = at(states, 0)
    const x = parts(net, read, 3)
    const own = parts(net, product(before, forGates), 2)
    const [update, reset] = [0, 1].map((place) =>
      gate(net.one('AddV2', [at(x, place), at(own, place)])),
    )
    if (update === undefined || reset === undefined) throw new NotWritable('unknown')
    const heard = product(net.one('Mul', [reset, before]), forNew)
    return [mixed(net, update, before, act(net.one('AddV2', [at(x, 2), heard])))]
  }
}

function lstm({ net, cell, kernel, product }: CellParts): CellStep {
  const [act, gate] = [cellFunction(net, cell.activation), cellFunction(net, cell.gates)]
  return (read, states) => {
    const sum = net.one('AddV2', [read, product(at(states, 0), kernel)])
    const part = parts(net, sum, 4)
    const carried = net.one('Mul', [gate(at(part, 1)), at(states, 1)])
    const fresh = net.one('Mul', [gate(at(part, 0)), act(at(part, 2))])
    const memory = net.one('AddV2', [carried, fresh])
    return [net.one('Mul', [gate(at(part, 3)), act(memory)]), memory]
  }
}

export const cellSteps: { readonly [Kind in Cell['kind']]: (parts: CellParts) => CellStep } = {
  simple,
  gru,
  lstm,
  convLstm: lstm,
}
