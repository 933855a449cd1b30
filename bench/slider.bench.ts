/**
 * From a new setting of a slider to the accuracy on all validation samples, on the page, on WebAssembly: this build beside an
 * earlier one, each in a browser of its own, in turn. Every turn sets other bits for all layers, which nothing has measured yet.
 * Run: `npm run build && npx tsx bench/slider.bench.ts --before FOLDER [--record]`, where FOLDER is the `dist` of the earlier build.
 */
import { parseArgs } from 'node:util'
import type { Page } from '@playwright/test'
import { Studio, WHOLE_VALIDATION } from '../e2e/support/studio.ts'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { openStudio } from './browser.ts'
import type { StudioBrowser } from './browser.ts'
import { emit, quartiles, round } from './emit.ts'
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
if (asked.before === undefined) throw new Error('--before FOLDER: the dist of an earlier build')
const started = Date.now()
const figures: Record<string, number> = {}
const spreads: Record<string, [number, number]> = {}
for (const [short, sample] of Object.entries(samples)) {
  const ways = {
    before: await opened(sample, asked.before),
    now: await opened(sample, 'dist'),
  }
  const taken = { before: [] as Turn[], now: [] as Turn[] }
  try {
    for (const bits of SETTINGS)
      for (const way of ['before', 'now'] as const)
        taken[way].push(await turn(ways[way].page, bits))
  } finally {
    await ways.before.close()
    await ways.now.close()
  }
  const [before, now] = [taken.before.slice(1), taken.now.slice(1)]
  const times = quartiles(before.map(({ ms }, at) => ms / (now[at]?.ms ?? NaN)))
  emit('slider-to-accuracy', {
    sample,
    samples: WHOLE_VALIDATION,
    msBefore: quartiles(before.map(({ ms }) => ms)),
    msNow: quartiles(now.map(({ ms }) => ms)),
    processorMsBefore: quartiles(before.map(({ processorMs }) => processorMs)),
    processorMsNow: quartiles(now.map(({ processorMs }) => processorMs)),
    times,
  })
  const own = { msBefore: before, msNow: now }
  for (const [key, turns] of Object.entries(own))
    figures[`${short}|${key}`] = quartiles(turns.map(({ ms }) => ms)).median
  figures[`${short}|times`] = round(times.median)
  spreads[`${short}|times`] = [round(times.q1), round(times.q3)]
}
if (asked.record)
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
