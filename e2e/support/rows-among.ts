import { expect } from '@playwright/test'

/** The rows that the page shows first are among the answers of a stock library, whichever samples it chose. */
export function expectRowsAmong(
  shown: Float32Array,
  answers: ArrayLike<number>,
  columns: number,
  rows = 8,
): void {
  for (let row = 0; row < rows; row++) {
    const wanted = shown.subarray(row * columns, (row + 1) * columns)
    const distance = (sample: number): number =>
      Math.max(
        ...wanted.map((value, i) => Math.abs(value - (answers[sample * columns + i] ?? NaN))),
      )
    const samples = Array.from({ length: answers.length / columns }, (_, sample) => sample)
    expect(Math.min(...samples.map(distance))).toBeLessThan(1e-5)
  }
}
