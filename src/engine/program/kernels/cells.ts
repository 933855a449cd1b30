import * as tf from '@tensorflow/tfjs'
import type { OpAttributes } from '../../../graph/operators'
import { cellFunction } from './functions'

export type Cell = OpAttributes['recurrent']['cells'][number]

/** What a cell multiplies its state with: a matrix, or filters that keep the places of a picture. */
export type Product = (state: tf.Tensor, kernel: tf.Tensor) => tf.Tensor

/** One step: what the cell makes of what was read, already multiplied, and its states; what it says comes first. */
export type CellStep = (read: tf.Tensor, states: readonly tf.Tensor[]) => tf.Tensor[]

/** @param bias of the state; null: it has none of its own */
type MakeStep = (
  cell: Cell,
  kernel: tf.Tensor,
  product: Product,
  bias: tf.Tensor | null,
) => CellStep

function state(states: readonly tf.Tensor[], place: number): tf.Tensor {
  const found = states[place]
  if (found === undefined) throw new RangeError('a cell lacks a state')
  return found
}

const simple: MakeStep = ({ activation }, kernel, product) => {
  const act = cellFunction(activation)
  return (read, states) => [act(tf.add(read, product(state(states, 0), kernel)))]
}

/** Parts of equal size along the last axis. */
function parts<Names extends readonly string[]>(
  x: tf.Tensor,
  names: Names,
): { readonly [Name in Names[number]]: tf.Tensor } {
  const each = tf.split(x, names.length, x.rank - 1)
  return Object.fromEntries(names.map((name, at) => [name, each[at]])) as {
    readonly [Name in Names[number]]: tf.Tensor
  }
}

const gru: MakeStep = (cell, kernel, product, bias) =>
  cell.resetsAfter === true
    ? resettingAfter(cell, kernel, product, bias)
    : resettingBefore(cell, kernel, product)

function resettingAfter(
  { activation, gates }: Cell,
  kernel: tf.Tensor,
  product: Product,
  bias: tf.Tensor | null,
): CellStep {
  const [act, gate] = [cellFunction(activation), cellFunction(gates)]
  return (read, states) => {
    const before = state(states, 0)
    const sum = product(before, kernel)
    const x = parts(read, ['update', 'reset', 'fresh'] as const)
    const own = parts(bias === null ? sum : tf.add(sum, bias), [
      'update',
      'reset',
      'fresh',
    ] as const)
    const update = gate(tf.add(x.update, own.update))
    const reset = gate(tf.add(x.reset, own.reset))
    const fresh = act(tf.add(x.fresh, tf.mul(reset, own.fresh)))
    return [tf.add(tf.mul(update, before), tf.mul(tf.sub(1, update), fresh))]
  }
}

function resettingBefore(
  { activation, gates, units }: Cell,
  kernel: tf.Tensor,
  product: Product,
): CellStep {
  const [act, gate] = [cellFunction(activation), cellFunction(gates)]
  const [forGates, forNew] = tf.split(kernel, [2 * units, units], kernel.rank - 1)
  if (forGates === undefined || forNew === undefined) throw new RangeError('three gates')
  return (read, states) => {
    const before = state(states, 0)
    const x = parts(read, ['update', 'reset', 'fresh'] as const)
    const own = parts(product(before, forGates), ['update', 'reset'] as const)
    const update = gate(tf.add(x.update, own.update))
    const reset = gate(tf.add(x.reset, own.reset))
    const fresh = act(tf.add(x.fresh, product(tf.mul(reset, before), forNew)))
    return [tf.add(tf.mul(update, before), tf.mul(tf.sub(1, update), fresh))]
  }
}

const lstm: MakeStep = ({ activation, gates }, kernel, product) => {
  const [act, gate] = [cellFunction(activation), cellFunction(gates)]
  return (read, states) => {
    const sum = tf.add(read, product(state(states, 0), kernel))
    const part = parts(sum, ['input', 'forget', 'cell', 'output'] as const)
    const carried = tf.mul(gate(part.forget), state(states, 1))
    const memory = tf.add(carried, tf.mul(gate(part.input), act(part.cell)))
    return [tf.mul(gate(part.output), act(memory)), memory]
  }
}

export const cellSteps: { readonly [Kind in Cell['kind']]: MakeStep } = {
  simple,
  gru,
  lstm,
  convLstm: lstm,
}
