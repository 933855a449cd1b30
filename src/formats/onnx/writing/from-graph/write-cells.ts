import type { OpAttributes } from '../../../../graph/operators'
import { fixed, NotWritable } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import { combined } from './write-combining'
import { cellFunction } from './write-functions'

export type Cell = OpAttributes['recurrent']['cells'][number]

/** What a cell multiplies its state with: a matrix, or filters that keep the places of a picture. */
export type StateProduct = (state: Wire, kernel: Wire) => Wire

/** One step: what the cell makes of what was read, already multiplied, and its states; what it says comes first. */
type CellStep = (read: Wire, states: readonly Wire[]) => Wire[]

interface CellParts {
  readonly net: OnnxWriter
  readonly cell: Cell
  /** Which axis of what is read the units are. */
  readonly axis: number
  /** [...places, in, out] */
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

/** Parts of equal size along an axis. */
function parts(net: OnnxWriter, x: Wire, count: number, axis: number): readonly Wire[] {
  return net.split(x, new Array<number>(count).fill(fixed(x.sides[axis]) / count), axis)
}

function simple({ net, cell, axis, kernel, product }: CellParts): CellStep {
  const act = cellFunction(net, cell.activation, axis)
  return (read, states) => [act(combined(net, 'Add', read, product(at(states, 0), kernel)))]
}

/** What lets the old state through, and the new one otherwise. */
function mixed(net: OnnxWriter, update: Wire, before: Wire, fresh: Wire): Wire {
  const other = combined(net, 'Sub', net.number(1), update)
  return combined(
    net,
    'Add',
    combined(net, 'Mul', update, before),
    combined(net, 'Mul', other, fresh),
  )
}

function gru(cell: CellParts): CellStep {
  const { net, axis, kernel, product, bias } = cell
  const [act, gate] = [
    cellFunction(net, cell.cell.activation, axis),
    cellFunction(net, cell.cell.gates, axis),
  ]
  const add = (a: Wire, b: Wire): Wire => combined(net, 'Add', a, b)
  if (cell.cell.resetsAfter === true)
    return (read, states) => {
      const before = at(states, 0)
      const sum = product(before, kernel)
      const x = parts(net, read, 3, axis)
      const own = parts(net, bias === null ? sum : add(sum, bias), 3, axis)
      const update = gate(add(at(x, 0), at(own, 0)))
      const reset = gate(add(at(x, 1), at(own, 1)))
      const fresh = act(add(at(x, 2), combined(net, 'Mul', reset, at(own, 2))))
      return [mixed(net, update, before, fresh)]
    }
  const { units } = cell.cell
  const [forGates, forNew] = net.split(kernel, [2 * units, units], kernel.sides.length - 1)
  return (read, states) => {
    const before = at(states, 0)
    const x = parts(net, read, 3, axis)
    const own = parts(net, product(before, forGates ?? kernel), 2, axis)
    const update = gate(add(at(x, 0), at(own, 0)))
    const reset = gate(add(at(x, 1), at(own, 1)))
    const heard = product(combined(net, 'Mul', reset, before), forNew ?? kernel)
    return [mixed(net, update, before, act(add(at(x, 2), heard)))]
  }
}

function lstm({ net, cell, axis, kernel, product }: CellParts): CellStep {
  const [act, gate] = [
    cellFunction(net, cell.activation, axis),
    cellFunction(net, cell.gates, axis),
  ]
  return (read, states) => {
    const sum = combined(net, 'Add', read, product(at(states, 0), kernel))
    const part = parts(net, sum, 4, axis)
    const carried = combined(net, 'Mul', gate(at(part, 1)), at(states, 1))
    const fresh = combined(net, 'Mul', gate(at(part, 0)), act(at(part, 2)))
    const memory = combined(net, 'Add', carried, fresh)
    return [combined(net, 'Mul', gate(at(part, 3)), act(memory)), memory]
  }
}

export const cellSteps: { readonly [Kind in Cell['kind']]: (parts: CellParts) => CellStep } = {
  simple,
  gru,
  lstm,
  convLstm: lstm,
}
