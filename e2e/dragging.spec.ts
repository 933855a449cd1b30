import type { Page } from '@playwright/test'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

const MOVES = 60

interface LongTasks {
  start: () => void
  stop: () => number[]
}

/** Drags the thumb of a slider back and forth in steps of one frame; nothing is awaited in between. */
async function drag(page: Page, name: string): Promise<void> {
  const slider = page.getByRole('slider', { name, exact: true })
  const box = await slider.boundingBox()
  if (box === null) throw new Error(`the slider ${name} is not visible`)
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (let move = 1; move <= MOVES; move++) {
    await page.mouse.move(x + 60 * Math.sin((move / MOVES) * 4 * Math.PI), y)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  await page.mouse.up()
}

async function countLongTasks(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const durations: number[] = []
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) durations.push(entry.duration)
    })
    observer.observe({ type: 'longtask', buffered: false })
    const tasks: LongTasks = {
      start: () => undefined,
      stop: () => {
        observer.disconnect()
        return durations
      },
    }
    Reflect.set(globalThis, 'longTasks', tasks)
  })
  await work()
  return page.evaluate(() => (Reflect.get(globalThis, 'longTasks') as LongTasks).stop())
}

/** From here on no preview reaches the engine, so none is drawn: the page alone, moving a slider. */
async function dropPreviews(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const sender of [Worker.prototype, MessagePort.prototype]) {
      const send = Reflect.get(sender, 'postMessage') as (...parameters: unknown[]) => void
      Reflect.set(sender, 'postMessage', function (this: unknown, ...parameters: unknown[]) {
        const text = JSON.stringify(parameters[0]) as string | undefined
        if (text?.includes('preview') !== true) send.apply(this, parameters)
      })
    }
  })
}

async function openReady(page: Page): Promise<Studio> {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await studio.openSample('LeNet-5')
  await studio.settled()
  await studio.switchOn('Prune')
  await studio.settled()
  return studio
}

test('the page follows the thumb and does not freeze', async ({ page }) => {
  await openReady(page)
  await dropPreviews(page)
  const control = await countLongTasks(page, () => drag(page, 'Sparsity'))

  const studio = await openReady(page)
  // Every preview changes the zipped size on the page; the changes are counted as they are drawn.
  await page.evaluate(() => {
    const result = document.querySelector('[role="status"][aria-label="Result"]')
    if (result === null) throw new Error('no result')
    const drawn = [result.textContent]
    const observer = new MutationObserver(() => {
      if (result.textContent !== drawn.at(-1)) drawn.push(result.textContent)
    })
    observer.observe(result, { subtree: true, characterData: true, childList: true })
    Reflect.set(globalThis, 'drawnResults', drawn)
  })
  const tasks = await countLongTasks(page, () => drag(page, 'Sparsity'))
  const previews = await page.evaluate(
    () => (Reflect.get(globalThis, 'drawnResults') as string[]).length - 1,
  )
  await studio.settled()

  expect(previews).toBeGreaterThanOrEqual(20)
  expect(tasks.length, `long tasks: ${tasks.join(', ')}`).toBeLessThanOrEqual(control.length + 2)
})
