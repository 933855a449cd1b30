import { describe, expect, it } from 'vitest'
import { countPlaywright, countVitest } from './test-reports'

const quiet = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{}] }],
}
const green = { stats: { expected: 7, unexpected: 0, flaky: 0, skipped: 0 }, errors: [] }

describe('counts of Vitest', () => {
  it('are what passed and failed', () => {
    expect(countVitest({ ...quiet, numFailedTests: 2 })).toEqual({
      passed: 5,
      failed: 2,
      notRun: 0,
    })
  })

  it('take tests that were skipped or only planned for failed', () => {
    expect(countVitest({ ...quiet, numPendingTests: 1, numTodoTests: 2 })).toEqual({
      passed: 5,
      failed: 3,
      notRun: 3,
    })
  })

  it('take a file that does not load for a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }]
    expect(countVitest({ ...quiet, testResults }).failed).toBe(1)
  })
})

describe('counts of Playwright', () => {
  it('are what passed', () => {
    expect(countPlaywright(green)).toEqual({ passed: 7, failed: 0, notRun: 0 })
  })

  it('take a test that did not run, because another failed, for failed', () => {
    const stats = { ...green.stats, unexpected: 1, skipped: 1 }
    expect(countPlaywright({ ...green, stats })).toEqual({ passed: 7, failed: 2, notRun: 1 })
  })

  it('take a second try and an error of the whole run for failures', () => {
    expect(countPlaywright({ ...green, stats: { ...green.stats, flaky: 1 } }).failed).toBe(1)
    expect(countPlaywright({ ...green, errors: [{}] }).failed).toBe(1)
  })
})
