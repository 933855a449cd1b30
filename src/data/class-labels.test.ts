import { expect, it } from 'vitest'
import { compareNames } from './class-labels'

it('names are sorted by value and code point', () => {
  expect(['a10', 'a9', 'B', 'a', 'ä', 'a9b'].sort(compareNames)).toEqual([
    'B',
    'a',
    'a9',
    'a9b',
    'a10',
    'ä',
  ])
})
