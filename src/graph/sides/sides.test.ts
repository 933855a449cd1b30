import { expect, test } from 'vitest'
import { openSide } from './side'
import { axesOf, axisOf, broadcast, broadcastAll } from './sides'

const [batch, height] = [openSide('batch'), openSide('height')]

test('axes count from the last where negative, and exist or not', () => {
  expect([axisOf(-1, 4), axisOf(3, 4), axisOf(4, 4), axisOf(-5, 4), axisOf(0.5, 4)]).toEqual([
    3,
    3,
    null,
    null,
    null,
  ])
  expect(axesOf([-1, 1], 3)).toEqual(new Set([2, 1]))
  expect(axesOf([0, 3], 3)).toBeNull()
})

test('sides stretch: one to any, an open side to a number, missing ones in front', () => {
  expect(broadcast([batch, 1, 3], [4, 1])).toEqual([batch, 4, 3])
  expect(broadcast([batch, height], [5, height])).toEqual([5, height])
  expect(broadcast([batch], [height])).toEqual([null])
  expect(broadcast([2, 3], [2, 4])).toBeNull()
})

test('one value that is not known leaves all unknown', () => {
  expect(broadcastAll([[2], undefined])).toBeNull()
  expect(broadcastAll([[2, 1], [3], []])).toEqual([2, 3])
})
