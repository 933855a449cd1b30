import { describe, expect, it } from 'vitest'
import { AgreementTally } from './agreement-tally'

const none = { against: 'original', data: null } as const
const rows = (...values: readonly number[]) => Float64Array.from(values)

describe('how close outputs are', () => {
  it('is 1 - residuals / variation for numbers, whatever their size', () => {
    // Residuals 1 + 100; variation 2 + 200 around the means of the columns.
    for (const offset of [0, 1e7]) {
      const tally = new AgreementTally(2, 'scores', 'numbers', none)
      const moved = (...values: readonly number[]) => rows(...values.map((value) => value + offset))
      tally.add(moved(1, 10, 3, 30), moved(2, 10, 3, 20))
      expect(tally.event(2, 2).r2).toBeCloseTo(0.5, 6)
    }
  })

  it('is not defined for numbers that never change', () => {
    const tally = new AgreementTally(1, 'scores', 'numbers', none)
    tally.add(rows(4, 4), rows(4, 5))
    expect(tally.event(2, 2)).toMatchObject({ r2: null, agreement: null, classes: 1 })
  })

  it('is the mean cosine for vectors', () => {
    const tally = new AgreementTally(2, 'scores', 'vectors', none)
    tally.add(rows(1, 0, 3, 4), rows(0, 5, 6, 8))
    expect(tally.event(2, 2).cosine).toBeCloseTo(0.5, 12)
  })

  it('is the share of equal classes where those are the meaning', () => {
    const tally = new AgreementTally(2, 'scores', 'classes', none)
    const classes = { expected: Int32Array.of(0, 1), found: Int32Array.of(0, 0) }
    tally.add(rows(1, 0, 0, 1), rows(1, 0, 1, 0), classes)
    expect(tally.event(2, 2)).toMatchObject({ agreement: 0.5, cosine: null, r2: null, classes: 2 })
  })

  it('counts two classes of one number, and never reaches more than there are', () => {
    const yesOrNo = new AgreementTally(1, 'sigmoid', 'classes', none)
    const classes = { expected: Int32Array.of(0, 1), found: Int32Array.of(0, 1) }
    yesOrNo.add(rows(0.2, 0.7), rows(0.2, 0.7), classes)
    expect(yesOrNo.event(2, 2)).toMatchObject({ classesReached: 2, classes: 2 })
    const number = new AgreementTally(1, 'scores', 'numbers', none)
    number.add(rows(1, 2), rows(1, 2))
    expect(number.event(2, 2)).toMatchObject({ classesReached: 0, classes: 1 })
  })
})
