import * as tf from '@tensorflow/tfjs'
import type { Draw } from './random-draw'

type Cell = ReturnType<
  typeof tf.layers.gruCell | typeof tf.layers.lstmCell | typeof tf.layers.simpleRNNCell
>
type Reader = ReturnType<typeof tf.layers.gru | typeof tf.layers.lstm | typeof tf.layers.simpleRNN>

/** Values are written into all weights later, so that they are begun with costs nothing. */
export const recurrentStart = { kernelInitializer: 'zeros', recurrentInitializer: 'zeros' } as const

/** A layer that reads a sequence of vectors. */
export function recurrent(draw: Draw, returnSequences: boolean): Reader {
  const settings = {
    units: draw.between(2, 4),
    returnSequences,
    useBias: !draw.once(4),
    activation: draw.one(['tanh', 'relu', 'sigmoid'] as const),
    goBackwards: draw.once(4),
    ...recurrentStart,
  }
  const gates = draw.one(['sigmoid', 'hardSigmoid'] as const)
  switch (draw.random.below(3)) {
    case 0:
      return tf.layers.simpleRNN({ ...settings, name: draw.name('simple') })
    case 1:
      return tf.layers.gru({ ...settings, recurrentActivation: gates, name: draw.name('gru') })
    default:
      return tf.layers.lstm({ ...settings, recurrentActivation: gates, name: draw.name('lstm') })
  }
}

/** What one step of such a layer is, without the layer. */
export function cell(draw: Draw): Cell {
  const settings = { units: draw.between(2, 4), ...recurrentStart, name: draw.name('cell') }
  const gates = 'sigmoid'
  switch (draw.random.below(3)) {
    case 0:
      return tf.layers.simpleRNNCell(settings)
    case 1:
      return tf.layers.gruCell({ ...settings, recurrentActivation: gates })
    default:
      return tf.layers.lstmCell({ ...settings, recurrentActivation: gates })
  }
}
