import { expect, test } from 'vitest'
import { isSame, openSide, plus, product, quotient, ratio, times } from './side'
import type { Side } from './side'

const [batch, height] = [openSide('batch'), openSide('height')]

test.each<[string, Side, Side]>([
  ['numbers', times(3, 4), 12],
  ['an open side some times', times(2, batch), { times: 2, names: ['batch'] }],
  [
    'two open sides, whichever comes first',
    times(height, times(2, batch)),
    { times: 2, names: ['batch', 'height'] },
  ],
  ['nothing is nothing however often', times(0, null), 0],
  ['what is not known', times(2, null), null],
  ['a product of all', product([batch, 7, height, 3]), { times: 21, names: ['batch', 'height'] }],
  ['a product of none', product([]), 1],
  [
    'a part of a product',
    quotient(times(times(batch, height), 6), times(height, 3)),
    { times: 2, names: ['batch'] },
  ],
  ['all of an open side', quotient(times(batch, 6), batch), 6],
  ['not what leaves something over', quotient(times(batch, 3), 2), null],
  ['a fraction where that is meant', ratio(times(batch, 3), 2), { times: 1.5, names: ['batch'] }],
  ['not another open side', quotient(batch, height), null],
  ['not by nothing', quotient(6, 0), null],
  ['nothing more', plus(0, batch), batch],
  ['twice the same open side', plus(batch, batch), { times: 2, names: ['batch'] }],
  ['an open side taken away', plus(batch, times(batch, -1)), 0],
  ['not two open sides', plus(batch, height), null],
  ['not an open side and one', plus(batch, 1), null],
])('%s', (_, found, expected) => {
  expect(found).toEqual(expected)
})

test('a product of many open sides is not followed', () => {
  const sides = Array.from({ length: 9 }, (_, at) => openSide(`side ${at}`))
  expect(product(sides.slice(0, 8))).not.toBeNull()
  expect(product(sides)).toBeNull()
})

test('two sides are the same by their names', () => {
  expect(isSame(times(2, batch), plus(openSide('batch'), batch))).toBe(true)
  expect(isSame(batch, height)).toBe(false)
  expect(isSame(batch, times(2, batch))).toBe(false)
  expect(isSame(null, null)).toBe(false)
  expect(isSame(7, 7)).toBe(true)
})
