import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { float32Up } from './float32-up'

const words = new Uint32Array(1)
const floats = new Float32Array(words.buffer)

/** The float32 just below a positive one. */
function below(value: number): number {
  floats[0] = value
  words[0] = (words[0] ?? 0) - 1
  return floats[0]
}

describe('the next float32 upwards', () => {
  it('is a float32, not below the number, and no float32 lies between', () => {
    fc.assert(
      fc.property(fc.double({ min: 2 ** -149, max: 2 ** 127, noNaN: true }), (value) => {
        const up = float32Up(value)
        expect(Math.fround(up)).toBe(up)
        expect(up).toBeGreaterThanOrEqual(value)
        expect(below(up)).toBeLessThan(value)
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  it.each([
    [0, 0],
    [1, 1],
    [1 + 2 ** -23, 1 + 2 ** -23],
    [1 + 2 ** -52, 1 + 2 ** -23],
    [1e-60, 2 ** -149],
    [2 ** -149, 2 ** -149],
    [2 ** -126 - 2 ** -151, 2 ** -126],
    [3e38 * 4, 2 ** 128 - 2 ** 104],
    [2 ** 128 - 2 ** 104 + 1, 2 ** 128 - 2 ** 104],
  ])('of %d is %d', (value, expected) => {
    expect(float32Up(value)).toBe(expected)
  })
})
