import type { CellFunction, OpAttributes } from '../../../graph/operators'
import type { ValueName } from '../../../graph/values'
import { NoMeaning } from '../../tfjs-graph/lowering/node-attributes'
import type { Lower, OnnxLowering } from './onnx-lowering'

type Cell = OpAttributes['recurrent']['cells'][number]

interface Kind {
  readonly cell: Exclude<Cell['kind'], 'convLstm'>
  readonly gates: number
  /** Of each gate here the place of it in the file. */
  readonly order: readonly number[]
  readonly states: 1 | 2
  /** What a file means by no `activations`: of gates where there are some, then of the rest. */
  readonly functions: readonly string[]
}

const kinds = {
  RNN: { ...{ cell: 'simple', gates: 1, order: [0] }, states: 1, functions: ['Tanh'] },
  GRU: {
    ...{ cell: 'gru', gates: 3, order: [0, 1, 2] },
    states: 1,
    functions: ['Sigmoid', 'Tanh'],
  },
  LSTM: {
    ...{ cell: 'lstm', gates: 4, order: [0, 2, 3, 1] },
    ...{ states: 2, functions: ['Sigmoid', 'Tanh', 'Tanh'] },
  },
} as const satisfies Readonly<Record<string, Kind>>

/** Those without numbers of their own. */
const functions = ['Sigmoid', 'Tanh', 'Relu', 'Softplus', 'Softsign'] as const

/** Those with two, and what these are where a file does not say them. */
const settled: ReadonlyMap<string, readonly [alpha: number, beta: number]> = new Map([
  ['affine', [1, 0]],
  ['hardsigmoid', [0.2, 0.5]],
])

/** Numbers are said in the order of the functions that have some. */
function functionsOf(node: OnnxLowering, names: readonly string[]): readonly CellFunction[] {
  const [alphas, betas] = ['activation_alpha', 'activation_beta'].map((name) =>
    node.hasAttribute(name) ? [...node.numbersOf(name)] : [],
  )
  return names.map((name) => {
    const own = settled.get(name.toLowerCase())
    if (own !== undefined) {
      const [alpha, beta] = [alphas?.shift() ?? own[0], betas?.shift() ?? own[1]]
      if (name.toLowerCase() === 'hardsigmoid') return { function: 'HardSigmoid', alpha, beta }
      return alpha === 1 && beta === 0 ? null : { function: 'Affine', scale: alpha, offset: beta }
    }
    const found = functions.find((each) => each.toLowerCase() === name.toLowerCase())
    if (found === undefined) throw new NoMeaning('activations', name)
    return { function: found }
  })
}

/** Where inputs of all three stand. */
const PLACES = { lengths: 4, hidden: 5, carried: 6, peepholes: 7 } as const

function refuseOthers(node: OnnxLowering): void {
  if (node.has(PLACES.lengths)) throw new NoMeaning('sequence_lens')
  if (node.has(PLACES.peepholes)) throw new NoMeaning('P')
  if (node.hasAttribute('clip')) throw new NoMeaning('clip')
  if (node.whole('input_forget', 0) !== 0) throw new NoMeaning('input_forget')
}

function directionsOf(node: OnnxLowering): readonly ('forward' | 'reverse')[] {
  const said = node.text('direction', 'forward')
  if (said === 'bidirectional') return ['forward', 'reverse']
  if (said === 'forward' || said === 'reverse') return [said]
  throw new NoMeaning('direction', said)
}

/** Functions of one direction; those of both are alike. */
function cellOf(node: OnnxLowering, kind: Kind, directions: number): Cell {
  const said = node.texts('activations', [])
  const names = said.length === 0 ? kind.functions : said.slice(0, kind.functions.length)
  const isAlike = said.every((name, at) => name === said[at % kind.functions.length])
  if (said.length > 0 && (said.length !== directions * kind.functions.length || !isAlike))
    throw new NoMeaning('activations', String(said))
  const [first = null, second = null, third] = functionsOf(node, names)
  // What an LSTM makes of its memory is what it makes of what it reads.
  if (third !== undefined && JSON.stringify(third) !== JSON.stringify(second))
    throw new NoMeaning('activations', String(names))
  const hasGates = kind.gates > 1
  const units = node.side(2, 2)
  if (units === null) throw new NoMeaning('hidden_size')
  return {
    ...{ kind: kind.cell, units, biased: node.has(3) },
    activation: hasGates ? second : first,
    gates: hasGates ? first : null,
    ...(kind.cell === 'gru' ? { resetsAfter: node.whole('linear_before_reset', 0) !== 0 } : {}),
    dropout: { input: 0, state: 0 },
  }
}

/** One direction of what has them in front. */
function ofDirection(node: OnnxLowering, value: ValueName, at: number, axis = 0): ValueName {
  const part = { axes: [axis], starts: [at], ends: [at + 1], steps: [1], squeezed: [axis] }
  return node.step('slice', part, [value])
}

/** Rows of gates in another order, where a file has them in another. */
function ordered(node: OnnxLowering, value: ValueName, axis: number, kind: Kind, units: number) {
  if (kind.order.every((place, at) => place === at)) return value
  const rows = kind.order.flatMap((gate) =>
    Array.from({ length: units }, (_, row) => gate * units + row),
  )
  return node.step('gather', { axis }, [value, node.constant(rows, [rows.length], 'int32')])
}

function weightsOf(node: OnnxLowering, kind: Kind, cell: Cell, at: number): ValueName[] {
  const matrices = [1, 2].map((place) => {
    const own = ofDirection(node, node.input(place), at)
    return node.step('transpose', { perm: [1, 0] }, [ordered(node, own, 0, kind, cell.units)])
  })
  if (!cell.biased) return matrices
  const both = node.step('reshape', { to: [2, kind.gates * cell.units] }, [
    ofDirection(node, node.input(3), at),
  ])
  const bias = ordered(node, both, 1, kind, cell.units)
  const sum = { function: 'Sum', axes: [0], keepDims: false } as const
  return [...matrices, cell.resetsAfter === true ? bias : node.step('reduce', sum, [bias])]
}

/** What it begins with; nothing where that is zeros. */
function begunOf(node: OnnxLowering, kind: Kind, directions: number): ValueName[] {
  const given = [PLACES.hidden, PLACES.carried].slice(0, kind.states)
  const isZero = (place: number): boolean =>
    !node.has(place) || node.isAll(place, (value) => value === 0)
  if (given.every(isZero)) return []
  const axis = node.whole('layout', 0) === 0 ? 0 : 1
  return Array.from({ length: directions }, (_, at) => at).flatMap((at) =>
    given.map((place) => {
      if (node.has(place)) return ofDirection(node, node.input(place), at, axis)
      const [other = PLACES.hidden] = given.filter((each) => node.has(each))
      const like = ofDirection(node, node.input(other), at, axis)
      return node.step('unary', { function: 'Affine', scale: 0, offset: 0 }, [like])
    }),
  )
}

function recurrent(name: keyof typeof kinds): Lower {
  return (node) => {
    const kind: Kind = kinds[name]
    refuseOthers(node)
    const directions = directionsOf(node)
    const cell = cellOf(node, kind, directions.length)
    const isTimeFirst = node.whole('layout', 0) === 0
    const x = isTimeFirst
      ? node.step('transpose', { perm: [1, 0, 2] }, [node.input(0)])
      : node.input(0)
    const isBoth = directions.length === 2
    const backwards = directions[0] === 'reverse'
    const attributes: OpAttributes['recurrent'] = {
      ...{ cells: [cell], backwards, masked: false },
      ...{ directions: isBoth ? 'concat' : null, sequences: true, states: true, window: null },
    }
    const weights = directions.flatMap((_, at) => weightsOf(node, kind, cell, at))
    const begun = begunOf(node, kind, directions.length)
    const count = 1 + kind.states * directions.length
    const [said = '', ...states] = node.steps(
      'recurrent',
      attributes,
      [x, ...weights, ...begun],
      count,
    )
    const back = { axes: [1], starts: [-1], ends: [null], steps: [-1], squeezed: [] }
    const inOrder = backwards ? node.step('slice', back, [said]) : said
    if (node.isAsked(0)) {
      const to = [0, 0, directions.length, cell.units]
      if (isTimeFirst) {
        const apart = node.step('reshape', { to }, [inOrder])
        node.giveAt(0, 'transpose', { perm: [1, 2, 0, 3] }, [apart])
      } else node.giveAt(0, 'reshape', { to }, [inOrder])
    }
    for (let state = 0; state < kind.states; state++) {
      const own = directions.map((_, at) => states[at * kind.states + state] ?? '')
      node.giveAt(1 + state, 'stack', { axis: isTimeFirst ? 0 : 1 }, own)
    }
  }
}

/** Cells through time, which read their weights as a file of ONNX has them. */
export const recurrents: ReadonlyMap<string, Lower> = new Map<string, Lower>([
  ['RNN', recurrent('RNN')],
  ['GRU', recurrent('GRU')],
  ['LSTM', recurrent('LSTM')],
])
