import { expect, it } from 'vitest'
import { columnsOf, onlySide } from './output-columns'

it.each<[readonly (number | null)[], number | null, number | null]>([
  [[null, 10], 10, 10],
  [[null, 1], 1, 1],
  [[null, 1, 1, 10], 10, 10],
  [[null, 10, 1, 1], 10, 10],
  [[null, 1, 10], 10, 10],
  [[null, 1, 1, 1], 1, 1],
  [[null, 10, 1], 10, 1],
  [[null, 8, 8, 3], null, 3],
  [[null, 3, 8, 8], null, 8],
  [[null, null, null, 10], null, 10],
  [[null, null, 1, 1], null, 1],
  [[null], null, null],
  [[], null, null],
])('numbers of %j stand along one side: %s, and belong together by %s', (shape, only, columns) => {
  expect(onlySide(shape)).toBe(only)
  expect(columnsOf(shape)).toBe(columns)
})
