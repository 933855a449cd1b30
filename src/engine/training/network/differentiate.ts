import * as tf from '@tensorflow/tfjs'
import { freeOnTheWayBack } from './free-tape'
import { recordOnlyBehind } from '../../program/record-dependent'
import { handOn } from '../../wasm-kernels/spent-gradients'
import { savedByName } from './saved-by-name'

/** What a forward pass gives on the tape. */
export interface Pass {
  readonly loss: tf.Scalar
  readonly outputs: tf.Tensor
}

export interface Differentiated extends Pass {
  /** By the variable's own name; a variable that the loss does not depend on is missing. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>
}

/**
 * Loss, outputs and gradients of one pass; the caller disposes them all. What fails half-way leaves nothing
 * behind.
 */
export function differentiate(
  forward: () => Pass,
  variables: readonly tf.Variable[],
): Differentiated {
  const kept: tf.Tensor[] = []
  const saveAsBefore = savedByName()
  try {
    const { value, grads } = tf.tidy(() =>
      tf.variableGrads(() => {
        recordOnlyBehind(variables)
        const { loss, outputs } = forward()
        kept.push(tf.keep(outputs.clone()))
        freeOnTheWayBack()
        return loss
      }, [...variables]),
    )
    const [outputs] = kept
    if (outputs === undefined) throw new RangeError('a pass without outputs')
    Object.values(grads).forEach(handOn)
    return { loss: value, outputs, gradients: new Map(Object.entries(grads)) }
  } catch (error) {
    tf.dispose(kept)
    releaseTape()
    throw error
  } finally {
    saveAsBefore()
  }
}

/** tfjs frees what the tape has saved only when the way back succeeds. */
function releaseTape(): void {
  const { state } = tf.engine()
  if (state.gradientDepth > 0) return
  const tape = state.activeTape as typeof state.activeTape | null | undefined
  for (const { saved } of tape ?? []) tf.dispose(saved ?? [])
  state.activeTape = []
}
