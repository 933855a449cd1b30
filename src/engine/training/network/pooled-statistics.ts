/** Mean and variance of batches by those of their pieces, and the average of the batches. */
export class PooledStatistics {
  private count = 0
  private mean = new Float64Array()
  /** Sum of squared deviations from the mean. */
  private spread = new Float64Array()
  private batches = 0
  private meanSum = new Float64Array()
  private varianceSum = new Float64Array()

  /**
   * @param mean of each channel
   * @param variance divided by the number, not by one less
   * @param samples of the piece; all have as many numbers for a channel
   */
  addPiece(mean: ArrayLike<number>, variance: ArrayLike<number>, samples: number): void {
    if (this.count === 0) {
      this.mean = new Float64Array(mean.length)
      this.spread = new Float64Array(mean.length)
    }
    const all = this.count + samples
    for (let channel = 0; channel < mean.length; channel++) {
      // Chan et al. 1983: exact, and free of differences of large sums.
      const step = (mean[channel] ?? 0) - (this.mean[channel] ?? 0)
      const own = samples * (variance[channel] ?? 0)
      this.spread[channel] =
        (this.spread[channel] ?? 0) + own + (step * step * this.count * samples) / all
      this.mean[channel] = (this.mean[channel] ?? 0) + (step * samples) / all
    }
    this.count = all
  }

  endBatch(): void {
    if (this.batches === 0) {
      this.meanSum = new Float64Array(this.mean.length)
      this.varianceSum = new Float64Array(this.mean.length)
    }
    this.mean.forEach((value, channel) => {
      this.meanSum[channel] = (this.meanSum[channel] ?? 0) + value
    })
    this.spread.forEach((value, channel) => {
      this.varianceSum[channel] = (this.varianceSum[channel] ?? 0) + value / this.count
    })
    this.batches++
    this.count = 0
  }

  /** null: there was no batch. */
  averages(): { readonly mean: Float32Array; readonly variance: Float32Array } | null {
    if (this.batches === 0) return null
    const average = (sums: Float64Array): Float32Array =>
      Float32Array.from(sums, (sum) => sum / this.batches)
    return { mean: average(this.meanSum), variance: average(this.varianceSum) }
  }
}
