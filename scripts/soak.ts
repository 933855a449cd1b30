/**
 * Opens, prunes, quantizes, trains, cuts and downloads a small model again and again in a browser, counts after each
 * cycle what page and workers hold, and appends what came of it to docs/soak.md.
 * Run: `npm run soak`, after `npm run build`; `-- 5` for five cycles instead of twenty.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Held } from '../testing/browser/held'

const page = new URL('../docs/soak.md', import.meta.url)
const cycles = Number(process.argv[2] ?? 20)
const record = join(mkdtempSync(join(tmpdir(), 'studio-soak-')), 'held.json')

const { status } = spawnSync('npx', ['playwright', 'test', 'e2e/soak.spec.ts'], {
  stdio: 'inherit',
  env: { ...process.env, SOAK_CYCLES: String(cycles), SOAK_RECORD: record },
})
const counted = JSON.parse(readFileSync(record, 'utf8')) as readonly { cycle: number; held: Held }[]
const [from, to] = counted
if (from === undefined || to === undefined) throw new Error('it did not get to the last cycle')

const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
const today = new Date().toISOString().slice(0, 10)
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`
const change = (name: keyof Held, text: (value: number) => string = String): string =>
  `${name} ${text(from.held[name])} → ${text(to.held[name])}`
const cells = [
  change('pageObjects', kilobytes),
  change('workerObjects', kilobytes),
  change('engineMemory', kilobytes),
  ...(['tensors', 'nodes', 'listeners', 'workers'] as const).map((name) => change(name)),
]
const verdict = status === 0 ? 'constant' : 'NOT constant'
appendFileSync(
  page,
  `- ${today}, ${commit.stdout.trim()}, Node ${process.version}, ${cycles} cycles, ${verdict}. From cycle ${from.cycle} to ${to.cycle}: ${cells.join('; ')}\n`,
)
process.exitCode = status ?? 1
