import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mcNemarTest, pairedInterval, wilsonInterval } from './proportions'

const golden = JSON.parse(readFileSync('golden/statistics.json', 'utf8')) as {
  readonly wilson: readonly { correct: number; count: number; low: number; high: number }[]
  readonly mcnemar: readonly { b: number; c: number; p: number }[]
  readonly paired: readonly { b: number; c: number; count: number; low: number; high: number }[]
}

describe('the interval of a share', () => {
  it.each(golden.wilson)('of $correct in $count is that of statsmodels', (known) => {
    const [low, high] = wilsonInterval(known.correct, known.count)
    expect(low).toBeCloseTo(known.low, 12)
    expect(high).toBeCloseTo(known.high, 12)
  })
})

describe('the interval of a paired difference', () => {
  it.each(golden.paired)('of $b against $c in $count is that of statsmodels', (known) => {
    const [low, high] = pairedInterval(known.b, known.c, known.count)
    expect(low).toBeCloseTo(known.low, 12)
    expect(high).toBeCloseTo(known.high, 12)
  })

  it('turns around with the models, and is never without width', () => {
    const [low, high] = pairedInterval(5, 14, 100)
    expect(pairedInterval(14, 5, 100)).toEqual([-high, -low])
    const [none, some] = pairedInterval(0, 0, 5000)
    expect(some - none).toBeGreaterThan(0.0005)
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
