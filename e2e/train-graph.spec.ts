import * as tf from '@tensorflow/tfjs'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFiles } from '../testing/browser/foreign-files.ts'
import { defaultDistillation } from '../src/training/training-settings.ts'
import { graphTwin } from '../testing/files/graph-twin.ts'
import { barPictures, bars, foldedBars } from '../testing/models/bar-model.ts'
import { pageOutputs } from './support/page-outputs.ts'
import { expectRowsAmong } from './support/rows-among.ts'
import { stockGraph } from './support/stock-graph.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { rememberTraining } from './support/training.ts'

const PICTURES = 400

test('a graph model is cut, trained with zeros and in few bits, taught by its original, and gives the same in stock TensorFlow.js', async ({
  page,
}) => {
  test.setTimeout(120_000)
  await tf.setBackend('cpu')
  const { json, shards } = graphTwin(foldedBars(), 'fused')
  await rememberTraining(page, {
    ...{ epochs: 2, batchSize: 16, learningRate: 0.01 },
    // The original is drawn by chance: what it says counts, and labels count more.
    distillation: { ...defaultDistillation, alpha: 0.9 },
  })
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(
    page,
    writeFiles(
      new Map<string, Uint8Array | string>([['model.json', JSON.stringify(json)], ...shards]),
    ),
  )
  await expect(page.getByText(/compressed, trained, measured/)).toBeVisible({ timeout: 60_000 })
  const data = new Uint8Array(await barPictures(PICTURES, 5).arrayBuffer())
  await dropOnPage(page, writeFiles(new Map([['bars.npz', data]])))
  await expect(studio.result).toContainText('validation split', { timeout: 60_000 })
  const card = page.getByRole('region', { name: 'Structured pruning (whole filters and neurons)' })
  await card.getByRole('button', { name: /^Structured pruning/ }).click()
  await card.getByRole('button', { name: 'Remove them' }).click()
  await expect(card.getByText(/^Cut from .* parameters/)).toBeVisible({ timeout: 60_000 })
  await studio.switchOn('Prune')
  await studio.switchOn('Quantize')
  await page.getByRole('button', { name: 'Recover accuracy' }).click()
  await expect(page.getByText(/was the best and is in use/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
  await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)
  const { path } = await studio.download()

  // The eight samples, found by what they give in stock TensorFlow.js.
  const outputs = await pageOutputs(page, { split: 'validation', first: 8, model: 'compressed' })
  const model = await stockGraph(path)
  const answers = tf.tidy(() =>
    (
      model.predict(
        tf.tensor4d(
          Float32Array.from(bars(PICTURES, 5).pixels, (byte) => byte / 255),
          [PICTURES, 8, 8, 1],
        ),
      ) as tf.Tensor
    ).dataSync(),
  )
  expectRowsAmong(outputs.values, answers, 3)
  model.dispose()
})
