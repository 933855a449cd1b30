/**
 * The chart of accuracy and size with 2,000 settings that were tried, beside the same with 20: processor time of the
 * page's tasks while the tab opens, while one more point comes, while the table opens and is scrolled, and while a
 * slider is dragged in front of it. The axes show all scores, so that no point is left out.
 * Run: `npx tsx bench/many-points.bench.ts`, after `npm run build`.
 */
import type { Page } from '@playwright/test'
import { busyTasks } from '../e2e/support/busy-tasks.ts'
import type { TraceEvent } from '../e2e/support/busy-tasks.ts'
import { Studio } from '../e2e/support/studio.ts'
import { openStudio } from './browser.ts'
import { emit, round } from './emit.ts'

const FEW = 20
const MANY = 2000

type Figures = Readonly<Record<string, { readonly allMs: number; readonly longestMs: number }>>

const found = new Map<number, Figures>()
for (const count of [FEW, MANY]) {
  const figures = await withPoints(count)
  found.set(count, figures)
  emit('many-points', { points: count, ...figures })
}
const [few, many] = [found.get(FEW) ?? {}, found.get(MANY) ?? {}]
emit('many-points-ratio', {
  points: `${MANY} : ${FEW}`,
  ...Object.fromEntries(
    Object.entries(many).map(([name, { allMs }]) => [
      name,
      round(allMs / Math.max(1, few[name]?.allMs ?? NaN)),
    ]),
  ),
})

async function withPoints(count: number): Promise<Figures> {
  const { page, url, close } = await openStudio()
  try {
    const studio = new Studio(page, 5000)
    await page.goto(`${url}?backend=wasm`)
    await studio.openSample('LeNet-300-100')
    await studio.settled()
    await studio.switchOn('Quantize')
    await studio.settled()
    await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
    await page.getByText('All', { exact: true }).click()
    await page.getByRole('tab', { name: 'Size', exact: true }).click()
    // Written a moment later.
    await page.waitForTimeout(1500)
    await multiplyPoints(page, count)
    await page.reload()
    await studio.settled()
    const tab = await cost(page, async () => {
      await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
      await page.locator('.tried').first().waitFor()
    })
    const point = await cost(page, async () => {
      await studio.press('Bits', 'ArrowLeft', 1)
      await studio.settled()
    })
    const drag = await cost(page, async () => {
      await studio.press('Bits', 'ArrowLeft', 2)
      await studio.press('Bits', 'ArrowRight', 2)
      await studio.settled()
    })
    const table = await cost(page, async () => {
      await page.getByRole('button', { name: 'Show as table' }).click()
      await page.getByRole('table').waitFor()
      await page.getByRole('table').hover()
      for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, 800)
    })
    return { tab, point, drag, table }
  } finally {
    await close()
  }
}

async function cost(page: Page, act: () => Promise<void>) {
  const browser = page.context().browser()
  if (browser === null) throw new Error('the page belongs to no browser that can be traced')
  await browser.startTracing(page, {
    categories: ['disabled-by-default-devtools.timeline', 'blink.user_timing'],
  })
  await page.evaluate(() => performance.mark('act-start'))
  await act()
  await page.waitForTimeout(500)
  await page.evaluate(() => performance.mark('act-end'))
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: readonly TraceEvent[]
  }
  const tasks = busyTasks(trace.traceEvents, 'act-start', 'act-end')
  const allMs = tasks.reduce((sum, time) => sum + time, 0)
  return { allMs: round(allMs), longestMs: round(Math.max(0, ...tasks)) }
}

interface Point {
  readonly recipe: { readonly steps: readonly { readonly technique: string; config: object }[] }
  readonly size: { readonly zipped: number }
  readonly measure: { readonly measured: number }
}

interface Kept {
  readonly onData: Readonly<Record<string, { readonly tried: readonly Point[] }>>
}

/** What was tried last becomes so many settings, all over the chart. */
function multiplied(kept: Kept, count: number): Kept {
  const onData = Object.entries(kept.onData).map(([key, { tried, ...rest }]) => {
    const points = tried
      .slice(-1)
      .flatMap((last) => Array.from({ length: count }, (_, index) => spread(last, index, count)))
    return [key, { ...rest, tried: [...points, ...tried] }]
  })
  return { ...kept, onData: Object.fromEntries(onData) as Kept['onData'] }
}

function spread(point: Point, index: number, count: number): Point {
  const { measured } = point.measure
  const correct = Math.round(measured * (0.4 + 0.59 * Math.sin(index) ** 2))
  const steps = point.recipe.steps.map((step) =>
    step.technique === 'prune'
      ? { ...step, enabled: true, config: { ...step.config, value: index / count } }
      : step,
  )
  return {
    ...{ ...point, recipe: { ...point.recipe, steps } },
    size: { ...point.size, zipped: 30_000 + ((index * 7919) % 900_000) },
    measure: { ...point.measure, correct } as Point['measure'],
  }
}

/** What the browser keeps of the open model is read, changed and written. */
async function multiplyPoints(page: Page, count: number): Promise<void> {
  const kept = await page.evaluate(
    () =>
      new Promise<{ key: string; value: unknown }[]>((resolve) => {
        const opening = indexedDB.open('compression-studio-history')
        opening.onsuccess = () => {
          const models = opening.result.transaction('models').objectStore('models')
          const found: { key: string; value: unknown }[] = []
          models.openCursor().onsuccess = (event) => {
            const { result } = event.target as IDBRequest<IDBCursorWithValue | null>
            if (result === null) {
              opening.result.close()
              resolve(found)
              return
            }
            if (typeof result.key === 'string') found.push({ key: result.key, value: result.value })
            result.continue()
          }
        }
      }),
  )
  const changed = JSON.stringify(
    kept.map(({ key, value }) => ({ key, value: multiplied(value as Kept, count) })),
  )
  await page.evaluate(
    (text) =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('compression-studio-history')
        opening.onsuccess = () => {
          const changing = opening.result.transaction('models', 'readwrite')
          changing.oncomplete = () => {
            opening.result.close()
            resolve()
          }
          for (const { key, value } of JSON.parse(text) as { key: string; value: object }[])
            changing.objectStore('models').put(value, key)
        }
      }),
    changed,
  )
}
