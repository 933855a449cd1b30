import { resolve } from 'node:path'
import { decode } from 'fast-png'
import * as ort from 'onnxruntime-web/wasm'
import { dropOnPage } from '../testing/browser/drop.ts'
import { writeFolder } from '../testing/browser/write-files.ts'
import { formatPercent } from '../src/ui-kit/format-number.ts'
import { barFolder } from './support/bar-folder.ts'
import { splitPictures } from './support/split-pictures.ts'
import { unzipped } from './support/stock-tfjs.ts'
import { testImages, topOfRows } from './support/test-images.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

test(
  'a sample of TensorFlow.js, downloaded as ONNX, is in ONNX Runtime what the page said',
  { tag: '@long' },
  async ({ page }) => {
    const studio = await Studio.withSample(page, 'LeNet-5')
    await studio.switchOn('Quantize')
    await studio.settled()
    await page.getByRole('button', { name: /^Stored as/ }).click()
    await page.getByRole('combobox', { name: 'Format' }).selectOption({ label: 'ONNX' })
    const { path } = await studio.download()
    const report = page.getByRole('group', { name: 'Finished download' })
    await expect(report).toContainText('Model file inside')
    await expect(report).toContainText('ONNX Runtime')
    const file = unzipped(path).get('model.onnx') ?? new Uint8Array()
    ort.env.wasm.numThreads = 1
    const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] })
    const { images, labels } = testImages('mnist')
    const pixels = images.dataSync().slice(0, 250 * 784)
    const [input = ''] = session.inputNames
    const [output = ''] = session.outputNames
    const found = await session.run({
      [input]: new ort.Tensor('float32', pixels, [250, 28, 28, 1]),
    })
    const top = topOfRows(found[output]?.data as Float32Array, 10)
    const right = top.filter((each, row) => each === labels[row]).length
    // The page says as many of the same samples; ONNX Runtime may turn a tie.
    const said = /test split, n\s=\s250([\d.]+)\s%\s→\s([\d.]+)\s%/.exec(
      (await report.textContent()) ?? '',
    )
    expect(Math.abs(right / 2.5 - Number(said?.[2]))).toBeLessThanOrEqual(0.4)
    expect([input, output]).toEqual(['conv1_input', 'dense2'])
    expect(file.length).toBeLessThan(440_000)
  },
)

for (const { bits, file, sides } of [
  { file: 'keras/bars.keras3.keras', bits: 8, sides: [8, 8, 1] },
  { file: 'onnx/torch/model.onnx', bits: 4, sides: [1, 8, 8] },
])
  test(
    `${file} is downloaded as ONNX with ${bits} bits, and the page and ONNX Runtime outside of it get as many pictures right`,
    { tag: '@long' },
    async ({ page }) => {
      const studio = new Studio(page)
      await studio.visit('?backend=wasm')
      await dropOnPage(page, [resolve('testing/models', file)])
      await expect(studio.result).toContainText(/synthetic inputs/, { timeout: 60_000 })
      const pictures = barFolder(300)
      await dropOnPage(page, [writeFolder('bars', pictures)])
      await expect(studio.result).toContainText('validation split, n = 60, bars', {
        timeout: 60_000,
      })
      await studio.switchOn('Quantize')
      await studio.set('Bits', bits)
      await page.getByRole('button', { name: /^Stored as/ }).click()
      await page.getByRole('combobox', { name: 'Format' }).selectOption({ label: 'ONNX' })
      await expect(page.getByRole('button', { name: /^Download [\d.]+\skB$/ })).toBeEnabled()
      await expect(studio.result.getByRole('img', { name: 'Measuring' })).toHaveCount(0)
      const { path } = await studio.download()
      const report = page.getByRole('group', { name: 'Finished download' })
      await expect(report).toContainText('Measured by ONNX Runtime on the bytes of the file', {
        timeout: 60_000,
      })
      await report.getByRole('button', { name: /tensors$/ }).click()
      await expect(page.getByText(`int${bits}`).first()).toBeVisible()
      ort.env.wasm.numThreads = 1
      const bytes = unzipped(path).get('model.onnx') ?? new Uint8Array()
      const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] })
      const [input = ''] = session.inputNames
      const [output = ''] = session.outputNames
      const samples = await splitPictures('bars', pictures, 'test')
      const pixels = samples.flatMap(({ png }) =>
        Array.from(decode(png).data, (byte) => byte / 255),
      )
      const given = new ort.Tensor('float32', Float32Array.from(pixels), [samples.length, ...sides])
      const found = await session.run({ [input]: given })
      const top = topOfRows(found[output]?.data as Float32Array, 3)
      const right = samples.filter(({ label }, row) => top[row] === label).length
      await expect(report).toContainText(
        new RegExp(
          `test split, n = ${samples.length}.*? → ${formatPercent(right / samples.length)}`,
        ),
      )
    },
  )
