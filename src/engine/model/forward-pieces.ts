import type * as tf from '@tensorflow/tfjs'
import type { BetweenLayers } from './runnable-model'

/** A forward pass that stops before each layer and says its name; whoever does not go on ends it. */
export type ForwardPieces = Generator<string, tf.Tensor[]>

export function inOnePiece(pieces: ForwardPieces): tf.Tensor[] {
  let next = pieces.next()
  while (next.done !== true) next = pieces.next()
  return next.value
}

export async function inPieces(
  pieces: ForwardPieces,
  between: BetweenLayers,
): Promise<tf.Tensor[]> {
  try {
    let next = pieces.next()
    while (next.done !== true) {
      await between(next.value)
      next = pieces.next()
    }
    return next.value
  } finally {
    // Ends the pass where `between` threw.
    pieces.return([])
  }
}
