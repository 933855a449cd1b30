import type { Page } from '@playwright/test'
import { dropOnPage } from '../testing/browser/drop.ts'
import { smallCounts } from '../testing/files/small-data.ts'
import { accessibilityFaults } from './support/axe.ts'
import { engineOf, enginesOf } from './support/engine-worker.ts'
import { pageOutputs } from './support/page-outputs.ts'
import { loadZipWithStockTfjs, stockLogits } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { isStored } from './support/is-stored.ts'
import { testImages, topOfRows } from './support/test-images.ts'
import { barFiles, rememberTraining } from './support/training.ts'

const ended = /was the best and is in use/

/** Recovers in seconds what pruning has taken, on the few pictures that there are. */
const short = { epochs: 6, batchSize: 32 } as const
/** At two bits that takes longer. */
const longer = { ...short, epochs: 12 } as const
/** Goes on until it is told to stop. */
const endless = { epochs: 1000, batchSize: 16 } as const

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
  await studio.set('Sparsity', 90)
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
  const studio = await openReady(page, short, true)
  const lost = await shownAccuracy(studio)
  expect(lost).toBeLessThan(80)
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  const run = page.getByRole('group', { name: 'Run' })
  await expect(run.getByText(/Epoch \d+ of 6/)).toBeVisible({ timeout: 60_000 })
  await expect(run.getByText(/samples\/s/)).toBeVisible()
  // The page goes on working, and a point appears on each curve.
  await page.getByRole('tab', { name: 'Sparsity' }).click()
  await page.getByRole('tab', { name: 'Training' }).click()
  await expect(page.getByRole('figure', { name: 'Training' })).toBeVisible()
  await expect(page.getByText(ended)).toBeVisible({ timeout: 120_000 })
  await studio.settled()
  const recovered = await shownAccuracy(studio)
  expect(recovered).toBeGreaterThan(lost + 10)
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await studio.settled()
  expect(await shownAccuracy(studio)).toBe(lost)
  await page.getByRole('button', { name: 'Redo' }).first().click()
  await studio.settled()
  expect(await shownAccuracy(studio)).toBe(recovered)
})

test('trained at two bits, downloaded, and the same in stock TensorFlow.js', async ({ page }) => {
  test.setTimeout(240_000)
  const studio = await openReady(page, longer, true)
  await studio.switchOn('Quantize')
  await studio.set('Bits', 2)
  await studio.settled()
  const lost = await shownAccuracy(studio)
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(ended)).toBeVisible({ timeout: 150_000 })
  await studio.settled()
  expect(await shownAccuracy(studio)).toBeGreaterThan(lost + 20)
  const { path } = await studio.download()
  const stock = await loadZipWithStockTfjs(path)
  for (const name of ['dense1/kernel', 'dense2/kernel', 'dense3/kernel'])
    expect(new Set(stock.weights.get(name)).size).toBeLessThanOrEqual(4)
  const ours = await pageOutputs(page, {
    model: 'compressed',
    split: 'test',
    first: smallCounts.test,
  })
  const { images, labels } = testImages('mnist')
  const theirs = topOfRows(stockLogits(stock.model, images.slice(0, smallCounts.test)), 10)
  const mine = topOfRows(ours.values, 10)
  expect(mine.filter((top, row) => top !== theirs[row]).length).toBeLessThanOrEqual(1)
  const correct = theirs.filter((top, row) => top === labels[row]).length
  expect(correct / smallCounts.test).toBeGreaterThan(0.6)
})

test('a run can be paused, goes on, and is cancelled without a trace', async ({ page }) => {
  test.setTimeout(180_000)
  const studio = await openReady(page, endless)
  const before = await studio.result.textContent()
  // The run is one of chosen layers: by depth, and by the switch of a row.
  await page.getByRole('button', { name: 'Training settings' }).click()
  await page.getByText('Chosen layers', { exact: true }).click()
  await page.getByRole('slider', { name: 'The last layers' }).press('ArrowLeft')
  await expect(page.getByText(/2 of 3 layers learn, .*% of the weights/).first()).toBeVisible()
  await page
    .getByRole('switch', { name: /learns in training/ })
    .last()
    .press(' ')
  await expect(page.getByText(/1 of 3 layers learn, .*% of the weights/).first()).toBeVisible()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  const run = page.getByRole('group', { name: 'Run' })
  await run.getByText(/Epoch \d+ of 1,?000/).waitFor({ timeout: 60_000 })
  await run.getByRole('button', { name: 'Pause' }).click()
  await expect(run.getByText('Paused')).toBeVisible()
  const value = async (): Promise<string | null> =>
    run.getByRole('progressbar').getAttribute('aria-valuenow')
  const held = await value()
  // The engine has answered something else meanwhile, so it was not for want of time.
  await pageOutputs(page, { model: 'original', split: 'test', first: smallCounts.test })
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
  const studio = await openReady(page, endless, true)
  const lost = await shownAccuracy(studio)
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await page.getByText(/Epoch (?:[5-9]|\d{2,}) of 1,?000/).waitFor({ timeout: 90_000 })
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByText(/^Stopped\. Epoch \d+ was the best/)).toBeVisible({ timeout: 60_000 })
  await studio.settled()
  expect(await shownAccuracy(studio)).toBeGreaterThan(lost + 10)
})

test('a closed page does not end a run: it is offered again and goes on', async ({ context }) => {
  test.setTimeout(240_000)
  const first = await context.newPage()
  const before = await openReady(first, endless, true)
  const lost = await shownAccuracy(before)
  await first.getByRole('button', { name: 'Recover accuracy' }).click()
  await first.getByText(/Epoch (?:[2-9]|\d{2,}) of 1,?000/).waitFor({ timeout: 90_000 })
  // What a closed page leaves is what was stored by then.
  await expect.poll(() => isStored(first, 'compression-studio.checkpoints/')).toBe(true)
  await first.close()

  const second = await context.newPage()
  const again = new Studio(second)
  await again.visit('?backend=wasm')
  await expect(
    second.getByText(/was trained to epoch \d+ of 1,?000 when the page closed/),
  ).toBeVisible()
  await second.getByRole('button', { name: 'Resume the run' }).click()
  await second.getByText(/Epoch (?:[5-9]|\d{2,}) of 1,?000/).waitFor({ timeout: 90_000 })
  await second.getByRole('button', { name: 'Stop' }).click()
  await expect(second.getByText(/^Stopped\. Epoch \d+ was the best/)).toBeVisible({
    timeout: 60_000,
  })
  await again.settled()
  expect(await shownAccuracy(again)).toBeGreaterThan(lost + 10)
  // It has ended: nothing is offered any more.
  await second.reload()
  await expect(second.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(second.getByText(/A run did not end/)).toHaveCount(0)
})

test('a loss that gets out of hand is explained, and the model is as before', async ({ page }) => {
  test.setTimeout(180_000)
  const studio = await openReady(page, { epochs: 40, learningRate: 10, warmupEpochs: 0 })
  const before = await studio.result.textContent()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText('Training does not hold')).toBeVisible({ timeout: 120_000 })
  await expect(page.getByText(/Back to good weights, learning rate now 5/)).toBeVisible()
  await expect(page.getByText(/learning rate now 2\.5/)).toBeVisible()
  await studio.settled()
  expect(await studio.result.textContent()).toBe(before)
})

test.describe('memory that runs out', () => {
  // What the poisoned worker throws.
  test.use({ expectedErrors: [/memory access out of bounds/] })

  test('ends the worker of a run and nothing else: the run goes on, and the page works meanwhile', async ({
    page,
  }) => {
    test.setTimeout(240_000)
    const studio = await openReady(page, endless, true)
    const [main] = enginesOf(page)
    expect(enginesOf(page)).toHaveLength(1)
    await page.getByRole('button', { name: 'Recover accuracy' }).click()
    await page.getByText(/Epoch [2-9]\d* of 1,?000/).waitFor({ timeout: 90_000 })
    expect(enginesOf(page)).toHaveLength(2)
    const poisoned = await engineOf(page)
    expect(poisoned).not.toBe(main)
    const replaced = page.waitForEvent('worker')
    await poisoned.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError('memory access out of bounds')
      })
    })
    await replaced
    await expect(page.getByText(/Memory ran out; the run went on in a new worker/)).toBeVisible()
    // Neither the engine of the page nor what is open has heard of it.
    await expect(page.getByText(/The engine was restarted/)).toHaveCount(0)
    await studio.set('Sparsity', 80)
    await studio.settled()
    const { path } = await studio.download()
    expect((await loadZipWithStockTfjs(path)).weights.size).toBeGreaterThan(0)
    await expect(page.getByText(/Epoch \d+ of 1,?000/)).toBeVisible({ timeout: 60_000 })
    expect(enginesOf(page)).toHaveLength(2)
    await page.getByRole('group', { name: 'Run' }).getByRole('button', { name: 'Stop' }).click()
    await expect(page.getByText(/^Stopped\. Epoch \d+ was the best/)).toBeVisible({
      timeout: 60_000,
    })
    expect(enginesOf(page)).toEqual([main])
    await studio.settled()
  })
})

test('a model and data that are dropped during a run ask whether it ends; Escape keeps it', async ({
  page,
}, info) => {
  test.setTimeout(180_000)
  const files = await barFiles(info, 160)
  const studio = await openReady(page, endless)
  const before = await studio.result.textContent()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  const run = page.getByRole('group', { name: 'Run' })
  await run.getByText(/Epoch \d+ of 1,?000/).waitFor({ timeout: 60_000 })
  const question = page.getByRole('dialog', { name: 'A training run goes on' })

  await dropOnPage(page, [files.data])
  await expect(question).toContainText(/what it has learnt is lost/)
  await expect(question.getByRole('button', { name: 'End it and change the data' })).toBeVisible()
  await expect(question.getByRole('button', { name: 'Keep training' })).toBeFocused()
  expect(await accessibilityFaults(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(question).toHaveCount(0)
  await dropOnPage(page, files.model)
  await question.getByRole('button', { name: 'Keep training' }).click()
  await expect(question).toHaveCount(0)
  await expect(run.getByText(/Epoch \d+ of 1,?000/)).toBeVisible()
  expect(await studio.result.textContent()).toBe(before)

  await dropOnPage(page, files.model)
  await question.getByRole('button', { name: 'End it and open' }).click()
  await expect(studio.result).not.toContainText('validation split', { timeout: 60_000 })
  await expect(run).toHaveCount(0)
  expect(enginesOf(page)).toHaveLength(1)
  // Nothing goes on that other data could disturb.
  await dropOnPage(page, [files.data])
  await expect(studio.result).toContainText('validation split', { timeout: 60_000 })
  await expect(question).toHaveCount(0)
})
