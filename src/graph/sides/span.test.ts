import { expect, test } from 'vitest'
import { spanOf } from './span'

test.each<[string, [number, number, number | null, number], number[]]>([
  ['all', [4, 0, null, 1], [0, 1, 2, 3]],
  ['all backwards', [4, -1, null, -1], [3, 2, 1, 0]],
  ['but the last', [4, 0, -1, 1], [0, 1, 2]],
  ['every second from the end', [5, 4, 0, -2], [4, 2]],
  ['what reaches outside', [3, -7, 9, 1], [0, 1, 2]],
  ['what lies outside', [3, 5, 9, 1], []],
  ['backwards from outside', [3, 9, -9, -1], [2, 1, 0]],
  ['of nothing', [0, 0, null, -1], []],
])('%s', (_, [side, start, end, step], expected) => {
  const span = spanOf(side, start, end, step)
  expect(
    span && Array.from({ length: span.count }, (__, at) => span.first + at * span.step),
  ).toEqual(expected)
})

test('steps of nothing, and parts of a place, are none', () => {
  expect(spanOf(4, 0, null, 0)).toBeNull()
  expect(spanOf(4, 0.5, null, 1)).toBeNull()
})
