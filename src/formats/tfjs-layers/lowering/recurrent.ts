import type { OpAttributes } from '../../../graph/operators'
import type { ConfigReader } from '../../tfjs-files/config-reader'
import { isCellClass } from '../layer-catalog'
import type { CellClassName } from '../layer-catalog'
import { functionOf } from './activations'
import { NotExact } from './lowered-call'
import type { Flowing, LoweredCall, Mask } from './lowered-call'
import { maskOf } from './masks'
import { layout, number, padding } from './settings'

type Recurrent = OpAttributes['recurrent']
type Cell = Recurrent['cells'][number]

const cellKinds: { readonly [Name in CellClassName]: Cell['kind'] } = {
  SimpleRNNCell: 'simple',
  GRUCell: 'gru',
  LSTMCell: 'lstm',
}

/** What a cell remembers from one step to the next. */
const statesOf: { readonly [Kind in Cell['kind']]: number } = {
  simple: 1,
  gru: 1,
  lstm: 2,
  convLstm: 2,
}

function cellOf(kind: Cell['kind'], config: ConfigReader): Cell {
  const units = config.size(kind === 'convLstm' ? 'filters' : 'units')
  const rate = (key: string): number => Math.min(1, Math.max(0, number(config, key, 0)))
  return {
    kind,
    units,
    biased: config.boolean('use_bias', true),
    activation: functionOf(config, 'activation', 'tanh'),
    gates: kind === 'simple' ? null : functionOf(config, 'recurrent_activation', 'hard_sigmoid'),
    dropout: { input: rate('dropout'), state: rate('recurrent_dropout') },
    ...(kind === 'gru' && config.boolean('reset_after', false) ? { resetsAfter: true } : {}),
  }
}

/** Layers that are a cell, SimpleRNN, GRU, LSTM and ConvLSTM2D. */
export function recurrent(kind: Cell['kind']) {
  return (call: LoweredCall): Flowing[] =>
    carriedOut(call, [cellOf(kind, call.config)], call.config, null)
}

export function ofCells(call: LoweredCall): Flowing[] {
  const cells = call.called.wrapped.map(({ className, config }) => {
    if (!isCellClass(className)) throw new NotExact('cell')
    return cellOf(cellKinds[className], config)
  })
  return carriedOut(call, cells, call.config, null)
}

const layerKinds = { SimpleRNN: 'simple', GRU: 'gru', LSTM: 'lstm' } as const

const joins = ['concat', 'sum', 'mul', 'ave'] as const

export function bidirectional(call: LoweredCall): Flowing[] {
  const [inner] = call.called.wrapped
  if (inner === undefined) throw new NotExact('layer')
  const { className, config } = inner
  if (!(className in layerKinds)) throw new NotExact('layer')
  const kind = layerKinds[className as keyof typeof layerKinds]
  const mode = call.config.object['merge_mode']
  const directions = mode === null ? 'lists' : joins.find((join) => join === (mode ?? 'concat'))
  if (directions === undefined) throw new NotExact('merge_mode')
  return carriedOut(call, [cellOf(kind, config)], config, directions)
}

/** @param config of what says whether sequences and states are given */
function carriedOut(
  call: LoweredCall,
  cells: readonly Cell[],
  config: ConfigReader,
  directions: Recurrent['directions'],
): Flowing[] {
  const { inputs, slots, mask } = call.called
  const [x, ...states] = inputs
  if (x === undefined) throw new NotExact('inputs')
  const sequences = config.boolean('return_sequences', false)
  const returned = config.boolean('return_state', false)
  // The repair refuses it for TensorFlow.js, which has no such zeros.
  const zeroed = config.boolean('zero_output_for_mask', false)
  const attributes = {
    cells,
    masked: mask !== null,
    ...(mask !== null && zeroed ? { zeroed } : {}),
    directions,
    sequences,
    states: returned,
    window: cells[0]?.kind === 'convLstm' ? windowOf(call) : null,
    backwards: config.boolean('go_backwards', false),
  }
  const last = x.rank - 1
  const remembered = cells.reduce((sum, { kind }) => sum + statesOf[kind], 0)
  const ranks = [
    ...Array.from({ length: directions === 'lists' ? 2 : 1 }, () => (sequences ? x.rank : last)),
    ...Array.from(
      { length: returned ? remembered * (directions === null ? 1 : 2) : 0 },
      () => last,
    ),
  ]
  const weights = slots.map(({ fullName }) => fullName)
  const steps = mask === null ? [] : [stepsOf(call, mask, attributes)]
  return call.severalValues('recurrent', attributes, [x, ...weights, ...states, ...steps], ranks)
}

/** TensorFlow.js knows what to do with a truth for all channels, or for each of them. */
function stepsOf(call: LoweredCall, mask: Mask, { window }: Pick<Recurrent, 'window'>): Flowing {
  const steps = maskOf(call, mask)
  const { rank } = call.x
  if (steps.rank === rank) return steps
  if (steps.rank !== rank - 1) return maskOf(call, 'unknown')
  return window === null ? steps : call.node('unsqueeze', { axes: [rank - 1] }, [steps], rank)
}

function windowOf({ config }: LoweredCall): Recurrent['window'] {
  const sides = config.sizes('kernel_size', 2)
  const strides = config.sizes('strides', 2, 1)
  return {
    sides,
    strides,
    dilations: config.sizes('dilation_rate', 2, 1),
    padding: padding(config, 2),
    layout: layout(config),
  }
}
