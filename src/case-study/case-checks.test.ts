import { describe, expect, it } from 'vitest'
import { caseChecks } from './case-checks'

const limits = {
  ...{ bytes: 0.1, macs: 0.5, memory: 1, latency: 0.8, accuracyDrop: 0.01 },
  load: { network: '3g', seconds: 0.0005 },
} as const
const whole = { zippedBytes: 1000, macs: 200, memory: 4000, latency: 10, share: 0.99 }

describe('the targets of a case study', () => {
  it('pass up to the limit and fail beyond it', () => {
    const passed = caseChecks(limits, whole, {
      zippedBytes: 100,
      macs: 100,
      memory: 4000,
      latency: 8,
      share: 0.985,
    })
    expect(passed.map(({ id, passed: ok }) => [id, ok])).toEqual([
      ['bytes', true],
      ['load', true],
      ['macs', true],
      ['memory', true],
      ['latency', true],
      ['accuracyDrop', true],
    ])
    const failed = caseChecks(limits, whole, {
      zippedBytes: 101,
      macs: 101,
      memory: 4001,
      latency: 8.1,
      share: 0.97,
    })
    expect(failed.some(({ passed: ok }) => ok)).toBe(false)
    expect(failed[0]).toMatchObject({ limit: 100, found: 101 })
  })

  it('leave out what was not measured', () => {
    const found = caseChecks(
      limits,
      { ...whole, macs: null, memory: null, latency: null },
      { zippedBytes: 50, macs: null, memory: null, latency: 1, share: null },
    )
    expect(found.map(({ id }) => id)).toEqual(['bytes', 'load'])
  })

  it('leave out what has no limit', () => {
    const found = caseChecks({ ...limits, bytes: null, load: null, latency: null }, whole, whole)
    expect(found.map(({ id }) => id)).toEqual(['macs', 'memory', 'accuracyDrop'])
  })
})
