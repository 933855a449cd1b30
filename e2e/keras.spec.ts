import { join } from 'node:path'
import { dropOnPage } from '../testing/browser/drop.ts'
import { loadZipWithStockTfjs } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('a file that Keras 3 has written runs where it was dropped, gets smaller, and stock TensorFlow.js opens it', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, [join('testing', 'models', 'keras', 'small.keras3.keras')])
  await expect(studio.result).toContainText(/synthetic inputs/, { timeout: 60_000 })
  await expect(page.getByText('small.keras3').first()).toBeVisible()
  await studio.switchOn('Quantize')
  await expect(studio.result).toContainText(/shards 1\.29\skB → 4\d\d\sB/)
  const stock = await loadZipWithStockTfjs((await studio.download()).path)
  expect(stock.weights.size).toBe(11)
})
