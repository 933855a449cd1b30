import type * as tf from '@tensorflow/tfjs'
import { onlySide } from '../../../core/output-columns'

/** An output of which all sides but one are 1, such as [batch, 1, 1, n], as [batch, n]; others as they are. */
export function inOneRow(output: tf.Tensor): tf.Tensor {
  const columns = onlySide(output.shape)
  return columns === null || output.rank === 2 ? output : output.reshape([-1, columns])
}
