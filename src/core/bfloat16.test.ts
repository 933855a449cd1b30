import { expect, test } from 'vitest'
import { fromBfloat16, nearestBfloat16, toBfloat16 } from './bfloat16'

const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)

test('every bfloat16 that is a number survives the way to float32 and back', () => {
  const numbers = all.filter((bits) => (bits & 0x7fff) <= 0x7f80)
  expect(toBfloat16(fromBfloat16(numbers))).toEqual(numbers)
})

test('what is no number stays none', () => {
  const others = all.filter((bits) => (bits & 0x7fff) > 0x7f80)
  expect(nearestBfloat16(fromBfloat16(others)).every(Number.isNaN)).toBe(true)
  // Its digits all lie in the half that is cut off.
  const [low] = nearestBfloat16(new Float32Array(Uint32Array.of(0x7f800001).buffer))
  expect(low).toBeNaN()
})

test('rounds to the nearest, ties to even', () => {
  const numbers = all.filter((bits) => (bits & 0x7fff) < 0x7f7f)
  const words = (above: number) =>
    new Float32Array(Uint32Array.from(numbers, (bits) => (bits << 16) + above).buffer)
  expect(toBfloat16(words(0x7fff))).toEqual(numbers)
  expect(toBfloat16(words(0x8001))).toEqual(numbers.map((bits) => bits + 1))
  expect(toBfloat16(words(0x8000))).toEqual(numbers.map((bits) => bits + (bits & 1)))
})

test('beyond the largest it is infinity', () => {
  const largest = fromBfloat16(Uint16Array.of(0x7f7f))[0] ?? NaN
  expect([...nearestBfloat16(Float32Array.of(3.4e38, -3.4e38, largest))]).toEqual([
    ...[Infinity, -Infinity, largest],
  ])
})
