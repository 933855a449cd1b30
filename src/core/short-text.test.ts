import { expect, it } from 'vitest'
import { describeValue, shortName, shortText } from './short-text'

it('what files say takes no more than its part of a sentence', () => {
  expect(shortText('a'.repeat(60))).toBe('a'.repeat(60))
  expect(shortText('a'.repeat(100_000))).toBe(`${'a'.repeat(57)}...`)
})

it('the name of a file keeps its end', () => {
  const long = `${'a/'.repeat(30_000)}model.json`
  expect(shortName(long)).toMatch(/^(?:a\/){28}a\.\.\.(?:a\/)+model\.json$/)
  expect(shortName(long)).toHaveLength(120)
  expect(shortName('a'.repeat(120))).toHaveLength(120)
})

it.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [NaN, 'null'],
  ['x', '"x"'],
  [{ bits: [1, 2] }, '{"bits":[1,2]}'],
  ['y'.repeat(1e5), `"${'y'.repeat(56)}...`],
  [Array.from({ length: 1e5 }, () => 7), `[${'7,'.repeat(28)}...`],
])('%o is shown as %s', (value, shown) => {
  expect(describeValue(value)).toBe(shown)
})
