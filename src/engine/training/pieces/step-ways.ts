import type * as tf from '@tensorflow/tfjs'

export interface StepResult {
  readonly loss: number
  /** Right answers of the batch, before the update; null where there is no single right answer. */
  readonly correct: number | null
}

/** What a step that was not waited for has said, still on the device; whoever is given it disposes it. */
export interface UnreadStep {
  readonly unread: tf.Scalar
}

/** How a step goes about its pieces. */
export interface StepWays {
  readonly learningRate: number
  /** Of dropout. */
  readonly seed: number
  /** Before each piece, of so many samples: lets messages in, and throws where the run is cancelled. */
  readonly before: (samples: number) => Promise<void>
  /** Runs work under the lock. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>
  /** A further worker that is silent for longer has lost its way. */
  readonly limitMs: number
  /** Whether what a step says is read before its update; a step in pieces always is. */
  readonly isRead: boolean
}
