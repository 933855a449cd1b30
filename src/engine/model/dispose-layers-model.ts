import * as tf from '@tensorflow/tfjs'

/** Where layers of TensorFlow.js hold others. */
const WITHIN = ['layers', 'layer', 'forwardLayer', 'backwardLayer', 'cell', 'cells'] as const

/**
 * Frees a model with what TensorFlow.js forgets: weights of layers that are called twice or stand in another, and
 * masks of dropout.
 */
export function disposeLayersModel(model: tf.LayersModel): void {
  const weights = model.weights.map((weight) => weight.read())
  disposeDropoutMasks(model)
  model.dispose()
  tf.dispose(weights.filter(({ isDisposed }) => !isDisposed))
}

/** Recurrent cells with dropout keep the masks of their last call, also of one that is no training, until the next. */
function disposeDropoutMasks(held: unknown): void {
  if (Array.isArray(held)) held.forEach(disposeDropoutMasks)
  if (!(held instanceof tf.layers.Layer)) return
  for (const field of ['dropoutMask', 'recurrentDropoutMask']) {
    const masks: unknown = Reflect.get(held, field)
    if (masks == null) continue
    tf.dispose(masks as tf.Tensor | tf.Tensor[])
    Reflect.set(held, field, null)
  }
  for (const field of WITHIN) disposeDropoutMasks(Reflect.get(held, field))
}
