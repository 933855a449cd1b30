import type { Score } from './scores'

/**
 * How far the outputs of one model are from a picture or an array for each sample, kept by sample, so that
 * neither outputs nor targets of a whole split are in memory. Samples come in their order.
 */
export class ElementErrors {
  measured = 0
  /** Numbers of one sample. */
  size = 0
  private readonly absolute: Float64Array
  private readonly squares: Float64Array
  /** Sums over the samples up to each, the sample itself included. */
  private readonly variation: Float64Array
  private mean = new Float64Array()

  /** @param count of samples */
  constructor(count: number) {
    this.absolute = new Float64Array(count + 1)
    this.squares = new Float64Array(count + 1)
    this.variation = new Float64Array(count + 1)
  }

  /** @param outputs and expected: row-major, as many numbers of one or more samples */
  add(outputs: Float32Array, expected: Float32Array, samples: number): void {
    this.size = expected.length / samples
    if (this.mean.length !== this.size) this.mean = new Float64Array(this.size)
    for (let sample = 0; sample < samples; sample++) this.addOne(outputs, expected, sample)
  }

  /** Of the first samples: mean absolute error, and R2 over all numbers of a sample together. */
  scores(samples: number): Score[] {
    const numbers = samples * this.size
    const variation = this.variation[samples] ?? 0
    const residuals = this.squares[samples] ?? NaN
    return [
      { id: 'mae', value: numbers === 0 ? null : (this.absolute[samples] ?? NaN) / numbers },
      { id: 'r2', value: variation > 0 ? 1 - residuals / variation : null },
    ]
  }

  private addOne(outputs: Float32Array, expected: Float32Array, sample: number): void {
    const { mean, size } = this
    const start = sample * size
    let [absolute, squares, variation] = [0, 0, 0]
    for (let at = 0; at < size; at++) {
      const target = expected[start + at] ?? NaN
      const residual = (outputs[start + at] ?? NaN) - target
      absolute += Math.abs(residual)
      squares += residual * residual
      // Welford's way: large values do not cancel in the variation.
      const known = mean[at] ?? 0
      const next = known + (target - known) / (this.measured + 1)
      variation += (target - known) * (target - next)
      mean[at] = next
    }
    const before = this.measured++
    this.absolute[this.measured] = (this.absolute[before] ?? 0) + absolute
    this.squares[this.measured] = (this.squares[before] ?? 0) + squares
    this.variation[this.measured] = (this.variation[before] ?? 0) + variation
  }
}
