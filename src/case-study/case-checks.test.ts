import { describe, expect, it } from 'vitest'
import { caseChecks } from './case-checks'

const limits = { bytes: 0.1, macs: 0.5, latency: 0.8, accuracyDrop: 0.01 }
const whole = { zippedBytes: 1000, macs: 200, latency: 10, share: 0.99 }

describe('the targets of a case study', () => {
  it('pass up to the limit and fail beyond it', () => {
    const passed = caseChecks(limits, whole, {
      zippedBytes: 100,
      macs: 100,
      latency: 8,
      share: 0.985,
    })
    expect(passed.map(({ id, passed: ok }) => [id, ok])).toEqual([
      ['bytes', true],
      ['macs', true],
      ['latency', true],
      ['accuracyDrop', true],
    ])
    const failed = caseChecks(limits, whole, {
      zippedBytes: 101,
      macs: 101,
      latency: 8.1,
      share: 0.97,
    })
    expect(failed.some(({ passed: ok }) => ok)).toBe(false)
    expect(failed[0]).toMatchObject({ limit: 100, found: 101 })
  })

  it('leave out what was not measured', () => {
    const found = caseChecks(
      limits,
      { ...whole, macs: null, latency: null },
      { zippedBytes: 50, macs: null, latency: 1, share: null },
    )
    expect(found.map(({ id }) => id)).toEqual(['bytes'])
  })
})
