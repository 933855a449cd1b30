/** The test line: everything that must hold, in one command that ends in one count. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countPlaywright, countVitest } from './test-reports'
import type { PlaywrightReport, TestCounts, VitestReport } from './test-reports'

/** A part of the test line; `count` reads how many tests ran, else the part counts as one test. */
interface Suite {
  readonly name: string
  readonly script: string
  readonly count?: (file: string) => TestCounts
  readonly reporterArguments?: (file: string) => readonly string[]
}

interface Result extends TestCounts {
  readonly name: string
  readonly seconds: number
  /** The end of what it printed where it failed, so that the reason stands beside the count. */
  readonly reason: string | null
}

/** Suites one after the other; lanes of one stage run side by side. */
type Lane = readonly Suite[]

/** Characters of a failed suite that are shown once more. */
const REASON_LENGTH = 6000

/** Two lanes for two processors, about as long as each other. */
const stages: readonly (readonly Lane[])[] = [
  [
    [
      { name: 'lint', script: 'check:lint' },
      { name: 'types', script: 'check:types' },
    ],
    [
      { name: 'kernels', script: 'build:kernels' },
      { name: 'build', script: 'build:app' },
      { name: 'browser', script: 'browser' },
      { name: 'format', script: 'check:format' },
      { name: 'import walls', script: 'check:deps' },
      { name: 'dead code', script: 'check:dead' },
    ],
  ],
  [
    [
      {
        name: 'unit and contract',
        script: 'check:unit',
        reporterArguments: (file) => [
          '--reporter=default',
          '--reporter=json',
          `--outputFile=${file}`,
        ],
        count: (file) => countVitest(read(file) as VitestReport),
      },
    ],
  ],
  [
    [
      {
        name: 'end-to-end',
        script: 'e2e:run',
        reporterArguments: () => ['--reporter=list,json'],
        count: (file) => countPlaywright(read(file) as PlaywrightReport),
      },
    ],
  ],
]

const reports = mkdtempSync(join(tmpdir(), 'studio-tests-'))
const started = Date.now()
const results: Result[] = []
for (const lanes of stages) {
  const alone = lanes.length === 1
  results.push(...(await Promise.all(lanes.map((lane) => runLane(lane, alone)))).flat())
}

for (const { name, reason } of results)
  if (reason !== null) console.log(`\n── ${name} failed; the end of what it printed:\n${reason}`)
console.log('')
for (const { name, passed, failed, notRun, seconds } of results) {
  const verdict = failed === 0 ? 'ok  ' : 'FAIL'
  const unknown = notRun === 0 ? '' : `, of which ${notRun} did not run`
  console.log(
    `${verdict} ${name}: ${passed} passed, ${failed} failed${unknown} (${seconds.toFixed(0)} s)`,
  )
}
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failed, 0)
console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function runLane(lane: Lane, alone: boolean): Promise<Result[]> {
  const done: Result[] = []
  for (const suite of lane) done.push(await runSuite(suite, alone))
  return done
}

/** @param alone shows what it prints as it comes; beside another, it is shown in one piece at the end */
async function runSuite(suite: Suite, alone: boolean): Promise<Result> {
  const { name, script } = suite
  if (alone) console.log(`\n── ${name}`)
  const file = join(reports, `${script.replaceAll(':', '-')}.json`)
  const extra = suite.reporterArguments?.(file) ?? []
  const start = Date.now()
  const { status, output } = await run(script, extra, file, alone)
  if (!alone) console.log(`\n── ${name}\n${output}`)
  const seconds = (Date.now() - start) / 1000
  const counts = counted(suite, file, status)
  const reason = counts.failed === 0 ? null : output.slice(-REASON_LENGTH)
  return { name, seconds, reason, ...counts }
}

function counted({ count }: Suite, file: string, status: number | null): TestCounts {
  const broken: TestCounts = { passed: 0, failed: 1, notRun: 0 }
  if (count === undefined) return status === 0 ? { passed: 1, failed: 0, notRun: 0 } : broken
  try {
    const counts = count(file)
    // A runner that died outside its tests, or ran none, must not look green.
    const died = (status !== 0 && counts.failed === 0) || counts.passed + counts.failed === 0
    return died ? { ...counts, failed: counts.failed + 1 } : counts
  } catch {
    return broken
  }
}

function run(
  script: string,
  extra: readonly string[],
  report: string,
  alone: boolean,
): Promise<{ status: number | null; output: string }> {
  const parameters = ['run', '--silent', script, ...(extra.length > 0 ? ['--', ...extra] : [])]
  const child = spawn('npm', parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  const pieces: Buffer[] = []
  const keep = (piece: Buffer): void => {
    pieces.push(piece)
    if (alone) process.stdout.write(piece)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      resolve({ status, output: Buffer.concat(pieces).toString() })
    })
  })
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
