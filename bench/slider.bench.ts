/**
 * From a new setting of a slider to the accuracy on all validation samples, on the page, on WebAssembly: this build beside an
 * earlier one, each in a browser of its own, in turn. Every turn sets other bits for all layers, which nothing has measured yet.
 * Run: `npm run build && npx tsx bench/slider.bench.ts [--before FOLDER [--record]]`, where FOLDER is the `dist` of the earlier build;
 * without one it measures this build alone.
 */
import { parseArgs } from 'node:util'
import type { Page } from '@playwright/test'
import { Studio, WHOLE_VALIDATION } from '../e2e/support/studio.ts'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { openStudio } from './browser.ts'
import type { StudioBrowser } from './browser.ts'
import { emit, quartiles } from './emit.ts'
import { processorSeconds } from './processor-seconds.ts'

const LONG_MS = 300_000
/** ms without a change of the answer, after which it is taken to be the last. */
const QUIET_MS = 1500
/** The first only warms up. */
const SETTINGS = [9, 10, 11, 12, 13, 14]
const samples = {
  lenet300: 'LeNet-300-100',
  lenet5: 'LeNet-5',
  fashion: 'Fashion CNN',
  vgg: 'VGG small',
} as const

const { values: asked } = parseArgs({
  options: { before: { type: 'string' }, record: { type: 'boolean', default: false } },
})
const folders = [...(asked.before === undefined ? [] : [asked.before]), 'dist']
const started = Date.now()
const figures: Record<string, number> = {}
const spreads: Record<string, [number, number]> = {}
for (const [short, sample] of Object.entries(samples)) {
  const ways = []
  try {
    for (const folder of folders)
      ways.push({ folder, turns: [] as Turn[], ...(await opened(sample, folder)) })
    for (const bits of SETTINGS)
      for (const { page, turns } of ways) turns.push(await turn(page, bits))
  } finally {
    for (const { close } of ways) await close()
  }
  const settled = ways.map(({ folder, turns }) => ({ folder, turns: turns.slice(1) }))
  for (const { folder, turns } of settled)
    emit('slider-to-accuracy', {
      sample,
      samples: WHOLE_VALIDATION,
      build: folder,
      ms: quartiles(turns.map(({ ms }) => ms)),
      processorMs: quartiles(turns.map(({ processorMs }) => processorMs)),
    })
  const [before, now] = settled
  if (before === undefined || now === undefined) continue
  const times = quartiles(before.turns.map(({ ms }, at) => ms / (now.turns[at]?.ms ?? NaN)))
  emit('slider-to-accuracy', { sample, times })
  for (const [key, { turns }] of Object.entries({ before, now }))
    figures[`${short}|ms ${key}`] = quartiles(turns.map(({ ms }) => ms)).median
  figures[`${short}|times`] = times.median
  spreads[`${short}|times`] = [times.q1, times.q3]
}
if (asked.record && asked.before !== undefined)
  recordExperiments([
    {
      name: 'slider-to-accuracy',
      metrics: figures,
      intervals: spreads,
      seeds: [],
      minutes: (Date.now() - started) / 60_000,
      backend: 'wasm',
    },
  ])

interface Turn {
  readonly ms: number
  readonly processorMs: number
}

async function opened(sample: string, folder: string): Promise<StudioBrowser> {
  const browser = await openStudio([], null, folder)
  browser.page.setDefaultTimeout(LONG_MS)
  const studio = new Studio(browser.page, WHOLE_VALIDATION)
  await browser.page.goto(`${browser.url}?backend=wasm`)
  await studio.openSample(sample)
  await studio.settled(LONG_MS)
  await studio.switchOn('Quantize')
  await studio.settled(LONG_MS)
  return browser
}

async function turn(page: Page, bits: number): Promise<Turn> {
  const studio = new Studio(page, WHOLE_VALIDATION)
  await page.evaluate(watchAnswer, WHOLE_VALIDATION.toLocaleString('en-US'))
  const before = await processorSeconds(page)
  await studio.set('Bits', bits)
  const ms = await page.evaluate(lastAnswer, { quietMs: QUIET_MS, limitMs: LONG_MS })
  return { ms, processorMs: 1000 * ((await processorSeconds(page)) - before) }
}

interface Watch {
  /** When the answer became one of all samples again; null while it is not. */
  settledAt: number | null
  changes: number
}

/** Runs in the page: time begins when a key is pressed. */
function watchAnswer(count: string): void {
  const result = document.querySelector('[role="status"][aria-label="Result"]')
  if (result === null) throw new Error('no result on the page')
  const watch: Watch = { settledAt: null, changes: 0 }
  let began = performance.now()
  addEventListener(
    'keydown',
    () => {
      began = performance.now()
      watch.settledAt = null
    },
    { once: true, capture: true },
  )
  const seen = new MutationObserver(() => {
    watch.changes++
    const isWhole = result.textContent.includes(`n = ${count}`)
    const isSettled = isWhole && result.querySelector('[aria-label="Measuring"]') === null
    watch.settledAt = isSettled ? performance.now() - began : null
  })
  seen.observe(result, { subtree: true, characterData: true, childList: true, attributes: true })
  Reflect.set(globalThis, 'answerWatch', { watch, changes: seen })
}

/** Runs in the page. */
async function lastAnswer({ limitMs, quietMs }: { quietMs: number; limitMs: number }) {
  const { changes: seen, watch } = Reflect.get(globalThis, 'answerWatch') as {
    watch: Watch
    changes: MutationObserver
  }
  const until = performance.now() + limitMs
  let changes = -1
  while (changes !== watch.changes || watch.settledAt === null) {
    if (performance.now() > until) throw new Error('no answer')
    changes = watch.changes
    await new Promise((resolve) => setTimeout(resolve, quietMs))
  }
  seen.disconnect()
  return watch.settledAt
}
