import { dropOnPage } from '../testing/browser/drop.ts'
import { unzipped } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test('an ONNX model that only ONNX Runtime runs is measured by it, compressed, and says what needs more', async ({
  page,
}) => {
  const studio = new Studio(page)
  await studio.visit('?backend=wasm')
  await dropOnPage(page, ['testing/models/onnx-runtime/digits/model.onnx'])
  await expect(studio.result).toContainText(/synthetic inputs/, { timeout: 60_000 })
  await expect(studio.result).toContainText('in ONNX Runtime')
  await page.getByRole('button', { name: 'Measure on MNIST' }).click()
  await studio.settled()
  // Counted by onnxruntime 1.32.0 in Python: 197 of 250.
  await expect(studio.result).toContainText('78.80')
  const lacks = page.getByText(/this page's own operators, which lack QuickGelu \(other\)/)
  await expect(lacks.first()).toBeVisible()
  await studio.switchOn('Quantize')
  await studio.set('Bits', 2)
  await studio.settled()
  const { path } = await studio.download()
  const report = page.getByRole('group', { name: 'Finished download' })
  await expect(report).toContainText('Measured by ONNX Runtime on the bytes of the file', {
    timeout: 60_000,
  })
  const card = unzipped(path).get('README.md')
  expect(new TextDecoder().decode(card)).toMatch(/Made with: .*, onnxruntime-web 1\./)
})
