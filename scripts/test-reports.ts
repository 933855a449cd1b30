/** Reads what test runners report. A test that did not run counts as failed: nothing says that it works. */
export interface TestCounts {
  readonly passed: number
  readonly failed: number
  /** Of the failed ones, those that did not run: skipped, or cut off by another's failure. */
  readonly notRun: number
}

/** The JSON report of Vitest, as far as it is read here. */
export interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly unknown[]
  }[]
}

/** The JSON report of Playwright, as far as it is read here. */
export interface PlaywrightReport {
  readonly stats: {
    readonly expected: number
    readonly unexpected: number
    readonly flaky: number
    readonly skipped: number
  }
  /** Of the run as a whole, for example a server that did not start. */
  readonly errors: readonly unknown[]
}

export function countVitest(report: VitestReport): TestCounts {
  // A file that does not load has no test to count, and fails all the same.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length
  const notRun = report.numPendingTests + report.numTodoTests
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken + notRun, notRun }
}

export function countPlaywright({ stats, errors }: PlaywrightReport): TestCounts {
  // Nothing is tried twice, so nothing should be flaky; were it so, it would be a failure.
  const failed = stats.unexpected + stats.flaky + stats.skipped + errors.length
  return { passed: stats.expected, failed, notRun: stats.skipped }
}
