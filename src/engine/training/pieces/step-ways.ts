export interface StepResult {
  readonly loss: number
  /** Right answers of the batch, before the update; null where there is no single right answer. */
  readonly correct: number | null
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
}
