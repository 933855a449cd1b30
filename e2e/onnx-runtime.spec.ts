import { writeFileSync } from 'node:fs'
import { dropOnPage } from '../testing/browser/drop.ts'
import { endlessLoop } from '../testing/files/endless-loop.ts'
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

// The silence that counts as a hang of this work is a minute.
test(
  'a loop without an end is ended, in one sentence, and what was open stays as it was',
  { tag: '@long' },
  async ({ page }, info) => {
    test.setTimeout(300_000)
    const studio = new Studio(page)
    await studio.visit('?backend=wasm')
    await dropOnPage(page, ['testing/models/onnx-runtime/digits/model.onnx'])
    await expect(studio.result).toContainText(/synthetic inputs/, { timeout: 60_000 })
    await studio.switchOn('Quantize')
    await studio.set('Bits', 4)
    await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)
    await expect(page.getByRole('button', { name: /^Download [\d.]/ })).toBeEnabled()
    // Of the exact file: how much smaller depends on the texts that lie in it.
    const smaller =
      /[\d.]+× smaller/.exec((await studio.result.textContent()) ?? '')?.[0] ?? 'nothing'
    const path = info.outputPath('endless.onnx')
    writeFileSync(path, endlessLoop())
    await dropOnPage(page, [path])
    const told = page.getByRole('alert', { name: 'Opening it does not come to an end' })
    await expect(told).toContainText(
      /endless\.onnx was not opened: while it was tried out, nothing answered for \d+ seconds/,
      { timeout: 150_000 },
    )
    await expect(page.getByText(/Your settings are as they were/)).toBeVisible({ timeout: 60_000 })
    await expect(studio.slider('Bits')).toHaveAttribute('aria-valuenow', '4')
    await expect(studio.result).toContainText(smaller, { timeout: 60_000 })
    await studio.set('Bits', 2)
    await expect(studio.result).not.toContainText(smaller, { timeout: 60_000 })
  },
)
