import { writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { HeldCounter } from '../testing/browser/held.ts'
import type { Held } from '../testing/browser/held.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

/** `npm run soak` says how many, and where to what was counted is written. */
const cycles = Number(process.env['SOAK_CYCLES'])
const record = process.env['SOAK_RECORD']

/** What is made once, such as caches, is made in the first cycles; from this one on nothing may grow. */
const steady = Math.min(3, cycles - 1)

/**
 * What may be more at the end: so much for each cycle, since TensorFlow.js keeps the order of the layers of the last
 * hundred models, and so much in all, since a heap is never the same to the byte.
 */
const allowed: Readonly<Record<keyof Held, { readonly each: number; readonly all: number }>> = {
  pageObjects: { each: 32 * 1024, all: 512 * 1024 },
  workerObjects: { each: 64 * 1024, all: 512 * 1024 },
  engineMemory: { each: 0, all: 0 },
  tensors: { each: 0, all: 0 },
  nodes: { each: 0, all: 100 },
  listeners: { each: 0, all: 10 },
  workers: { each: 0, all: 0 },
}

test('nothing piles up over cycles of open, prune, quantize, train, cut and download', async ({
  page,
}) => {
  test.setTimeout(120_000 + cycles * 60_000)
  page.setDefaultTimeout(60_000)
  await rememberTraining(page, { epochs: 1, batchSize: 128 })
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  const counter = await HeldCounter.of(page)
  const counted: { readonly cycle: number; readonly held: Held }[] = []
  for (let cycle = 1; cycle <= cycles; cycle++) {
    await workThrough(page, studio)
    if (cycle !== steady && cycle !== cycles) continue
    counted.push({ cycle, held: await counter.count() })
    if (record !== undefined) writeFileSync(record, JSON.stringify(counted))
  }
  const [before, after] = counted.map(({ held }) => held)
  expect(before).toMatchObject({ workers: 1, tensors: 0 })
  expect(before?.engineMemory).toBeGreaterThan(0)
  for (const [name, { all, each }] of Object.entries(allowed)) {
    const more = Number(Reflect.get(after ?? {}, name)) - Number(Reflect.get(before ?? {}, name))
    const most = all + each * (cycles - steady)
    expect.soft(more, `more ${name} after cycle ${cycles}`).toBeLessThanOrEqual(most)
  }
})

/** One model from its opening to its end. */
async function workThrough(page: Page, studio: Studio): Promise<void> {
  await studio.openSample('LeNet-300-100')
  await studio.switchOn('Prune')
  await studio.switchOn('Quantize')
  await studio.settled()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByRole('button', { name: 'Train again' })).toBeVisible({ timeout: 60_000 })
  const card = page.getByRole('region', { name: 'Structured pruning (whole filters and neurons)' })
  const head = card.getByRole('button', { name: /^Structured pruning/ })
  // It stays as it was left in the cycle before.
  if ((await head.getAttribute('aria-expanded')) !== 'true') await head.click()
  await card.getByRole('button', { name: 'Remove them' }).click()
  await expect(card.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
  await studio.settled()
  const { file } = await studio.download()
  await file.delete()
  await page.getByRole('button', { name: /^File: / }).click()
  await page.getByRole('menuitem', { name: 'Close and choose a sample' }).click()
  await expect(page.getByRole('button', { name: /^Pictures from .* LeNet-300-100/ })).toBeVisible()
}
