import { resolve } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { decode } from 'fast-png'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { defaultDistillation } from '../src/training/training-settings.ts'
import { formatPercent } from '../src/ui-kit/format-number.ts'
import { barFolder } from './support/bar-folder.ts'
import { splitPictures } from './support/split-pictures.ts'
import { stockGraph } from './support/stock-graph.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

test('a file of torch is measured on an image folder, cut, pruned, quantized, taught by a model of Keras, downloaded, and stock TensorFlow.js gets as many pictures right', async ({
  page,
}) => {
  test.setTimeout(120_000)
  await rememberTraining(page, {
    ...{ epochs: 8, batchSize: 16, learningRate: 0.02, shift: 0 },
    // The teacher is no master: what it says counts, and labels count more.
    distillation: { ...defaultDistillation, alpha: 0.9 },
  })
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [resolve('testing/models/onnx/torch/model.onnx')])
  await expect(studio.result).toContainText(/synthetic inputs/, { timeout: 60_000 })
  const pictures = barFolder(300)
  await dropOnPage(page, [writeFolder('bars', pictures)])
  await expect(studio.result).toContainText('validation split, n = 60, bars', { timeout: 60_000 })
  await expect(studio.result).toContainText('by this page’s operators')

  const cutting = page.getByRole('region', {
    name: 'Structured pruning (whole filters and neurons)',
  })
  await cutting.getByRole('button', { name: /^Structured pruning/ }).click()
  await cutting.getByRole('button', { name: 'Remove them' }).click()
  await expect(cutting.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
  await studio.switchOn('Prune')
  await studio.switchOn('Quantize')
  // The whole model teaches what is left of it, until another does.
  const teaching = page.getByRole('region', { name: 'Knowledge distillation' })
  await expect(teaching.getByText(/parameters · Validation: [\d.]+/)).toBeVisible()
  await page.getByRole('button', { name: /^Teacher: / }).click()
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: 'Open a model file' }).click()
  await (await choosing).setFiles(resolve('testing/models/keras/bars.keras3.keras'))
  await expect(page.getByRole('button', { name: /^Teacher: bars/ })).toBeVisible()
  await expect(teaching.getByText(/parameters · Validation: [\d.]+/)).toBeVisible()
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(/was the best and is in use\.$/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)

  // What is left is an ONNX model; stock TensorFlow.js takes it as well. What is chosen gets its size.
  await page.getByRole('button', { name: /^Stored as/ }).click()
  await page.getByRole('combobox', { name: 'Format' }).selectOption({ label: 'TensorFlow.js' })
  await expect(page.getByRole('button', { name: /^Download [\d.]+\skB$/ })).toBeEnabled()
  const { path } = await studio.download()
  const report = page.getByRole('group', { name: 'Finished download' })
  await expect(report).toContainText('in stock TensorFlow.js', { timeout: 60_000 })
  await tf.setBackend('cpu')
  const model = await stockGraph(path)
  for (const split of ['validation', 'test'] as const) {
    const samples = await splitPictures('bars', pictures, split)
    const pixels = samples.flatMap(({ png }) => Array.from(decode(png).data, (byte) => byte / 255))
    const said = tf.tidy(() => {
      const given = tf.tensor4d(pixels, [samples.length, 1, 8, 8])
      return (model.predict(given) as tf.Tensor).argMax(1).dataSync()
    })
    const right = samples.filter(({ label }, index) => said[index] === label).length
    // It has been taught: guessing would get a third.
    expect(right).toBeGreaterThan(samples.length / 2)
    await expect(report).toContainText(
      new RegExp(
        `${split} split, n = ${samples.length}.*? → ${formatPercent(right / samples.length)}`,
      ),
    )
  }
  model.dispose()
})
