import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countOnly, packRight } from './right-bits'

it('holds eight samples a byte, the first in the lowest bit', () => {
  const right = Uint8Array.from([1, 0, 1, 0, 0, 0, 0, 1, 1])
  expect([...packRight(right)]).toEqual([0b1000_0101, 1])
  expect(packRight(new Uint8Array())).toHaveLength(0)
})

it('counts as one would sample by sample, whatever the answers', () => {
  const answers = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 100 })
  fc.assert(
    fc.property(answers, (pairs) => {
      const [first, second] = [0, 1].map((side) =>
        packRight(Uint8Array.from(pairs, (pair) => (pair[side] === true ? 1 : 0))),
      ) as [Uint8Array, Uint8Array]
      expect(countOnly(first, second)).toEqual({
        onlyFirst: pairs.filter(([one, other]) => one && !other).length,
        onlySecond: pairs.filter(([one, other]) => other && !one).length,
      })
    }),
  )
})
