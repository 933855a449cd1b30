import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import type { Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import { barModel, trainedBarModel } from '../testing/models/bar-model.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { expect, test } from './support/studio-test.ts'
import { barFiles, modelFiles, openBars, rememberTraining } from './support/training.ts'

const ended = /in use\.$/

async function chooseTeacher(page: Page, files: string[]): Promise<void> {
  await page.getByRole('button', { name: /^Teacher: / }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: 'Open a model file' }).click()
  await (await choosing).setFiles(files)
}

/** What the report of a download says of the runs behind its weights. */
function trainingOf(path: string): { settings: { distillation: unknown } }[] {
  const report = unzipSync(new Uint8Array(readFileSync(path)))['report.json']
  const { training } = JSON.parse(strFromU8(report ?? new Uint8Array())) as {
    training: { settings: { distillation: unknown } }[]
  }
  return training
}

test('a teacher that does not fit is refused, one that fits teaches, and the student loads in stock TensorFlow.js', async ({
  page,
}, info) => {
  test.setTimeout(180_000)
  await rememberTraining(page, { epochs: 2, batchSize: 32 })
  const studio = await openBars(page, 'wasm', await barFiles(info, 160))
  await page.getByRole('switch', { name: 'Knowledge distillation' }).press('Space')
  const card = page.getByRole('region', { name: 'Knowledge distillation' })
  const fourClasses = (): tf.LayersModel =>
    tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [8, 8, 1] }),
        tf.layers.dense({ units: 4, activation: 'softmax' }),
      ],
    })
  await chooseTeacher(page, await modelFiles(info, 'four', fourClasses))
  await expect(card.getByText('This teacher does not fit')).toBeVisible({ timeout: 60_000 })
  await expect(card.getByText(/Of the outputs the student has 3, the teacher 4/)).toBeVisible()

  await chooseTeacher(page, await modelFiles(info, 'teacher', () => barModel(7)))
  await expect(card.getByText(/parameters · Validation: [\d.]+/)).toBeVisible({ timeout: 60_000 })
  await expect(card.getByText('This teacher does not fit')).toHaveCount(0)
  await card.getByRole('button', { name: 'Dark knowledge' }).click()
  const table = card.getByRole('figure', { name: 'Dark knowledge' })
  await expect(table.getByRole('cell')).toHaveCount(6, { timeout: 60_000 })
  const cold = await table.getByRole('cell').allTextContents()
  await studio.set('Temperature', 6)
  expect(await table.getByRole('cell').allTextContents()).not.toEqual(cold)
  await studio.press('Alpha, weight of the labels', 'Home', 1)
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(ended)).toBeVisible({ timeout: 90_000 })
  await page.getByRole('button', { name: 'Epochs', exact: true }).click()
  await page.getByRole('button', { name: 'Use the weights of epoch 1' }).click()
  const { path } = await studio.download()
  const stock = await loadZipWithStockTfjs(path)
  expect(stock.weights.size).toBe(9)
  expect(trainingOf(path)).toMatchObject([
    { settings: { distillation: { temperature: 6, alpha: 0, loss: 'softened' } } },
  ])
})

test('without labels the original teaches what quantization has lost', async ({ page }, info) => {
  test.setTimeout(180_000)
  await rememberTraining(page, { epochs: 4, batchSize: 32, learningRate: 0.01 })
  const studio = await openBars(page, 'wasm', await barFiles(info, 300, false))
  await studio.switchOn('Quantize')
  await studio.set('Bits', 2)
  await expect(page.getByText(/attached data have no labels/)).toBeVisible()
  await page.getByRole('switch', { name: 'Knowledge distillation' }).press('Space')
  await expect(page.getByText(/the teacher alone supervises/)).toBeVisible()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(ended)).toBeVisible({ timeout: 90_000 })
  await page.getByRole('button', { name: 'Epochs', exact: true }).click()
  const rows = page.getByRole('row').filter({ hasText: 'n = ' })
  // One before the first epoch and one after each.
  await expect(rows).toHaveCount(5)
  const errors = await rows.allTextContents()
  const [before = NaN, ...after] = errors.map((text) => Number(/error\s([\d.]+)/.exec(text)?.[1]))
  expect(Math.min(...after)).toBeLessThan(0.8 * before)
})

test('a generated student of half the width learns from its teacher on a few hundred pictures, and loads in stock TensorFlow.js', async ({
  page,
}, info) => {
  test.setTimeout(180_000)
  await rememberTraining(page, { epochs: 4, batchSize: 16, learningRate: 0.01, shift: 0 })
  const studio = await openBars(page, 'wasm', await barFiles(info, 400, true, trainedBarModel))
  const card = page.getByRole('region', { name: 'Structured pruning (whole filters and neurons)' })
  await card.getByRole('button', { name: /^Structured pruning/ }).click()
  await card.getByRole('switch', { name: 'Leave the first layer whole' }).press('Space')
  await card.getByText('Fresh', { exact: true }).click()
  const plan = card.getByRole('status', { name: 'What is left' })
  await expect(plan).toContainText('first 6 → 3')
  await expect(plan).toContainText(/As float32: 852.B →/)
  await card.getByRole('button', { name: 'Remove them' }).click()
  const teaching = page.getByRole('region', { name: 'Knowledge distillation' })
  await expect(teaching.getByText(/parameters · Validation: [\d.]+/)).toBeVisible({
    timeout: 60_000,
  })
  await teaching.getByRole('button', { name: /^Hint, and teachers/ }).click()
  await teaching.getByRole('switch', { name: /^Hint/ }).press('Space')
  await expect(teaching.getByRole('combobox', { name: 'Layer of the teacher' })).toHaveValue(
    /^depthwise|^flat|^pool/,
  )
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(ended)).toBeVisible({ timeout: 90_000 })
  const { path } = await studio.download()
  const stock = await loadZipWithStockTfjs(path)
  expect(stock.weights.get('first/kernel')).toHaveLength(9 * 3)
  expect(trainingOf(path)).toMatchObject([
    { settings: { distillation: { loss: 'softened', hint: { weight: 1 } } } },
  ])
})
