import type { Page } from '@playwright/test'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

/** The weights of a download as text: arrays of this size take long to compare number by number. */
async function downloaded(studio: Studio): Promise<Map<string, string>> {
  const { path } = await studio.download()
  const { weights } = await loadZipWithStockTfjs(path)
  return new Map(
    [...weights].map(([name, values]) => [
      name,
      Buffer.from(Float32Array.from(values).buffer).toString('base64'),
    ]),
  )
}

async function recover(page: Page, studio: Studio, workers: string): Promise<Map<string, string>> {
  await page.getByRole('button', { name: /^(Recover accuracy|Train again)$/ }).click()
  const run = page.getByRole('group', { name: 'Run' })
  await expect(run.getByText(workers)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/was the best and is in use/)).toBeVisible({ timeout: 150_000 })
  await studio.settled()
  return downloaded(studio)
}

test(
  'a run on all cores gives the weights of a run on one, bit for bit',
  { tag: '@long' },
  async ({ page }) => {
    test.setTimeout(400_000)
    const studio = new Studio(page)
    await rememberTraining(page, { epochs: 4, batchSize: 32, pieces: 2 })
    await studio.visit('?backend=wasm')
    await studio.openSample('LeNet-300-100')
    await studio.settled()
    await studio.switchOn('Prune')
    await studio.set('Sparsity', 90)
    await studio.settled()
    const before = await downloaded(studio)
    const all = await recover(page, studio, '2 cores learn them side by side')
    await page.getByRole('button', { name: 'Undo' }).first().click()
    await studio.settled()
    await page.getByRole('button', { name: /^Engine:/ }).click()
    await page.getByRole('menuitem', { name: '1 core', exact: true }).click()
    await studio.settled()
    const one = await recover(page, studio, 'One core learns them')
    expect(one.size).toBeGreaterThan(0)
    for (const [name, values] of one) {
      expect(all.get(name) === values, name).toBe(true)
      expect(before.get(name) === values, name).toBe(false)
    }
    // The choice is there at the next visit.
    await page.reload()
    await page.getByRole('button', { name: /^Engine:/ }).click()
    await expect(page.getByText(/Trains and measures on 1 of \d+ cores/)).toBeVisible()
  },
)
