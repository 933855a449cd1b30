/** End-to-end tests as a command of its own, with what came of them in docs/test-line.md. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countPlaywright } from './test-reports'
import type { PlaywrightReport, TestCounts } from './test-reports'

const page = new URL('../docs/test-line.md', import.meta.url)

export interface EndToEndRun {
  readonly counts: TestCounts
  /** The same in words, with the seconds that it took. */
  readonly words: string
}

/** Runs the tests of the line, or with `LONG_TESTS` in the environment those that have the command of their own. */
export function runEndToEnd(environment: Readonly<Record<string, string>> = {}): EndToEndRun {
  const report = join(mkdtempSync(join(tmpdir(), 'studio-end-to-end-')), 'report.json')
  const started = Date.now()
  const { status } = spawnSync('npx', ['playwright', 'test', '--reporter=list,json'], {
    stdio: 'inherit',
    env: { ...process.env, ...environment, CI: '1', PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  const seconds = Math.round((Date.now() - started) / 1000)
  const read = countPlaywright(JSON.parse(readFileSync(report, 'utf8')) as PlaywrightReport)
  const counts = status !== 0 && read.failed === 0 ? { ...read, failed: 1 } : read
  const unknown = counts.notRun === 0 ? '' : ` (${counts.notRun} did not run)`
  return {
    counts,
    words: `${counts.passed} passed, ${counts.failed} failed${unknown}, ${seconds} s`,
  }
}

/** Adds a line at the end of a section of the page. */
export function recordRuns(section: 'loaded' | 'long', words: string): void {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
  const today = new Date().toISOString().slice(0, 10)
  const line = `- ${today}, ${commit.stdout.trim()}, Node ${process.version}. ${words}`
  // The formatter keeps a blank line between a list and what follows it.
  const end = `\n\n<!-- end of ${section} -->`
  const text = readFileSync(page, 'utf8')
  if (!text.includes(end)) throw new Error(`docs/test-line.md has no section "${section}"`)
  writeFileSync(page, text.replace(end, `\n${line}${end}`))
}
