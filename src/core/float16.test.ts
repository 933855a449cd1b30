import { expect, test } from 'vitest'
import { float16Table, float16ToNumber, numberToFloat16 } from './float16'

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
