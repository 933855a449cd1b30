import { expect, it } from 'vitest'
import { inference } from '../pass'
import { seedOf } from './noise'

it('gives each node and each piece of a batch noise of its own, the same each time', () => {
  const seeds = [5, 6, 5 + 2 ** 40, 5 + 2 * 2 ** 40].flatMap((seed) =>
    ['dropout', 'dropout_1'].map((id) => seedOf({ ...inference, seed }, id)),
  )
  expect(new Set(seeds).size).toBe(8)
  expect(seedOf({ ...inference, seed: 5 + 2 ** 40 }, 'dropout')).toBe(seeds[4])
})
