import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  areFloat16,
  beyondFloat16,
  float16Table,
  float16ToNumber,
  numberToFloat16,
  whichAreFloat16,
} from './float16'

test('every half survives the way to a number and back', () => {
  for (let bits = 0; bits < 65_536; bits++) {
    const value = float16ToNumber(bits)
    if (Number.isNaN(value))
      expect(Number.isNaN(float16ToNumber(numberToFloat16(value)))).toBe(true)
    else if (numberToFloat16(value) !== bits) throw new Error(`bits ${bits} became ${value}`)
  }
})

test('rounds to the nearest half, ties to even', () => {
  const table = float16Table()
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = table[bits] ?? NaN
    const high = table[bits + 1] ?? NaN
    const middle = (low + high) / 2
    const even = bits % 2 === 0 ? bits : bits + 1
    if (numberToFloat16(middle) !== even) throw new Error(`tie above ${low}`)
    if (numberToFloat16(low + (high - low) * 0.49) !== bits) throw new Error(`above ${low}`)
    if (numberToFloat16(low + (high - low) * 0.51) !== bits + 1) throw new Error(`below ${high}`)
    if (numberToFloat16(-middle) !== (even | 0x8000)) throw new Error(`tie below ${-low}`)
  }
})

test.each([
  [65_504, 0x7bff],
  [65_519, 0x7bff],
  [65_520, 0x7c00],
  [1e30, 0x7c00],
  [-1e30, 0xfc00],
  [Infinity, 0x7c00],
  [-0, 0x8000],
  [2 ** -25, 0],
  [2 ** -24, 1],
  [1e-40, 0],
])('%d is stored as %d', (value, bits) => {
  expect(numberToFloat16(value)).toBe(bits)
})

test('every finite half is known as one, and nothing else is', () => {
  const halves = float16Table().filter(Number.isFinite)
  expect(halves).toHaveLength(2 * 0x7c00)
  expect(areFloat16(halves)).toBe(true)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        // Most float32 have too many digits; these end in zeros.
        fc.integer({ min: -(2 ** 19), max: 2 ** 19 - 1 }).map((bits) => bits << 12),
      ),
      (bits) => {
        const values = new Float32Array(Int32Array.of(bits).buffer)
        const value = values[0] ?? NaN
        const half = float16ToNumber(numberToFloat16(value))
        const is = Number.isFinite(value) && Object.is(half, value)
        expect(areFloat16(values)).toBe(is)
        expect([...whichAreFloat16(values)]).toEqual([is ? 1 : 0])
        if (!Number.isNaN(value)) expect(beyondFloat16(values)).toBe(Number.isFinite(half) ? -1 : 0)
      },
    ),
    { seed: 16, numRuns: 4000 },
  )
})
