import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filledFront, frontOf, pointOf } from './front'
import type { Row } from './front'

const choice = fc.record({
  choice: fc.constant('c'),
  bytes: fc.integer({ min: 0, max: 999 }),
  distance: fc.integer({ min: 1, max: 999 }),
})
const row = fc.array(choice, { minLength: 1, maxLength: 4 }).map((more): Row<string> => ({
  choices: [{ choice: 'float', bytes: 1000, distance: 0 }, ...more],
}))
const table = fc.array(row, { minLength: 1, maxLength: 4 })

/** Every allocation there is. */
function all(rows: readonly Row<string>[]): number[][] {
  return rows.reduce<number[][]>(
    (found, { choices }) => found.flatMap((one) => choices.map((_, at) => [...one, at])),
    [[]],
  )
}

describe('the front of allocations', () => {
  it('starts with nothing done and only ever saves bytes for distance', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const front = frontOf(rows)
        expect(front[0]).toEqual(
          pointOf(
            rows,
            rows.map(() => 0),
          ),
        )
        front.slice(1).forEach((point, at) => {
          expect(point.bytes).toBeLessThan(front[at]?.bytes ?? NaN)
          expect(point.distance).toBeGreaterThanOrEqual(front[at]?.distance ?? NaN)
        })
      }),
    )
  })

  it('has for every price of a byte the cheapest of all allocations', () => {
    fc.assert(
      fc.property(table, fc.double({ min: 0.001, max: 100, noNaN: true }), (rows, price) => {
        const cost = ({ bytes, distance }: { bytes: number; distance: number }): number =>
          distance + price * bytes
        const cheapest = Math.min(...all(rows).map((chosen) => cost(pointOf(rows, chosen))))
        expect(Math.min(...frontOf(rows).map(cost))).toBeCloseTo(cheapest, 6)
      }),
    )
  })

  it('is filled between its points, and none of them is both larger and further than another', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const filled = filledFront(rows)
        filled.forEach((point, at) => {
          const own = pointOf(rows, point.chosen)
          expect(point.bytes).toBeCloseTo(own.bytes, 6)
          expect(point.distance).toBeCloseTo(own.distance, 6)
          if (at === 0) return
          expect(point.bytes).toBeLessThan(filled[at - 1]?.bytes ?? NaN)
          expect(point.distance).toBeGreaterThan(filled[at - 1]?.distance ?? NaN)
        })
        for (const { bytes, distance } of frontOf(rows))
          expect(filled.some((one) => one.bytes <= bytes && one.distance <= distance + 1e-9)).toBe(
            true,
          )
      }),
    )
  })
})
