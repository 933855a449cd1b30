import type { Page } from '@playwright/test'

const MOVES = 60

/** What happened on the page while a thumb was dragged. */
export interface DragRecord {
  /** Durations in ms of tasks that kept the page busy for more than 50 ms. */
  readonly longTasks: readonly number[]
  /** Milliseconds from the start of the drag to each change of the answer strip. */
  readonly drawnAt: readonly number[]
  readonly durationMs: number
}

/** Drags the thumb of a slider back and forth, one move a frame, and records what the page did. */
export async function recordDrag(page: Page, name: string): Promise<DragRecord> {
  await page.evaluate(startRecording)
  await drag(page, name)
  return page.evaluate(stopRecording)
}

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

/** Runs in the page. */
function startRecording(): void {
  const result = document.querySelector('[role="status"][aria-label="Result"]')
  if (result === null) throw new Error('no result on the page')
  const started = performance.now()
  const longTasks: number[] = []
  const drawnAt: number[] = []
  let text = result.textContent
  const changes = new MutationObserver(() => {
    if (result.textContent === text) return
    text = result.textContent
    drawnAt.push(performance.now() - started)
  })
  changes.observe(result, { subtree: true, characterData: true, childList: true })
  const tasks = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longTasks.push(entry.duration)
  })
  tasks.observe({ type: 'longtask', buffered: false })
  Reflect.set(globalThis, 'stopDragRecording', () => {
    changes.disconnect()
    tasks.disconnect()
    return { longTasks, drawnAt, durationMs: performance.now() - started }
  })
}

/** Runs in the page. */
function stopRecording(): DragRecord {
  const stop = Reflect.get(globalThis, 'stopDragRecording') as () => DragRecord
  return stop()
}

/** From here on no preview reaches the engine, so none is drawn: the page alone, moving a slider. */
export async function dropPreviews(page: Page): Promise<void> {
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
