/**
 * Runs the end-to-end tests five times in a row while two other processes keep two processors busy, and
 * appends what came of it to docs/test-line.md. A test that fails only here is at fault, or the product is.
 * Run: `npm run e2e:loaded`, after `npm run build`; `-- 1` runs them once.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countPlaywright } from './test-reports'
import type { PlaywrightReport, TestCounts } from './test-reports'

const page = new URL('../docs/test-line.md', import.meta.url)
const BUSY = 2
const runs = Number(process.argv[2] ?? 5)
const reports = mkdtempSync(join(tmpdir(), 'studio-loaded-'))

const busy = Array.from({ length: BUSY }, keepBusy)
const cells: string[] = []
let green = true
try {
  for (let run = 1; run <= runs; run++) {
    console.log(`\n── run ${run} of ${runs}`)
    const started = Date.now()
    const counts = runOnce(join(reports, `${run}.json`))
    const seconds = Math.round((Date.now() - started) / 1000)
    green &&= counts.failed === 0 && counts.passed > 0
    const unknown = counts.notRun === 0 ? '' : ` (${counts.notRun} did not run)`
    cells.push(`${counts.passed} passed, ${counts.failed} failed${unknown}, ${seconds} s`)
    console.log(cells.at(-1))
  }
} finally {
  for (const child of busy) child.kill('SIGKILL')
}
const still = busy.every((child) => child.exitCode === null)
if (!still) throw new Error('the processes that keep the machine busy ended before the tests did')

const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
const today = new Date().toISOString().slice(0, 10)
const runsText = cells.map((cell, index) => `run ${index + 1}: ${cell}`).join('; ')
appendFileSync(page, `- ${today}, ${commit.stdout.trim()}, Node ${process.version}. ${runsText}\n`)
process.exitCode = green ? 0 : 1

/** A process that computes until it is killed. */
function keepBusy(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (let x = 1; ; ) x = Math.sqrt(x + 1)'], {
    stdio: 'ignore',
  })
}

function runOnce(report: string): TestCounts {
  const { status } = spawnSync('npx', ['playwright', 'test', '--reporter=list,json'], {
    stdio: 'inherit',
    env: { ...process.env, CI: '1', PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  const counts = countPlaywright(JSON.parse(readFileSync(report, 'utf8')) as PlaywrightReport)
  const died = status !== 0 && counts.failed === 0
  return died ? { ...counts, failed: 1 } : counts
}
