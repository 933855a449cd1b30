import * as tf from '@tensorflow/tfjs'
import type { OpAttributes } from '../../src/graph/operators'
import { given } from './run-inputs'
import type { Kernel } from './run-inputs'
import { conv } from './run-windows'

type Recurrent = OpAttributes['recurrent']
type Cell = Recurrent['cells'][number]
type Product = (
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | null,
  inner: boolean,
) => tf.Tensor

const functions: { readonly [name: string]: (x: tf.Tensor) => tf.Tensor } = {
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  relu: (x) => x.relu(),
  linear: (x) => x,
  hard_sigmoid: (x) => x.mul(0.2).add(0.5).clipByValue(0, 1),
  hardSigmoid: (x) => x.mul(0.2).add(0.5).clipByValue(0, 1),
}

interface Settings {
  readonly activation?: string
  readonly recurrent_activation?: string
  readonly go_backwards?: boolean
  readonly layer?: { readonly config: Settings }
  readonly cell?: {
    readonly config: Settings & { readonly cells?: { readonly config: Settings }[] }
  }
}

/** One step of a cell: its states after it, what it gives first. */
type Step = (x: tf.Tensor, states: readonly tf.Tensor[]) => tf.Tensor[]

const counts = { simple: 1, gru: 1, lstm: 2, convLstm: 2 } as const

function stepOf(
  { kind, units }: Cell,
  [kernel, inner, third]: readonly tf.Tensor[],
  settings: Settings,
  product: Product,
): Step {
  if (kernel === undefined || inner === undefined) throw new Error('a cell has two kernels')
  const bias = third ?? null
  const named = (name: string | undefined, fallback: string) =>
    functions[name ?? fallback] as (x: tf.Tensor) => tf.Tensor
  const act = named(settings.activation, 'tanh')
  const gate = named(settings.recurrent_activation, 'hardSigmoid')
  const parts = (x: tf.Tensor): tf.Tensor[] => tf.split(x, (x.shape.at(-1) ?? 0) / units, -1)
  switch (kind) {
    case 'simple':
      return (x, states) => [
        act(product(x, kernel, bias, false).add(product(given(states, 0), inner, null, true))),
      ]
    case 'gru':
      return (x, states) => {
        const h = given(states, 0)
        const [xz, xr, xh] = parts(product(x, kernel, bias, false))
        const [kz, kr, kh] = parts(inner)
        if (!xz || !xr || !xh || !kz || !kr || !kh) throw new Error('three gates')
        const z = gate(xz.add(product(h, kz, null, true)))
        const r = gate(xr.add(product(h, kr, null, true)))
        const next = act(xh.add(product(r.mul(h), kh, null, true)))
        return [z.mul(h).add(tf.scalar(1).sub(z).mul(next))]
      }
    default:
      return (x, states) => {
        const sum = product(x, kernel, bias, false).add(
          product(given(states, 0), inner, null, true),
        )
        const [i, f, c, o] = parts(sum)
        if (!i || !f || !c || !o) throw new Error('four gates')
        const memory = gate(f)
          .mul(given(states, 1))
          .add(gate(i).mul(act(c)))
        return [gate(o).mul(act(memory)), memory]
      }
  }
}

function productOf(window: Recurrent['window']): Product {
  if (window === null)
    return (x, kernel, bias) => {
      const product = x.matMul(kernel)
      return bias === null ? product : product.add(bias)
    }
  return (x, kernel, bias, inner) => {
    const still = { strides: [1, 1], dilations: [1, 1], padding: 'sameUpper' } as const
    const attributes = {
      ...window,
      ...(inner ? still : {}),
      kernel: { spatial: [0, 1], input: 2, output: 3 },
      groups: 1,
    }
    const node = { id: '', layer: '', op: 'conv', attributes, inputs: [], outputs: [] } as const
    return [conv(node, [x, kernel, bias])].flat()[0] as tf.Tensor
  }
}

/** Both directions, stacked cells and states; a mask none of the tests has. */
export const recurrent: Kernel<'recurrent'> = ({ attributes }, inputs) => {
  const { cells, directions, sequences, window, masked } = attributes
  if (masked) throw new Error('no mask was expected')
  const x = given(inputs, 0)
  const needed = cells.reduce((sum, { kind }) => sum + counts[kind], 0)
  const perDirection = cells.reduce((sum, { biased }) => sum + (biased ? 3 : 2), 0)
  const both = directions === null ? 1 : 2
  const rest = inputs.slice(1).map((_, at) => given(inputs, at + 1))
  const begun = rest.slice(perDirection * both)
  const time = window === null ? x.rank - 2 : x.rank - 4
  const lead = x.shape.slice(0, time)
  const n = lead.reduce((product, side) => product * side, 1)
  const rows = x.reshape([n, ...x.shape.slice(time)])
  const config = attributes.config as Settings
  const own = config.layer?.config ?? config
  const settings = config.cell?.config.cells?.map((cell) => cell.config) ?? [
    config.cell?.config ?? own,
  ]
  const results = Array.from({ length: both }, (_, direction) => {
    const weights = rest.slice(perDirection * direction, perDirection * (direction + 1))
    let at = 0
    const steps = cells.map((cell, index) => {
      const length = cell.biased ? 3 : 2
      at += length
      return stepOf(cell, weights.slice(at - length, at), settings[index] ?? {}, productOf(window))
    })
    const backwards = (own.go_backwards === true) !== (direction === 1)
    const first = begun.slice(needed * direction, needed * (direction + 1))
    const read = readThrough(rows, cells, steps, first, backwards)
    const sequence = tf.stack(read.outputs, 1)
    // The second direction is put in the order of the first.
    const ordered = direction === 1 ? sequence.reverse(1) : sequence
    const value = sequences ? ordered : read.last
    return { value, states: read.states }
  })
  const shaped = (value: tf.Tensor): tf.Tensor => value.reshape([...lead, ...value.shape.slice(1)])
  const [one, other] = results.map(({ value }) => value)
  if (one === undefined) throw new Error('one direction at least')
  const states = attributes.states ? results.flatMap((result) => result.states) : []
  return [...joined(one, other, directions), ...states].map(shaped)
}

function joined(
  one: tf.Tensor,
  other: tf.Tensor | undefined,
  directions: Recurrent['directions'],
): tf.Tensor[] {
  if (other === undefined) return [one]
  switch (directions) {
    case 'concat':
      return [tf.concat([one, other], -1)]
    case 'sum':
      return [one.add(other)]
    case 'mul':
      return [one.mul(other)]
    case 'ave':
      return [one.add(other).div(2)]
    default:
      return [one, other]
  }
}

/** States lie from the last cell to the first. */
function readThrough(
  rows: tf.Tensor,
  cells: readonly Cell[],
  steps: readonly Step[],
  begun: readonly tf.Tensor[],
  backwards: boolean,
): { outputs: tf.Tensor[]; last: tf.Tensor; states: tf.Tensor[] } {
  const inOrder = tf.unstack(rows, 1)
  let states: (tf.Tensor[] | null)[] = cells.map(() => null)
  let at = begun.length
  if (begun.length > 0)
    states = cells.map(({ kind }) => {
      at -= counts[kind]
      return begun.slice(at, at + counts[kind])
    })
  const outputs = (backwards ? inOrder.toReversed() : inOrder).map((row) => {
    let x = row
    states = steps.map((step, index) => {
      const old = states[index] ?? null
      const next = step(x, old ?? zeros(step, x, cells[index]))
      x = next[0] as tf.Tensor
      return next
    })
    return x
  })
  return {
    outputs,
    last: given(outputs, outputs.length - 1),
    states: states.toReversed().flatMap((each) => each ?? []),
  }
}

/** As large as what the cell gives. Of pictures: one place, which is added to all, says how many there are. */
function zeros(step: Step, x: tf.Tensor, cell: Cell | undefined): tf.Tensor[] {
  const { kind = 'simple', units = 1 } = cell ?? {}
  const [n = 1] = x.shape
  const alike = (shape: number[]): tf.Tensor[] =>
    Array.from({ length: counts[kind] }, () => tf.zeros(shape))
  if (kind !== 'convLstm') return alike([n, units])
  return alike(given(step(x, alike([n, 1, 1, units])), 0).shape)
}
