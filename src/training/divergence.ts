/** Losses that the average looks back on. */
const WINDOW = 20
/** A loss this many times what it was at the start has exploded. */
const FACTOR = 5

/**
 * Tells when training has gone wrong: a loss that is no number, or one far above where it began.
 */
export class Divergence {
  private first: number | null = null
  private average: number | null = null
  private readonly usual: number

  /** @param usual the loss of a model that knows nothing: no run is stopped for being below it */
  constructor(usual: number) {
    this.usual = usual
  }

  /** @returns whether the run must go back */
  sees(loss: number): boolean {
    if (!Number.isFinite(loss)) return true
    this.first ??= loss
    this.average = this.average === null ? loss : this.average + (loss - this.average) / WINDOW
    return this.average > FACTOR * Math.max(this.first, this.usual)
  }

  /** After going back. */
  reset(): void {
    this.average = null
  }
}
