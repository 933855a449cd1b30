import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/random'
import { einsumChannels } from './einsum-channels'

describe('the channels of a weight of an Einsum', () => {
  it.each<[string, string, number, number[], object | null]>([
    ['a dense layer', 'ab,bc->ac', 1, [3, 5], { count: 5, inner: 1 }],
    ['one that is read transposed', 'ab,cb->ac', 1, [5, 3], { count: 5, inner: 3 }],
    ['one on the left', 'bc,ab->ac', 0, [3, 5], { count: 5, inner: 1 }],
    ['heads of attention', 'abc,cde->abde', 1, [8, 2, 4], { count: 8, inner: 1 }],
    ['what heads are joined by', 'abcd,cde->abe', 1, [2, 4, 8], { count: 8, inner: 1 }],
    ['outputs in front', 'abc,dec->abde', 1, [2, 4, 8], { count: 8, inner: 8 }],
    ['outputs apart', 'ab,cbd->acd', 1, [2, 3, 5], { count: 5, inner: 1 }],
    ['one for each of a batch', 'abc,acd->abd', 1, [6, 3, 5], { count: 5, inner: 1 }],
    ['none', 'ab,ab->a', 1, [2, 3], { count: 1, inner: 6 }],
    ['a scale', 'abc,c->abc', 1, [8], null],
    ['one that is alone', 'ab->b', 0, [2, 3], null],
    ['another rank', 'ab,bc->ac', 1, [3, 5, 1], null],
    ['a diagonal', 'ab,bb->ab', 1, [3, 3], null],
    ['no arrow', 'ab,bc', 1, [3, 5], null],
  ])('%s', (_, equation, place, shape, wanted) => {
    expect(einsumChannels(equation, place, shape)).toEqual(wanted)
  })

  it('never put two outputs that other weights sum into one channel apart from them', () => {
    // By counting: elements of one channel agree in all letters that channels are counted by.
    const random = createRandom(5)
    for (let draw = 0; draw < 300; draw++) {
      const letters = ['a', 'b', 'c', 'd'].slice(0, 2 + random.below(3))
      const shape = letters.map(() => 1 + random.below(4))
      const given = letters.filter(() => random.below(2) === 0)
      const summed = letters.filter((letter) => !given.includes(letter))
      const equation = `x${summed.join('')},${letters.join('')}->x${given.join('')}`
      const found = einsumChannels(equation, 1, shape)
      if (summed.length === 0) {
        expect(found).toBeNull()
        continue
      }
      const { count = NaN, inner = NaN } = found ?? {}
      const size = shape.reduce((product, side) => product * side, 1)
      const outputs = new Map<number, Set<string>>()
      for (let at = 0; at < size; at++) {
        let left = at
        const places = shape.toReversed().map((side) => {
          const place = left % side
          left = (left - place) / side
          return place
        })
        const own = letters
          .map((letter, axis) => (given.includes(letter) ? places.at(-1 - axis) : ''))
          .join()
        const channel = Math.floor(at / inner) % count
        outputs.set(channel, (outputs.get(channel) ?? new Set()).add(own))
      }
      const all = given.reduce(
        (product, letter) => product * (shape[letters.indexOf(letter)] ?? 1),
        1,
      )
      expect(outputs.size).toBe(count)
      // Every channel has as many outputs, and no output lies in two.
      for (const { size: own } of outputs.values()) expect(own).toBe(all / count)
    }
  })
})
