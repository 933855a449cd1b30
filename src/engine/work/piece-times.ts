/** The aim for one piece of work that cannot be interrupted. */
export const PIECE_MS = 50

/** How much of what was learnt is kept with each new piece; the first one also compiles. */
const MEMORY = 0.5

/** A wrong guess of the slope must not make one piece hundreds of times longer. */
const LARGEST_GROWTH = 8

/**
 * Learns how long a piece of n samples takes, as fixed + slope * n: a forgetful least-squares line,
 * at first through the origin. Backends with a large fixed cost for each call would otherwise get ever
 * smaller pieces, each as slow as the last.
 */
export class PieceTimes {
  private readonly limit: number
  private fixedMs = 0
  private msPerSample: number
  private largest: number
  private weight = MEMORY
  private sumSize = 0
  private sumMs = 0
  private sumSizeSquared = 0
  private sumSizeMs = 0

  /**
   * @param msPerSample what is expected before the first piece
   * @param limit samples that fit one piece by their memory
   */
  constructor(msPerSample: number, limit: number) {
    this.msPerSample = msPerSample
    this.limit = limit
    this.largest = limit
  }

  /** The time that a piece of so many samples should take, in milliseconds. */
  expectedMs(samples: number): number {
    return this.fixedMs + this.msPerSample * samples
  }

  /**
   * Samples for the next piece: the largest power of two (GPU backends compile programs for each new
   * batch size) that fits the aim, or where the fixed cost alone exceeds it, doubles that cost.
   */
  nextSize(): number {
    const room = Math.max(PIECE_MS, 2 * this.fixedMs) - this.fixedMs
    const fitting = this.msPerSample > 0 ? room / this.msPerSample : this.limit
    return 2 ** Math.floor(Math.log2(Math.max(1, Math.min(this.largest, fitting))))
  }

  learn(samples: number, ms: number): void {
    this.weight = this.weight * MEMORY + 1
    this.sumSize = this.sumSize * MEMORY + samples
    this.sumMs = this.sumMs * MEMORY + ms
    this.sumSizeSquared = this.sumSizeSquared * MEMORY + samples ** 2
    this.sumSizeMs = this.sumSizeMs * MEMORY + samples * ms
    this.largest = Math.min(this.limit, LARGEST_GROWTH * samples)
    this.fit()
  }

  private fit(): void {
    const spread = this.sumSizeSquared - this.sumSize ** 2 / this.weight
    // Pieces of one size tell nothing of the slope: the fixed part stays as it was known.
    const slope =
      spread > 1e-6 * this.sumSizeSquared
        ? (this.sumSizeMs - (this.sumSize * this.sumMs) / this.weight) / spread
        : (this.sumMs / this.weight - this.fixedMs) / (this.sumSize / this.weight)
    const fixed = (this.sumMs - slope * this.sumSize) / this.weight
    if (fixed > 0) {
      this.fixedMs = Math.min(fixed, this.sumMs / this.weight)
      this.msPerSample = Math.max(0, slope)
    } else {
      this.fixedMs = 0
      this.msPerSample = this.sumSizeMs / this.sumSizeSquared
    }
  }
}
