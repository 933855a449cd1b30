import { trainedBarModel } from '../testing/models/bar-model.ts'
import { keptSession } from './support/kept-session.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { expect, test } from './support/studio-test.ts'
import { barFiles, openBars, rememberTraining } from './support/training.ts'

test('a case study goes from one click to a file; its stages can be gone back to, its targets pass or fail', async ({
  page,
}, info) => {
  test.setTimeout(240_000)
  await rememberTraining(page, { batchSize: 32, learningRate: 0.01, shift: 0 })
  const studio = await openBars(page, 'wasm', await barFiles(info, 160, true, trainedBarModel))
  const card = page.getByRole('region', { name: 'Make it small' })
  await card.getByText('For a target', { exact: true }).click()
  await card.getByText('Edge', { exact: true }).click()
  await card.getByRole('button', { name: 'Order and epochs' }).click()
  await card.getByRole('textbox', { name: 'Epochs of each stage' }).fill('1')
  await card.getByRole('button', { name: 'Prune, then quantize, then distil' }).click()
  const study = card.getByRole('group', { name: 'Edge, pruning first' })
  await expect(study.getByText(/Targets as shares of the original/)).toBeVisible({
    timeout: 180_000,
  })

  const stages = await study.getByRole('row').allTextContents()
  const names = stages.map((row) => /^[A-Za-z, ]*[a-z]/.exec(row)?.[0])
  // What came out of it is said first.
  const firstStage = names.indexOf('Original')
  expect(firstStage).toBe(6)
  expect(names.slice(firstStage)).toEqual([
    'Original',
    'Filters removed',
    'Recovered',
    'Pruned',
    'Pruned, recovered',
    'Quantized',
    'Quantized, recovered',
    'Distilled',
  ])
  await expect(study.getByRole('row', { name: /^Zipped file/ })).toContainText(/pass|fail/)
  await expect(study.getByRole('row', { name: /^Multiply-adds/ })).toContainText('pass')
  await expect(study.getByRole('row', { name: /^Time of one sample/ })).toContainText(/ms/)
  await expect(study.getByRole('row', { name: /^Distilled/ })).toContainText('in use')

  // What is in use is what is downloaded.
  const { path } = await studio.download()
  const stock = await loadZipWithStockTfjs(path)
  expect(stock.weights.get('first/kernel')?.length).toBeLessThan(9 * 6)

  // All of it comes back from a reload, with the data that is to be kept.
  await page.getByRole('switch', { name: 'Keep over a reload' }).press('Space')
  await expect(page.getByText('It is also stored in this browser')).toBeVisible()
  await expect.poll(async () => (await keptSession(page))?.open.place.data?.files).toBeDefined()
  await page.reload()
  await expect(study.getByRole('row', { name: /^Distilled/ })).toContainText('in use', {
    timeout: 60_000,
  })
  expect(await study.getByRole('row').allTextContents()).toEqual(stages)
  await expect(page.getByText(/did not come back/)).toHaveCount(0)

  // Back to the whole model, and to the smaller one again.
  await study.getByRole('button', { name: 'Go to the stage: Original' }).click()
  await expect(study.getByRole('row', { name: /^Original/ })).toContainText('in use', {
    timeout: 60_000,
  })
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  await study.getByRole('button', { name: 'Go to the stage: Distilled' }).click()
  await expect(study.getByRole('row', { name: /^Distilled/ })).toContainText('in use', {
    timeout: 60_000,
  })
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  expect((await loadZipWithStockTfjs((await studio.download()).path)).weights).toEqual(
    stock.weights,
  )

  // Its stages are points of the chart.
  await page.getByRole('tab', { name: 'Accuracy vs size' }).click()
  await page.getByRole('button', { name: 'Show as table' }).click()
  await expect(page.getByRole('row', { name: /^For a target, 1: / })).toHaveCount(8)
})

test('a case study that is cancelled keeps its stages', async ({ page }, info) => {
  test.setTimeout(120_000)
  await rememberTraining(page, { batchSize: 4, learningRate: 0.01, shift: 0 })
  await openBars(page, 'wasm', await barFiles(info, 300, true, trainedBarModel))
  const card = page.getByRole('region', { name: 'Make it small' })
  await card.getByText('For a target', { exact: true }).click()
  await card.getByRole('button', { name: 'Order and epochs' }).click()
  await card.getByRole('textbox', { name: 'Epochs of each stage' }).fill('50')
  await card.getByRole('button', { name: 'Prune, then quantize, then distil' }).click()
  await expect(card.getByText('Going on: Recovered')).toBeVisible({ timeout: 60_000 })
  await card.getByRole('button', { name: 'Cancel the rest of the stages' }).click()
  await expect(card.getByText(/The stages so far can still be used/)).toBeVisible({
    timeout: 30_000,
  })
  await expect(card.getByRole('row', { name: /^Filters removed/ })).toContainText('in use')
  await expect(card.getByRole('button', { name: 'Go to the stage: Original' })).toBeEnabled()
})
