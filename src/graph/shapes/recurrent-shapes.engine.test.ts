import * as tf from '@tensorflow/tfjs'
import { cellOf, node } from '../../../testing/models/small-graphs'
import { testAgainstStock, valueAt } from '../../../testing/models/stock-shapes'
import type { ShapeCase, ShapeDraw } from '../../../testing/models/stock-shapes'
import type { OpAttributes } from '../operators'

type Recurrent = OpAttributes['recurrent']

/** With zeros to begin with, which costs nothing. */
const start = { kernelInitializer: 'zeros', recurrentInitializer: 'zeros' } as const

const makers = {
  simple: tf.layers.simpleRNN,
  gru: tf.layers.gru,
  lstm: tf.layers.lstm,
}

const cellMakers = {
  simple: tf.layers.simpleRNNCell,
  gru: tf.layers.gruCell,
  lstm: tf.layers.lstmCell,
}

function recurrentCase(
  attributes: Partial<Recurrent>,
  layer: tf.layers.Layer,
  sides: number[],
): ShapeCase {
  const whole: Recurrent = {
    cells: [],
    masked: false,
    directions: null,
    sequences: false,
    states: false,
    window: null,
    backwards: false,
    ...attributes,
  }
  const directions = whole.directions === null ? 1 : 2
  const states = whole.cells.reduce(
    (sum, { kind }) => sum + (kind === 'simple' || kind === 'gru' ? 1 : 2),
    0,
  )
  const outputs = (whole.directions === 'lists' ? 2 : 1) + (whole.states ? directions * states : 0)
  const names = Array.from({ length: outputs }, (_, at) => `y${at}`)
  return {
    inputs: { x: sides },
    node: node('recurrent', whole, ['x'], names),
    stock: (values) => layer.apply(valueAt(values)) as tf.Tensor | tf.Tensor[],
  }
}

const kinds = ['simple', 'gru', 'lstm'] as const

const cases: { readonly [Name in string]: (draw: ShapeDraw) => ShapeCase } = {
  'a recurrent layer': (draw) => {
    const kind = draw.one(kinds)
    const [units, sequences, states] = [draw.between(1, 4), draw.once(), draw.once()]
    const layer = makers[kind]({ units, returnSequences: sequences, returnState: states, ...start })
    const cells = [cellOf(kind, units)]
    return recurrentCase({ cells, sequences, states }, layer, [2, ...draw.list(2, 1, 4)])
  },
  'stacked cells': (draw) => {
    const cells = draw
      .list(draw.between(1, 3), 1, 4)
      .map((units) => ({ ...cellOf(draw.one(kinds), units), kind: draw.one(kinds) }))
    const [sequences, states] = [draw.once(), draw.once()]
    const layer = tf.layers.rnn({
      cell: cells.map(({ kind, units }) => cellMakers[kind]({ units, ...start })),
      returnSequences: sequences,
      returnState: states,
    })
    return recurrentCase({ cells, sequences, states }, layer, [2, ...draw.list(2, 1, 4)])
  },
  'both directions': (draw) => {
    const kind = draw.one(kinds)
    const [units, sequences, states] = [draw.between(1, 4), draw.once(), draw.once()]
    const directions = draw.one(['concat', 'sum', 'mul', 'ave', 'lists'] as const)
    const layer = tf.layers.bidirectional({
      layer: makers[kind]({ units, returnSequences: sequences, returnState: states, ...start }),
      // Stock takes null as it comes from a file, though its types do not.
      mergeMode: (directions === 'lists' ? null : directions) as 'concat',
    })
    const cells = [cellOf(kind, units)]
    return recurrentCase({ cells, sequences, states, directions }, layer, [
      2,
      ...draw.list(2, 1, 4),
    ])
  },
  'a recurrent convolution': (draw) => {
    const [units, sequences, states] = [draw.between(1, 4), draw.once(), draw.once()]
    const padding = draw.one(['same', 'valid'] as const)
    const [sides, strides] = [draw.list(2, 1, 3), draw.list(2, 1, 2)]
    const layer = tf.layers.convLstm2d({
      filters: units,
      kernelSize: sides,
      strides,
      padding,
      returnSequences: sequences,
      returnState: states,
      ...start,
    })
    const window = {
      sides,
      strides,
      dilations: [1, 1],
      padding: padding === 'same' ? ('sameUpper' as const) : { begin: [0, 0], end: [0, 0] },
      layout: 'channelsLast' as const,
    }
    const cells = [cellOf('convLstm', units)]
    const time = draw.between(1, 3)
    return recurrentCase({ cells, sequences, states, window }, layer, [
      2,
      time,
      ...draw.list(2, 4, 6),
      2,
    ])
  },
}

testAgainstStock(cases)
