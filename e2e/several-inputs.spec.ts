import * as tf from '@tensorflow/tfjs'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { SIDE, differenceModel, differences, npzOf } from '../testing/models/several-inputs.ts'
import { savedFiles } from '../testing/models/stock-model.ts'
import { accessibilityFaults } from './support/axe.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

test('a model with two inputs is given arrays of other names, put right, trained and downloaded', async ({
  page,
}) => {
  await tf.setBackend('cpu')
  const files = new Map<string, Uint8Array>()
  for (const file of await savedFiles(tf, differenceModel()))
    files.set(file.path, await file.read(0, file.size))
  await rememberTraining(page, { epochs: 1, batchSize: 16, learningRate: 0.01 })
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, writeFiles(files))
  await expect(page.locator('#data-region')).toBeVisible({ timeout: 60_000 })
  const { count, left, right, labels } = differences(200)
  const arrays = npzOf({
    p: ['<f4', [count, SIDE], right],
    q: ['<f4', [count, SIDE], left],
    y: ['<i4', [count], labels],
  })
  await dropOnPage(page, writeFiles(new Map([['pairs.npz', arrays]])))
  await expect(studio.result).toContainText('validation split', { timeout: 60_000 })
  await expect(studio.result).not.toContainText('100.00')
  await expect(page.getByText('Inputs of the model: left ← p · right ← q.')).toBeVisible()

  // Wrongly guessed, and put right by keyboard on a telephone.
  await page.setViewportSize({ width: 390, height: 800 })
  await page.getByRole('button', { name: 'How the data was read' }).click()
  const panel = page.getByRole('region', { name: 'How pairs is read' })
  await expect(panel.getByRole('row', { name: /^left/ })).toContainText('Guessed by its place')
  const mapping = panel.getByRole('region', { name: 'What each input is given' })
  const hidden = await mapping.evaluate((region) => region.scrollWidth - region.clientWidth)
  expect(hidden).toBe(0)
  const choice = panel.getByRole('combobox', { name: 'Array for left' })
  await choice.focus()
  await page.keyboard.press('q')
  await expect(panel.getByRole('combobox', { name: 'Array for right' })).toHaveValue('p')
  await expect(panel.getByRole('status')).toHaveText(/^The model can be shown this data/)
  expect(await accessibilityFaults(page)).toEqual([])
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(wide).toBeLessThanOrEqual(390)
  await panel.getByRole('button', { name: 'Attach the data' }).click()
  await expect(panel).toHaveCount(0, { timeout: 60_000 })
  await page.setViewportSize({ width: 1280, height: 800 })
  await expect(studio.result).toContainText('100.00')

  await studio.switchOn('Quantize')
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(/was the best and is in use|No epoch was better/)).toBeVisible({
    timeout: 60_000,
  })
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  const { path } = await studio.download()
  const { model } = await loadZipWithStockTfjs(path)
  const inputs = [left, right].map((values) => tf.tensor2d(values, [count, SIDE]))
  const answers = (model.predict(inputs) as tf.Tensor2D).argMax(1).dataSync()
  const wrong = labels.filter((label, row) => label !== answers[row])
  expect(wrong.length).toBeLessThan(count / 10)
})
