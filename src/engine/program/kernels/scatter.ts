import * as tf from '@tensorflow/tfjs'
import { given } from './kernel'
import type { Kernel } from './kernel'
import { withGradients } from './with-gradients'

type Scatter = (rows: tf.Tensor, updates: tf.Tensor, x: tf.Tensor) => tf.Tensor

/** In plain JavaScript TensorFlow.js writes into what it reads, so it gets another tensor with the same numbers. */
function replaced(x: tf.Tensor, rows: tf.Tensor, updates: tf.Tensor): tf.Tensor {
  return tf.tensorScatterUpdate(tf.add(x, tf.scalar(0, x.dtype)), rows, updates)
}

/** TensorFlow.js has no truths and no gradient here. */
const ways: { readonly [Name in 'Replace' | 'Add']: Scatter } = {
  Replace: (rows, updates, x) => replaced(x, rows, updates),
  Add: (rows, updates, x) => tf.add(x, tf.scatterND(rows, updates, x.shape)),
}

export const scatter: Kernel<'scatter'> = (call) => {
  const way = call.node.attributes.function
  const [x, updates] = [given(call, 0), given(call, 2)]
  const places = tf.cast(given(call, 1), 'int32')
  const rows = tf.expandDims(places, -1)
  if (x.dtype === 'bool') {
    const [own, fresh] = [x, updates].map((truths) => tf.cast(truths, 'int32'))
    return tf.cast(ways[way](rows, fresh ?? updates, own ?? x), 'bool')
  }
  return withGradients({
    inputs: [x, updates],
    value: () => ways[way](rows, updates, x),
    keeps: () => [places],
    gradients: (dy, [kept = places]) => [
      () =>
        way === 'Add'
          ? tf.clone(dy)
          : replaced(dy, tf.expandDims(kept, -1), tf.zeros(updates.shape)),
      () => tf.gather(dy, kept),
    ],
  })
}
