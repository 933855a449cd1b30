/**
 * Lighthouse on the built page: accessibility and best practices, performance as the median of five.
 * Run on a quiet machine: `npm run build && npx tsx bench/lighthouse.bench.ts`.
 */
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'
import type { Flags, Result } from 'lighthouse'
import desktop from 'lighthouse/core/config/desktop-config.js'
import { findBrowser } from '../scripts/find-browser.ts'
import { serveFolder } from '../scripts/static-server.ts'
import { emit } from './emit.ts'

const ROUNDS = 5

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
const server = await serveFolder({ folder, port: 0 })
const chrome = await launch({ chromePath, chromeFlags: ['--headless=new', '--no-sandbox'] })
const flags: Flags = {
  port: chrome.port,
  output: 'json',
  logLevel: 'error',
  onlyCategories: ['performance', 'accessibility', 'best-practices'],
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

for (const preset of ['desktop', 'mobile'] as const) {
  const results: Result[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const run = await lighthouse(server.url, flags, preset === 'desktop' ? desktop : undefined)
    if (run !== undefined) results.push(run.lhr)
  }
  const score = (category: string): number =>
    median(results.map(({ categories }) => 100 * (categories[category]?.score ?? NaN)))
  const figure = (audit: string): number =>
    Math.round(median(results.map(({ audits }) => audits[audit]?.numericValue ?? NaN)))
  emit('lighthouse', {
    preset,
    rounds: results.length,
    performance: score('performance'),
    accessibility: score('accessibility'),
    bestPractices: score('best-practices'),
    firstContentfulPaintMs: figure('first-contentful-paint'),
    largestContentfulPaintMs: figure('largest-contentful-paint'),
    totalBlockingTimeMs: figure('total-blocking-time'),
    layoutShift: median(
      results.map(({ audits }) => audits['cumulative-layout-shift']?.numericValue ?? NaN),
    ),
    bytes: figure('total-byte-weight'),
  })
  const [last] = results.slice(-1)
  for (const [id, audit] of Object.entries(last?.audits ?? {}))
    if (audit.score !== null && audit.score < 1 && audit.scoreDisplayMode === 'binary')
      emit('lighthouse-audit', { preset, id, title: audit.title })
}
chrome.kill()
await server.close()
rmSync(folder, { recursive: true })
