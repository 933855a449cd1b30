import type * as tf from '@tensorflow/tfjs'
import type { NodeOf, OpName } from '../../src/graph/operators'

/** What an operator reads; null where it is left out. */
export type Inputs = readonly (tf.Tensor | null)[]

/** What one operator gives. */
export type Kernel<Op extends OpName> = (
  node: NodeOf<Op>,
  inputs: Inputs,
) => tf.Tensor | tf.Tensor[]

export function given(inputs: Inputs, at: number): tf.Tensor {
  const tensor = inputs[at]
  if (tensor === null || tensor === undefined) throw new Error(`input ${at} is missing`)
  return tensor
}
