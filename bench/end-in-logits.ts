import * as tf from '@tensorflow/tfjs'

/** Training computes its loss on logits. */
export function endInLogits(model: tf.LayersModel): void {
  const [last] = model.layers.slice(-1)
  const linear: unknown = Reflect.get(tf.layers.activation({ activation: 'linear' }), 'activation')
  if (last !== undefined) Reflect.set(last, 'activation', linear)
}
