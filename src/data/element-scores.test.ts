import { expect, it } from 'vitest'
import { createRandom } from '../core/random'
import { ElementErrors } from './element-scores'

const random = createRandom(3)
const SAMPLES = 6
const SIZE = 5
const expected = Float32Array.from({ length: SAMPLES * SIZE }, () => random.normal())
const outputs = expected.map((value) => value + 0.1 * random.normal())

/** By the book: over all numbers together, each centred on the mean of its own place. */
function r2(samples: number): number {
  let [residuals, variation] = [0, 0]
  for (let at = 0; at < SIZE; at++) {
    const column = Array.from({ length: samples }, (_, row) => expected[row * SIZE + at] ?? 0)
    const mean = column.reduce((sum, value) => sum + value, 0) / samples
    column.forEach((value, row) => {
      variation += (value - mean) ** 2
      residuals += ((outputs[row * SIZE + at] ?? 0) - value) ** 2
    })
  }
  return 1 - residuals / variation
}

it('says the errors of the first samples, in whatever pieces they came', () => {
  const errors = new ElementErrors(SAMPLES)
  for (const [from, to] of [
    [0, 1],
    [1, 4],
    [4, 6],
  ] as const)
    errors.add(
      outputs.subarray(from * SIZE, to * SIZE),
      expected.subarray(from * SIZE, to * SIZE),
      to - from,
    )
  for (const samples of [2, 3, 6]) {
    const absolute = outputs
      .subarray(0, samples * SIZE)
      .reduce((sum, value, at) => sum + Math.abs(value - (expected[at] ?? 0)), 0)
    const [mae, fit] = errors.scores(samples)
    expect(mae).toEqual({
      id: 'mae',
      value: expect.closeTo(absolute / (samples * SIZE), 9) as number,
    })
    expect(fit).toEqual({ id: 'r2', value: expect.closeTo(r2(samples), 9) as number })
  }
})

it('is 1 where all is right, also where some places are the same in all samples', () => {
  const flat = expected.map((value, at) => (at % SIZE === 0 ? 0.5 : value))
  const errors = new ElementErrors(SAMPLES)
  errors.add(flat, flat, SAMPLES)
  expect(errors.scores(SAMPLES)).toEqual([
    { id: 'mae', value: 0 },
    { id: 'r2', value: 1 },
  ])
})

it('has no R2 where the targets are all the same', () => {
  const errors = new ElementErrors(2)
  errors.add(Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 1, 1, 1), 2)
  expect(errors.scores(2)).toEqual([
    { id: 'mae', value: 1.5 },
    { id: 'r2', value: null },
  ])
})
