/** Bins on each side of zero. */
const HALF = 1024

/**
 * How often values of any size were seen, in 1024 equal bins on each side of zero. Where a value lies beyond the last bin all bins
 * become twice as wide, two into one, so that nothing has to be seen twice; numbers, least and largest value stay exact.
 */
export class ValueHistogram {
  /** From the least values to the largest; zeros themselves are in none. */
  readonly counts = new Float64Array(2 * HALF)
  /** The bins lie in [-limit, limit); 0: nothing but zeros was seen. */
  limit = 0
  zeros = 0
  low = Infinity
  high = -Infinity
  /** A value was no number. */
  isLost = false

  add(values: Float32Array): void {
    const largest = this.look(values)
    if (this.isLost || largest === 0) {
      this.zeros += values.length
      return
    }
    // A little more, so that the largest value itself is in the last bin.
    if (this.limit === 0) this.limit = largest * (1 + 2 ** -20)
    while (largest >= this.limit) this.widen()
    const perUnit = HALF / this.limit
    const { counts } = this
    let zeros = 0
    for (let at = 0; at < values.length; at++) {
      const value = values[at] ?? 0
      if (value === 0) zeros++
      else {
        const bin = Math.min(2 * HALF - 1, Math.floor(value * perUnit) + HALF)
        counts[bin] = (counts[bin] ?? 0) + 1
      }
    }
    this.zeros += zeros
  }

  /** @returns the largest absolute value */
  private look(values: Float32Array): number {
    let { low, high } = this
    for (let at = 0; at < values.length; at++) {
      const value = values[at] ?? 0
      if (value < low) low = value
      if (value > high) high = value
      if (value - value !== 0) this.isLost = true
    }
    this.low = low
    this.high = high
    return values.length === 0 ? 0 : Math.max(0, -low, high)
  }

  private widen(): void {
    const before = this.counts.slice()
    this.counts.fill(0)
    for (const [bin, count] of before.entries()) {
      const own = Math.floor((bin - HALF) / 2) + HALF
      this.counts[own] = (this.counts[own] ?? 0) + count
    }
    this.limit *= 2
  }
}
