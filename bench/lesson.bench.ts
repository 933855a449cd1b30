/**
 * How long the lesson takes: everything that it asks for is pressed, and at the end of each step what stands in it is
 * counted in English and Chinese. Waiting is told by the clock and by the processor time of the page with its workers,
 * which other work on the machine does not lengthen. Reading is reckoned at 200 words a minute, Chinese at 300
 * characters, where a word in other letters or a number counts as one.
 * Run: `npx tsx bench/lesson.bench.ts`, after `npm run build`.
 */
import { loadavg } from 'node:os'
import { openStudio } from './browser.ts'
import { emit, round } from './emit.ts'
import { processorSeconds } from './processor-seconds.ts'

const LONG_MS = 900_000
const PER_MINUTE = { english: 200, chinese: 300 }

const { page, url, close } = await openStudio()
try {
  page.setDefaultTimeout(LONG_MS)
  const total = { english: 0, chinese: 0, waited: 0, processor: 0 }
  await page.goto(`${url}?backend=wasm`)
  const opened = await waiting(async () => {
    await page.getByRole('button', { name: 'Lesson: ten minutes' }).click()
    await heading('What is in a layer')
  })
  emit('lesson-opened', opened)
  const steps: readonly (readonly [title: string, act: () => Promise<void>])[] = [
    ['What is in a layer', () => tried('The original')],
    ['Linear quantization', () => tried('Linear quantization')],
    ['Mean quantization', () => tried('Mean quantization')],
    ['Pruning by a threshold t', () => tried('Pruned by threshold')],
    ['Random removal, the control', randomly],
    ['Whole filters and neurons', () => pressed(/^Remove /, 'Filters and neurons removed')],
    ['Fine-tuning: quantize during training', recovered],
    ['Knowledge distillation: teacher and student', distilled],
    ['All three: prune, then quantize, then distil', caseStudied],
    ['Data distillation and several devices: not here', nothing],
    ['What you measured', nothing],
  ]
  for (const [title, act] of steps) {
    await heading(title)
    const { seconds, processorSeconds } = await waiting(act)
    const { chinese, english } = await counted()
    total.waited += seconds
    total.processor += processorSeconds
    total.english += english
    total.chinese += chinese
    emit('lesson-step', { step: title, seconds, processorSeconds, english, chinese })
    const next = lesson().getByRole('button', { name: /^(?:Next|Skip this step)$/ })
    if (await next.isVisible()) await next.click()
  }
  const reading = {
    english: total.english / PER_MINUTE.english,
    chinese: total.chinese / PER_MINUTE.chinese,
  }
  const waited = (total.processor + opened.processorSeconds) / 60
  emit('lesson', {
    words: total.english,
    characters: total.chinese,
    readingMinutes: round(reading.english),
    readingMinutesChinese: round(reading.chinese),
    waitingMinutes: round((total.waited + opened.seconds) / 60),
    processorMinutes: round(waited),
    minutes: round(reading.english + waited),
    minutesChinese: round(reading.chinese + waited),
    load: round(loadavg()[0] ?? NaN),
  })
} finally {
  await close()
}

function lesson() {
  return page.getByRole('region', { name: 'Lesson' })
}

async function heading(title: string): Promise<void> {
  await lesson().getByRole('heading', { name: title, exact: true }).waitFor()
}

async function tried(what: string): Promise<void> {
  await pressed(`Try it: ${what}`, what)
}

/** Presses a button, and waits for what is measured of it. */
async function pressed(button: string | RegExp, row: string): Promise<void> {
  await lesson().getByRole('button', { name: button }).click()
  await measured(row)
}

async function measured(row: string): Promise<void> {
  const header = page.getByRole('rowheader', { name: row })
  await lesson().getByRole('row').filter({ has: header }).filter({ hasText: '%' }).waitFor()
  await lesson().getByText('Measuring…').waitFor({ state: 'hidden' })
}

async function randomly(): Promise<void> {
  await tried('As many removed at random')
  await tried('k removed at random')
}

async function recovered(): Promise<void> {
  await tried('Pruned and quantized')
  await pressed('Train for one epoch', 'After fine-tuning')
}

async function distilled(): Promise<void> {
  await pressed('Learn from the original for one epoch', 'After distillation')
}

async function caseStudied(): Promise<void> {
  await lesson().getByRole('button', { name: 'Prune, then quantize, then distil' }).click()
  await lesson()
    .getByText(/Targets as shares of the original/)
    .waitFor()
}

async function nothing(): Promise<void> {
  // There is nothing to press.
}

async function waiting(
  act: () => Promise<void>,
): Promise<{ readonly seconds: number; readonly processorSeconds: number }> {
  const [start, busy] = [performance.now(), await processorSeconds(page)]
  await act()
  const seconds = round((performance.now() - start) / 1000)
  return { seconds, processorSeconds: round((await processorSeconds(page)) - busy) }
}

/** What a person has before them at the end of a step, apart from the ways to other steps. */
async function counted(): Promise<{ readonly english: number; readonly chinese: number }> {
  const english = words(await textOf('Lesson'))
  await page.getByRole('button', { name: '中文' }).click()
  const text = await textOf('课程')
  await page.getByRole('button', { name: 'English' }).click()
  await lesson().waitFor()
  const characters = text.match(/\p{Script=Han}/gu)?.length ?? 0
  return { english, chinese: characters + words(text.replaceAll(/\p{Script=Han}/gu, ' ')) }
}

async function textOf(name: string): Promise<string> {
  const region = page.getByRole('region', { name })
  await region.waitFor()
  const parts = [region.getByRole('heading'), region.locator('> div').nth(1)]
  return (await Promise.all(parts.map((part) => part.innerText()))).join(' ')
}

function words(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length
}
