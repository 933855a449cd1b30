import * as ort from 'onnxruntime-web/wasm'
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
