import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mcNemarTest, wilsonInterval } from './proportions'

const golden = JSON.parse(readFileSync('golden/statistics.json', 'utf8')) as {
  readonly wilson: readonly { correct: number; count: number; low: number; high: number }[]
  readonly mcnemar: readonly { b: number; c: number; p: number }[]
}

describe('the interval of a share', () => {
  it.each(golden.wilson)('of $correct in $count is that of statsmodels', (known) => {
    const [low, high] = wilsonInterval(known.correct, known.count)
    expect(low).toBeCloseTo(known.low, 12)
    expect(high).toBeCloseTo(known.high, 12)
  })
})

describe('the test on paired answers', () => {
  it.each(golden.mcnemar)('of $b against $c is that of statsmodels', ({ b, c, p }) => {
    expect(mcNemarTest(b, c)).toBeCloseTo(p, 9)
  })

  it('does not depend on which model comes first', () => {
    expect(mcNemarTest(5, 14)).toBe(mcNemarTest(14, 5))
  })
})
