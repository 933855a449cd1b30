import type { Browser, Page } from '@playwright/test'
import { busyTasks } from './busy-tasks.ts'
import type { TraceEvent } from './busy-tasks.ts'

/** What happened on the page while a thumb was dragged. */
export interface DragRecord {
  /** Processor time in ms of the page's tasks that took more than 50 ms of it, and of the longest of all. */
  readonly longTasks: readonly number[]
  readonly longestTask: number
  /** Milliseconds from the start of the drag to each change of the answer strip. */
  readonly drawnAt: readonly number[]
  readonly moves: number
  readonly durationMs: number
}

/** When a drag ends: after so many moves, or sooner once so many answers were drawn. */
export interface DragLength {
  readonly moves: number
  readonly drawn?: number
}

const LONG_MS = 50
/** So that the thumb swings once back and forth, however long the drag. */
const SWING = 60

/**
 * Drags the thumb of a slider back and forth, one move a frame, and records what the page did. How long its
 * tasks took is processor time, from a trace: it is the page's own, whatever else keeps the machine busy.
 */
export async function recordDrag(
  page: Page,
  name: string,
  { moves, drawn = Infinity }: DragLength = { moves: SWING },
): Promise<DragRecord> {
  const browser = browserOf(page)
  await browser.startTracing(page, {
    categories: ['disabled-by-default-devtools.timeline', 'blink.user_timing'],
  })
  await page.evaluate(startRecording)
  const moved = await drag(page, name, moves, drawn)
  const { drawnAt, durationMs } = await page.evaluate(stopRecording)
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: readonly TraceEvent[]
  }
  const tasks = busyTasks(trace.traceEvents, 'drag-start', 'drag-end')
  const longTasks = tasks.filter((time) => time > LONG_MS)
  return { longTasks, longestTask: Math.max(0, ...tasks), drawnAt, moves: moved, durationMs }
}

function browserOf(page: Page): Browser {
  const browser = page.context().browser()
  if (browser === null) throw new Error('the page belongs to no browser that can be traced')
  return browser
}

/** @returns how many moves it made */
async function drag(page: Page, name: string, moves: number, enough: number): Promise<number> {
  const slider = page.getByRole('slider', { name, exact: true })
  const box = await slider.boundingBox()
  if (box === null) throw new Error(`the slider ${name} is not visible`)
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  await page.mouse.move(x, y)
  await page.mouse.down()
  let move = 0
  for (let drawn = 0; move < moves && drawn < enough;) {
    move++
    await page.mouse.move(x + 60 * Math.sin((move / SWING) * 4 * Math.PI), y)
    drawn = await page.evaluate(nextFrame)
  }
  await page.mouse.up()
  return move
}

interface Recording {
  readonly drawnAt: readonly number[]
  readonly stop: () => { drawnAt: readonly number[]; durationMs: number }
}

/** Runs in the page. */
function startRecording(): void {
  const result = document.querySelector('[role="status"][aria-label="Result"]')
  if (result === null) throw new Error('no result on the page')
  performance.mark('drag-start')
  const started = performance.now()
  const drawnAt: number[] = []
  let text = result.textContent
  const changes = new MutationObserver(() => {
    if (result.textContent === text) return
    text = result.textContent
    drawnAt.push(performance.now() - started)
  })
  changes.observe(result, { subtree: true, characterData: true, childList: true })
  Reflect.set(globalThis, 'dragRecording', {
    drawnAt,
    stop: () => {
      changes.disconnect()
      performance.mark('drag-end')
      return { drawnAt, durationMs: performance.now() - started }
    },
  } satisfies Recording)
}

/** Runs in the page: waits for a frame and says how often the answer was drawn so far. */
async function nextFrame(): Promise<number> {
  await new Promise((resolve) => requestAnimationFrame(resolve))
  return (Reflect.get(globalThis, 'dragRecording') as { drawnAt: readonly number[] }).drawnAt.length
}

/** Runs in the page. */
function stopRecording(): { drawnAt: readonly number[]; durationMs: number } {
  const recording = Reflect.get(globalThis, 'dragRecording') as {
    stop: () => { drawnAt: readonly number[]; durationMs: number }
  }
  return recording.stop()
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
