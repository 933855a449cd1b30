import { join, resolve } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import type { Page } from '@playwright/test'
import { decode } from 'fast-png'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { formatPercent } from '../src/ui-kit/format-number.ts'
import { barFolder } from './support/bar-folder.ts'
import { splitPictures } from './support/split-pictures.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

const folder = 'testing/models/keras'
/** Trains to the end; what an earlier run has said must have gone. */
async function recover(page: Page, button: string): Promise<void> {
  const ended = page.getByText(/(was the best and is|those are) in use\.$/)
  await page.getByRole('button', { name: button }).click()
  await expect(ended).toHaveCount(0)
  await expect(ended).toBeVisible({ timeout: 90_000 })
}

test('a file of Keras 3 is measured on an image folder, pruned, fine-tuned, quantized, distilled, downloaded, and stock TensorFlow.js gets as many pictures right', async ({
  page,
}) => {
  test.setTimeout(180_000)
  await rememberTraining(page, { epochs: 8, batchSize: 16, learningRate: 0.02, shift: 0 })
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [join(folder, 'small.keras3.keras')])
  await expect(studio.result).toContainText(/synthetic inputs/, { timeout: 60_000 })
  const pictures = barFolder(300)
  await dropOnPage(page, [writeFolder('bars', pictures)])
  await expect(studio.result).toContainText('validation split, n = 60, bars', { timeout: 60_000 })
  await expect(studio.result).toContainText('by this page’s operators')

  await studio.switchOn('Prune')
  await recover(page, 'Recover accuracy')
  await studio.switchOn('Quantize')
  await page.getByRole('switch', { name: 'Knowledge distillation' }).press('Space')
  await page.getByRole('button', { name: /^Teacher: / }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: 'Open a model file' }).click()
  await (await choosing).setFiles(resolve(folder, 'bars.keras3.keras'))
  const card = page.getByRole('region', { name: 'Knowledge distillation' })
  await expect(card.getByText(/parameters · Validation: [\d.]+/)).toBeVisible({ timeout: 60_000 })
  await recover(page, 'Train again')
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)

  const { path } = await studio.download()
  const report = page.getByRole('group', { name: 'Finished download' })
  await expect(report).toContainText('in stock TensorFlow.js', { timeout: 60_000 })
  const stock = await loadZipWithStockTfjs(path)
  expect(stock.weights.size).toBe(11)
  for (const split of ['validation', 'test'] as const) {
    const samples = await splitPictures('bars', pictures, split)
    const pixels = samples.flatMap(({ png }) => Array.from(decode(png).data, (byte) => byte / 255))
    const said = tf.tidy(() => {
      const given = tf.tensor4d(pixels, [samples.length, 8, 8, 1])
      return (stock.model.predict(given) as tf.Tensor).argMax(1).dataSync()
    })
    const right = samples.filter(({ label }, index) => said[index] === label).length
    // It has learnt something: guessing would get a third.
    expect(right).toBeGreaterThan(samples.length / 2)
    await expect(report).toContainText(
      new RegExp(
        `${split} split, n = ${samples.length}.*? → ${formatPercent(right / samples.length)}`,
      ),
    )
  }
})
