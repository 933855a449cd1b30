/**
 * Lighthouse on the built page, first and second visit: medians of three, `--rounds=5` of five. The studio waits for
 * a first sign of somebody, which Lighthouse never gives: what its start costs is the visit `started`, at an address
 * that starts it at once, as every visit did until 2026-11-29.
 * On a quiet machine: `npm run bench:first-load`, which builds; `-- --mobile` leaves the desktop out.
 */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'
import type { Flags, Result } from 'lighthouse'
import { getLogNormalScore } from 'lighthouse/shared/statistics.js'
import desktop from 'lighthouse/core/config/desktop-config.js'
import { findBrowser } from '../scripts/find-browser.ts'
import { serveFolder } from '../scripts/static-server.ts'
import { emit } from './emit.ts'

const { values: asked } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    mobile: { type: 'boolean', default: false },
  },
})
const rounds = Number(asked.rounds)

const chromePath = findBrowser()
if (chromePath === null) throw new Error('No browser: npm run browser')

// As ordinary hosts serve it: text and scripts compressed.
const folder = mkdtempSync(join(tmpdir(), 'studio-'))
cpSync('dist', folder, { recursive: true })
for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
  if (/\.(?:html|js|css|svg|json|wasm)$/.test(file))
    writeFileSync(
      join(folder, `${file}.gz`),
      gzipSync(readFileSync(join(folder, file)), { level: 9 }),
    )

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

interface Visit {
  readonly result: Result
  /** Bytes that were there when something was first painted. */
  readonly bytesBefore: number
  /** As blocking time, of what the page's tasks took of a processor: says the same on a busy machine. */
  readonly blockingOfProcessor: number
  /** Lighthouse's score with that blocking time in the place of the one by the clock. */
  readonly performanceOfProcessor: number
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly tdur?: number
}

/** How much slower than this machine the phone of the mobile preset is, and from where a task is long. */
const SLOWER = { mobile: 4, desktop: 1 } as const
const LONG_MS = 50

/** How Lighthouse's score for phones counts blocking time; what it is worth of 100 points on either. */
const blockingScore = {
  mobile: { p10: 200, median: 600 },
  desktop: { p10: 150, median: 350 },
} as const
const BLOCKING_POINTS = 30

type Preset = keyof typeof SLOWER

async function visit(url: string, flags: Flags, preset: Preset): Promise<Visit> {
  const run = await lighthouse(url, flags, preset === 'desktop' ? desktop : undefined)
  if (run === undefined) throw new Error('Lighthouse gave no result')
  const { artifacts, lhr } = run
  // On a busy machine it now and then misses the beginning, and says to run it again.
  if (lhr.runtimeError?.code === 'NO_NAVSTART') {
    emit('first-load-missed', { preset, url })
    return visit(url, flags, preset)
  }
  const [metrics] = detailsOf(lhr, 'metrics')
  const painted = Number(metrics?.['observedFirstContentfulPaint'])
  const events: readonly TraceEvent[] = artifacts.Trace.traceEvents
  const paint = events.findLast(({ name }) => name === 'firstContentfulPaint')
  const tasks = events.filter(
    ({ name, pid, tid, ts }) =>
      name === 'RunTask' && pid === paint?.pid && tid === paint.tid && ts > paint.ts,
  )
  const blockingOfProcessor = tasks.reduce(
    (sum, { tdur = 0 }) => sum + Math.max(0, (tdur / 1000) * SLOWER[preset] - LONG_MS),
    0,
  )
  const byClock = lhr.audits['total-blocking-time']?.score ?? NaN
  const byProcessor = getLogNormalScore(blockingScore[preset], blockingOfProcessor)
  return {
    result: lhr,
    blockingOfProcessor,
    performanceOfProcessor:
      100 * (lhr.categories['performance']?.score ?? NaN) +
      BLOCKING_POINTS * (byProcessor - byClock),
    bytesBefore: detailsOf(lhr, 'network-requests')
      .filter((request) => Number(request['networkEndTime']) <= painted)
      .reduce((sum, request) => sum + Number(request['transferSize']), 0),
  }
}

/** What an audit lists. */
function detailsOf({ audits }: Result, id: string): readonly Readonly<Record<string, unknown>>[] {
  const details: unknown = audits[id]?.details
  const items: unknown = details instanceof Object ? Reflect.get(details, 'items') : null
  return Array.isArray(items) ? (items as readonly Readonly<Record<string, unknown>>[]) : []
}

function report(
  preset: Preset,
  which: 'first' | 'second' | 'started',
  visits: readonly Visit[],
): void {
  const results = visits.map(({ result }) => result)
  const score = (category: string): number =>
    median(results.map(({ categories }) => Math.round(100 * (categories[category]?.score ?? NaN))))
  const figure = (audit: string): number =>
    Math.round(median(results.map(({ audits }) => audits[audit]?.numericValue ?? NaN)))
  emit('first-load', {
    preset,
    visit: which,
    rounds: results.length,
    performance: score('performance'),
    accessibility: score('accessibility'),
    bestPractices: score('best-practices'),
    firstContentfulPaintMs: figure('first-contentful-paint'),
    largestContentfulPaintMs: figure('largest-contentful-paint'),
    speedIndexMs: figure('speed-index'),
    totalBlockingTimeMs: figure('total-blocking-time'),
    blockingOfProcessorMs: Math.round(
      median(visits.map(({ blockingOfProcessor }) => blockingOfProcessor)),
    ),
    performanceOfProcessor: Math.round(
      median(visits.map(({ performanceOfProcessor }) => performanceOfProcessor)),
    ),
    layoutShift: median(
      results.map(({ audits }) => audits['cumulative-layout-shift']?.numericValue ?? NaN),
    ),
    bytesBeforeFirstPaint: median(visits.map(({ bytesBefore }) => bytesBefore)),
    bytes: figure('total-byte-weight'),
    // How fast Lighthouse finds the machine, and what else was running on it.
    benchmarkIndex: median(results.map(({ environment }) => environment.benchmarkIndex)),
    load: Math.round(10 * (loadavg()[0] ?? NaN)) / 10,
  })
  for (const [id, audit] of results.slice(-1).flatMap(({ audits }) => Object.entries(audits)))
    if (audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === 'binary')
      emit('first-load-audit', { preset, visit: which, id, title: audit.title })
}

const server = await serveFolder({ folder, port: 0 })
for (const preset of asked.mobile ? (['mobile'] as const) : (['mobile', 'desktop'] as const)) {
  const chrome = await launch({ chromePath, chromeFlags: ['--headless=new', '--no-sandbox'] })
  const flags: Flags = {
    port: chrome.port,
    output: 'json',
    logLevel: 'error',
    onlyCategories: ['performance', 'accessibility', 'best-practices'],
  }
  const visits: Visit[] = []
  for (let round = 0; round < rounds; round++) visits.push(await visit(server.url, flags, preset))
  report(preset, 'first', visits)
  const started: Visit[] = []
  for (let round = 0; round < rounds; round++)
    started.push(await visit(`${server.url}?now`, flags, preset))
  report(preset, 'started', started)
  // What the last visit has left stays: the studio comes out of the browser.
  const again = { ...flags, disableStorageReset: true }
  const returns: Visit[] = []
  for (let round = 0; round < rounds; round++) returns.push(await visit(server.url, again, preset))
  report(preset, 'second', returns)
  chrome.kill()
}
await server.close()
rmSync(folder, { recursive: true })
