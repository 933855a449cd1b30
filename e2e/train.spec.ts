import type { Page } from '@playwright/test'
import { pageOutputs } from './support/page-outputs.ts'
import { loadZipWithStockTfjs, stockLogits } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { testImages, topOfRows } from './support/test-images.ts'
import { rememberTraining } from './support/training.ts'

const ended = /was the best and is in use/

/** LeNet-300-100 on the page, with settings of training, perhaps pruned to nine tenths. */
async function openReady(
  page: Page,
  training: Parameters<typeof rememberTraining>[1],
  pruned = false,
): Promise<Studio> {
  const studio = new Studio(page)
  await rememberTraining(page, training)
  await studio.visit('?backend=wasm')
  await studio.openSample('LeNet-300-100')
  await studio.settled()
  if (!pruned) return studio
  await studio.switchOn('Prune')
  await studio.press('Sparsity', 'Shift+ArrowRight', 8)
  await studio.settled()
  return studio
}

/** Accuracy that the page states, in per cent. */
async function shownAccuracy(studio: Studio): Promise<number> {
  const text = (await studio.result.textContent()) ?? ''
  return Number(/%\s*→\s*([\d.]+)\s?%/.exec(text.replaceAll('\u00a0', ' '))?.[1])
}

test('one button recovers what pruning has lost, and undo takes it back', async ({ page }) => {
  test.setTimeout(240_000)
  const studio = await openReady(page, { epochs: 1 }, true)
  const lost = await shownAccuracy(studio)
  expect(lost).toBeLessThan(80)
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  const run = page.getByRole('group', { name: 'Run' })
  await expect(run.getByText('Epoch 1 of 1')).toBeVisible({ timeout: 60_000 })
  await expect(run.getByText(/samples\/s/)).toBeVisible()
  // The page goes on working, and a point appears on each curve.
  await page.getByRole('tab', { name: 'Sparsity' }).click()
  await page.getByRole('tab', { name: 'Training' }).click()
  await expect(page.getByRole('figure', { name: 'Training' })).toBeVisible()
  await expect(page.getByText(ended)).toBeVisible({ timeout: 120_000 })
  await studio.settled()
  const recovered = await shownAccuracy(studio)
  expect(recovered).toBeGreaterThan(95)
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await studio.settled()
  expect(await shownAccuracy(studio)).toBe(lost)
  await page.getByRole('button', { name: 'Redo' }).first().click()
  await studio.settled()
  expect(await shownAccuracy(studio)).toBe(recovered)
})

test('trained at two bits, downloaded, and the same in stock TensorFlow.js', async ({ page }) => {
  test.setTimeout(240_000)
  const studio = await openReady(page, { epochs: 1 })
  await studio.switchOn('Quantize')
  await studio.press('Bits', 'ArrowLeft', 6)
  await studio.settled()
  const lost = await shownAccuracy(studio)
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(ended)).toBeVisible({ timeout: 150_000 })
  await studio.settled()
  expect(await shownAccuracy(studio)).toBeGreaterThan(lost + 5)
  const { path } = await studio.download()
  const stock = await loadZipWithStockTfjs(path)
  for (const name of ['dense1/kernel', 'dense2/kernel', 'dense3/kernel'])
    expect(new Set(stock.weights.get(name)).size).toBeLessThanOrEqual(4)
  const ours = await pageOutputs(page, { model: 'compressed', split: 'test', first: 1000 })
  const { images, labels } = testImages('mnist')
  const theirs = topOfRows(stockLogits(stock.model, images.slice(0, 1000)), 10)
  const mine = topOfRows(ours.values, 10)
  expect(mine.filter((top, row) => top !== theirs[row]).length).toBeLessThanOrEqual(1)
  const correct = theirs.filter((top, row) => top === labels[row]).length
  expect(correct / 1000).toBeGreaterThan(0.9)
})

test('a run can be paused, goes on, and is cancelled without a trace', async ({ page }) => {
  test.setTimeout(180_000)
  const studio = await openReady(page, { epochs: 50 })
  const before = await studio.result.textContent()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  const run = page.getByRole('group', { name: 'Run' })
  await run.getByText('Epoch 1 of 50').waitFor({ timeout: 60_000 })
  await run.getByRole('button', { name: 'Pause' }).click()
  await expect(run.getByText('Paused')).toBeVisible()
  const value = async (): Promise<string | null> =>
    run.getByRole('progressbar').getAttribute('aria-valuenow')
  const held = await value()
  await page.waitForTimeout(1500)
  expect(await value()).toBe(held)
  await run.getByRole('button', { name: 'Resume' }).click()
  await expect.poll(value).not.toBe(held)
  const asked = Date.now()
  await run.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('button', { name: 'Recover accuracy' })).toBeVisible()
  // Noisy machines take their time; a run that is not cancelled would take minutes.
  expect(Date.now() - asked).toBeLessThan(10_000)
  await studio.settled()
  expect(await studio.result.textContent()).toBe(before)
})

test('stop keeps the best epoch so far', async ({ page }) => {
  test.setTimeout(180_000)
  const studio = await openReady(page, { epochs: 50 }, true)
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await page.getByText('Epoch 2 of 50').waitFor({ timeout: 90_000 })
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByText(/^Stopped\. Epoch \d was the best/)).toBeVisible({ timeout: 60_000 })
  await studio.settled()
  expect(await shownAccuracy(studio)).toBeGreaterThan(95)
})

test('a closed page does not end a run: it is offered again and goes on', async ({ context }) => {
  test.setTimeout(240_000)
  const first = await context.newPage()
  await openReady(first, { epochs: 3 }, true)
  await first.getByRole('button', { name: 'Recover accuracy' }).click()
  await first.getByText('Epoch 2 of 3').waitFor({ timeout: 90_000 })
  await first.close()

  const second = await context.newPage()
  const again = new Studio(second)
  await again.visit('?backend=wasm')
  await expect(second.getByText(/was trained to epoch 1 of 3 when the page closed/)).toBeVisible()
  await second.getByRole('button', { name: 'Resume the run' }).click()
  await expect(second.getByText('Epoch 2 of 3')).toBeVisible({ timeout: 90_000 })
  await expect(second.getByText(ended)).toBeVisible({ timeout: 120_000 })
  await again.settled()
  expect(await shownAccuracy(again)).toBeGreaterThan(95)
  // It has ended: nothing is offered any more.
  await second.reload()
  await expect(second.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(second.getByText(/A run did not end/)).toHaveCount(0)
})

test('a loss that gets out of hand is explained, and the model is as before', async ({ page }) => {
  test.setTimeout(180_000)
  const studio = await openReady(page, { epochs: 5, learningRate: 10, warmupEpochs: 0 })
  const before = await studio.result.textContent()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText('Training does not hold')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByText(/Back to good weights, learning rate now 5/)).toBeVisible()
  await expect(page.getByText(/learning rate now 2\.5/)).toBeVisible()
  await studio.settled()
  expect(await studio.result.textContent()).toBe(before)
})
