import { expect, test } from 'vitest'
import type { Twin } from './twin'
import { mostTwins } from './twin'

/** A model of so many weights. */
function twinOf(weights: number): Twin {
  const opened = { format: 'tfjs-layers', weights: [{ values: { byteLength: 4 * weights } }] }
  return { opened, kernels: null } as unknown as Twin
}

test('small models may be held by seven further workers, ResNet-50 and VGG16 by none', () => {
  expect(mostTwins(twinOf(430_500))).toBe(7)
  expect(mostTwins(twinOf(3_500_000))).toBeGreaterThan(1)
  expect(mostTwins(twinOf(25_600_000))).toBe(0)
  expect(mostTwins(twinOf(138_000_000))).toBe(0)
})
