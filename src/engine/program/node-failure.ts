import type * as tf from '@tensorflow/tfjs'
import { isStudioError } from '../../core/errors'
import { memoryFaultOf } from '../../core/memory-fault'
import { NodeFailure } from '../../core/node-failure'
import { shapeText } from '../../core/shape-text'

/** What is known of its reason already, and what memory says, stays as it is. */
export function failureIn(
  layer: string,
  inputs: readonly (tf.Tensor | null)[],
  thrown: unknown,
): unknown {
  if (isStudioError(thrown) || memoryFaultOf(thrown) !== null) return thrown
  return new NodeFailure(layer, shapesText(inputs), thrown)
}

/** Shapes for people, one behind the other. */
function shapesText(tensors: readonly (tf.Tensor | null)[]): string {
  return tensors
    .flatMap((tensor) => (tensor === null ? [] : [`[${shapeText(tensor.shape)}]`]))
    .join(', ')
}
