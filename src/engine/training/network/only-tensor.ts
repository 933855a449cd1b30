import type * as tf from '@tensorflow/tfjs'

/** What a layer is given or gives, where it is one tensor. */
export function onlyTensor(tensors: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const [first] = Array.isArray(tensors) ? tensors : [tensors]
  if (first === undefined) throw new RangeError('a layer without an input')
  return first
}
