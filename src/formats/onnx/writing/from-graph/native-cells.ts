import type { CellFunction, OpAttributes } from '../../../../graph/operators'
import { statesOf } from '../../../../graph/shapes/recurrent-shapes'
import { NotWritable } from '../../../graph-writing/not-writable'
import type { OnnxWriter, Wire } from './onnx-writer'
import type { Read, Reading } from './read-sequence'
import type { Cell } from './write-cells'
import { reals, text, texts, whole } from './written-attributes'

/** Operators of ONNX that read a whole sequence. Order: of each of their gates the place of it here. */
const operators = {
  simple: { op: 'RNN', order: [0] },
  gru: { op: 'GRU', order: [0, 1, 2] },
  lstm: { op: 'LSTM', order: [0, 3, 1, 2] },
} as const

/** Functions that cells of ONNX know by the same name, without settings. */
const plain: ReadonlySet<string> = new Set(['Sigmoid', 'Tanh', 'Relu', 'Softplus', 'Softsign'])

interface NamedFunction {
  readonly name: string
  readonly settings: { readonly alpha: number; readonly beta: number } | null
}

/** null: no cell of ONNX knows it. */
function named(settings: CellFunction): NamedFunction | null {
  if (settings === null) return { name: 'Affine', settings: { alpha: 1, beta: 0 } }
  if (plain.has(settings.function)) return { name: settings.function, settings: null }
  if (settings.function !== 'HardSigmoid') return null
  const { alpha, beta } = settings
  return { name: 'HardSigmoid', settings: { alpha, beta } }
}

/** Of gates where there are some, then of what is let through. */
function functionsOf({ activation, gates, kind }: Cell): readonly (NamedFunction | null)[] {
  const act = named(activation)
  if (kind === 'simple') return [act]
  return kind === 'gru' ? [named(gates), act] : [named(gates), act, act]
}

/** Whether an operator of ONNX reads the whole sequence; if not, step is written after step. */
export function isNative({ masked, window }: OpAttributes['recurrent'], cell: Cell): boolean {
  return !masked && window === null && !functionsOf(cell).includes(null)
}

/** Gates along the first axis in the order of ONNX. */
function gatesInOrder(net: OnnxWriter, x: Wire, order: readonly number[], units: number): Wire {
  if (order.every((gate, at) => gate === at)) return x
  const parts = net.split(
    x,
    order.map(() => units),
    0,
  )
  return net.concat(
    order.flatMap((gate) => parts[gate] ?? []),
    0,
  )
}

/** One row of biases for what is read, and one for the state. */
function biasOf(reading: Reading, order: readonly number[]): Wire | null {
  const { cell, net, weights } = reading
  const bias = weights[2]
  if (bias === undefined) return null
  const { units } = cell
  const rows =
    cell.resetsAfter === true
      ? [0, 1].map((row) => net.reshape(net.cut(bias, 0, row, 1), [order.length * units]))
      : [
          bias,
          net.constant(new Array(order.length * units).fill(0), [order.length * units], 'float32'),
        ]
  const inOrder = rows.map((row) => gatesInOrder(net, row, order, units))
  return net.unsqueeze(net.concat(inOrder, 0), [0])
}

export function throughOnnx({ sequence }: Read, reading: Reading): Read {
  const { backwards, begun, cell, net, weights } = reading
  if (cell.kind === 'convLstm') throw new NotWritable('unknown')
  const { op, order } = operators[cell.kind]
  const { units } = cell
  const [kernel, recurrent] = weights.map((weight, at) =>
    at > 1
      ? weight
      : net.unsqueeze(gatesInOrder(net, net.transpose(weight, [1, 0]), order, units), [0]),
  )
  const x = net.transpose(net.cast(sequence, 'float32'), [1, 0, 2])
  const functions = functionsOf(cell).flatMap((each) => each ?? [])
  const settings = functions.flatMap((each) => each.settings ?? [])
  const attributes = {
    hidden_size: whole(units),
    direction: text(backwards ? 'reverse' : 'forward'),
    activations: texts(functions.map(({ name }) => name)),
    ...(settings.length === 0
      ? {}
      : {
          activation_alpha: reals(settings.map(({ alpha }) => alpha)),
          activation_beta: reals(settings.map(({ beta }) => beta)),
        }),
    ...(cell.kind === 'gru'
      ? { linear_before_reset: whole(cell.resetsAfter === true ? 1 : 0) }
      : {}),
  }
  const bias = biasOf(reading, order)
  const states = begun?.map((state) => net.unsqueeze(state, [0])) ?? []
  const inputs = [
    x,
    kernel ?? null,
    recurrent ?? null,
    bias,
    ...(states.length > 0 ? [null, ...states] : []),
  ]
  while (inputs.at(-1) === null) inputs.pop()
  const [time = null, n = null] = x.sides
  const ofState = { sides: [1, n, units], dtype: 'float32' as const }
  const [all, ...last] = net.parts(op, inputs, attributes, [
    { sides: [time, 1, n, units], dtype: 'float32' },
    ...Array.from({ length: statesOf[cell.kind] }, () => ofState),
  ])
  const [said, ...others] = last.map((state) => net.squeeze(state, [0]))
  if (all === undefined || said === undefined) throw new NotWritable('unknown')
  return {
    sequence: net.transpose(net.squeeze(all, [1]), [1, 0, 2]),
    last: said,
    states: [said, ...others],
  }
}
