/**
 * Runs the end-to-end tests that are long and guard what seldom changes, and writes what came of it in
 * docs/test-line.md. The test line runs all others. Run: `npm run e2e:long`, after `npm run build`.
 */
import { recordRuns, runEndToEnd } from './run-end-to-end'

const { counts, words } = runEndToEnd({ LONG_TESTS: '1' })
console.log(words)
recordRuns('long', words)
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1
