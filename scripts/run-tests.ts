import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Counts {
  readonly passed: number
  readonly failed: number
  /** Of those that passed, how many needed a second try. */
  readonly retried?: number
}

/** A part of the test line; `report` reads how many tests ran, else the part counts as one test. */
interface Suite {
  readonly name: string
  readonly script: string
  readonly report?: (file: string) => Counts
  readonly reporterArguments?: (file: string) => readonly string[]
}

const suites: readonly Suite[] = [
  { name: 'kernels', script: 'build:kernels' },
  { name: 'format', script: 'check:format' },
  { name: 'types', script: 'check:types' },
  { name: 'lint', script: 'check:lint' },
  { name: 'import walls', script: 'check:deps' },
  { name: 'dead code', script: 'check:dead' },
  {
    name: 'unit and contract',
    script: 'check:unit',
    reporterArguments: (file) => ['--reporter=default', '--reporter=json', `--outputFile=${file}`],
    report: readVitestReport,
  },
  { name: 'build', script: 'build:app' },
  { name: 'browser', script: 'browser' },
  {
    name: 'end-to-end',
    script: 'e2e:run',
    reporterArguments: () => ['--reporter=list,json'],
    report: readPlaywrightReport,
  },
]

const reports = mkdtempSync(join(tmpdir(), 'studio-tests-'))
const results = suites.map((suite) => ({ name: suite.name, ...runSuite(suite) }))

console.log('')
for (const { name, passed, failed, retried = 0, seconds } of results) {
  const verdict = failed === 0 ? 'ok  ' : 'FAIL'
  const again = retried === 0 ? '' : `, ${retried} at the second try`
  console.log(
    `${verdict} ${name}: ${passed} passed${again}, ${failed} failed (${seconds.toFixed(0)} s)`,
  )
}
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function runSuite(suite: Suite): Counts & { seconds: number } {
  console.log(`\n── ${suite.name}`)
  const file = join(reports, `${suite.script.replaceAll(':', '-')}.json`)
  const extra = suite.reporterArguments?.(file) ?? []
  const parameters = [
    'run',
    '--silent',
    suite.script,
    ...(extra.length > 0 ? ['--', ...extra] : []),
  ]
  const started = Date.now()
  const { status } = spawnSync('npm', parameters, {
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  })
  const seconds = (Date.now() - started) / 1000
  const alone: Counts = status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  if (suite.report === undefined) return { ...alone, seconds }
  try {
    const counts = suite.report(file)
    // A runner that died outside its tests, or ran none, must not look green.
    const died = (status !== 0 && counts.failed === 0) || counts.passed + counts.failed === 0
    return { ...counts, failed: counts.failed + (died ? 1 : 0), seconds }
  } catch {
    return { passed: 0, failed: 1, seconds }
  }
}

function readVitestReport(file: string): Counts {
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numFailedTestSuites: number
    testResults: { status: string; assertionResults: unknown[] }[]
  }
  // A file that does not load has no test to count, and fails all the same.
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  ).length
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken }
}

function readPlaywrightReport(file: string): Counts {
  const { stats } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number }
  }
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    retried: stats.flaky,
  }
}
