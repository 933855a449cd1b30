import { describe, expect, it } from 'vitest'
import { PhaseLeft, TimeLeft } from './time-left'

describe('the time that is left', () => {
  it('follows from what is done, once that says something', () => {
    let now = 1000
    const left = new TimeLeft(() => now)
    now = 1100
    expect(left.after({ done: 1, total: 100 })).toBeNull()
    now = 2000
    expect(left.after({ done: 0, total: 100 })).toBeNull()
    expect(left.after({ done: 20, total: 100 })).toBe(4000)
    now = 5000
    expect(left.after({ done: 100, total: 100 })).toBe(0)
  })

  it('does not count what stood still', () => {
    let now = 0
    const left = new TimeLeft(() => now)
    now = 61_000
    left.leaveOut(60_000)
    expect(left.after({ done: 20, total: 100 })).toBe(4000)
    left.leaveOut(800)
    expect(left.after({ done: 20, total: 100 })).toBeNull()
  })

  it('is not said of short work', () => {
    let now = 0
    const left = new TimeLeft(() => now)
    now = 600
    expect(left.after({ done: 60, total: 100 })).toBeNull()
  })
})

describe('the time that is left of a phase', () => {
  it('begins anew with each phase, and where one begins again', () => {
    let now = 0
    const left = new PhaseLeft(() => now)
    expect(left.after({ phase: 'reading', done: 0, total: 100 })).toBeNull()
    now = 10_000
    expect(left.after({ phase: 'reading', done: 50, total: 100 })).toBe(10_000)
    expect(left.after({ phase: 'validating', done: 50, total: 100 })).toBeNull()
    now = 12_000
    expect(left.after({ phase: 'validating', done: 60, total: 100 })).toBeCloseTo(1333.3, 0)
    expect(left.after({ phase: 'validating', done: 10, total: 100 })).toBeNull()
    now = 13_000
    expect(left.after({ phase: 'validating', done: 20, total: 100 })).toBe(4000)
  })
})
