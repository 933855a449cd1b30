/**
 * Runs the end-to-end tests five times in a row while two other processes keep two processors busy, and
 * appends what came of it to docs/test-line.md. A test that fails only here is at fault, or the product is.
 * Run: `npm run e2e:loaded`, after `npm run build`; `-- 1` runs them once.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { recordRuns, runEndToEnd } from './run-end-to-end'

const BUSY = 2
const runs = Number(process.argv[2] ?? 5)

const busy = Array.from({ length: BUSY }, keepBusy)
const cells: string[] = []
let green = true
try {
  for (let run = 1; run <= runs; run++) {
    console.log(`\n── run ${run} of ${runs}`)
    const { counts, words } = runEndToEnd()
    green &&= counts.failed === 0 && counts.passed > 0
    cells.push(words)
    console.log(cells.at(-1))
  }
} finally {
  for (const child of busy) child.kill('SIGKILL')
}
const still = busy.every((child) => child.exitCode === null)
if (!still) throw new Error('the processes that keep the machine busy ended before the tests did')

recordRuns('loaded', cells.map((cell, index) => `run ${index + 1}: ${cell}`).join('; '))
process.exitCode = green ? 0 : 1

/** A process that computes until it is killed. */
function keepBusy(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (let x = 1; ; ) x = Math.sqrt(x + 1)'], {
    stdio: 'ignore',
  })
}
