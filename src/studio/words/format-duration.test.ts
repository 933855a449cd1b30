import { expect, it } from 'vitest'
import { formatDuration } from './format-duration'

it.each([
  [0, '0 s'],
  [45_300, '45 s'],
  [60_000, '1 min'],
  [204_000, '3 min 20 s'],
  [1_500_000, '25 min'],
  [7_500_000, '2 h 5 min'],
])('%i ms is %s', (ms, text) => {
  expect(formatDuration(ms).replaceAll('\u00a0', ' ')).toBe(text)
})
