import { readFileSync } from 'node:fs'
import type * as tf from '@tensorflow/tfjs'
import type { Page } from '@playwright/test'
import { loadZipWithStockTfjs, unzipped } from './support/stock-tfjs.ts'
import { Studio } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'
import { testImages } from './support/test-images.ts'

const SAMPLES = 20
const EMPTY = 'http://empty.test'

/** A page of nothing but TensorFlow.js and the files of a zip, on each backend that this browser has for it. */
async function answersInEmptyPage(
  page: Page,
  files: ReadonlyMap<string, Uint8Array>,
  pixels: readonly number[],
): Promise<Readonly<Record<string, number[]>>> {
  await page.route(`${EMPTY}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1)
    const body = name === 'index.html' ? '<title>Empty</title>' : files.get(name)
    if (body === undefined) await route.fulfill({ status: 404 })
    else
      await route.fulfill({
        contentType: name.endsWith('.html') ? 'text/html' : 'application/octet-stream',
        body: typeof body === 'string' ? body : Buffer.from(body),
      })
  })
  await page.goto(`${EMPTY}/index.html`)
  await page.addScriptTag({ path: 'node_modules/@tensorflow/tfjs/dist/tf.min.js' })
  return page.evaluate(
    async ([values, count]) => {
      const stock = Reflect.get(globalThis, 'tf') as typeof tf
      const said: Record<string, number[]> = {}
      for (const backend of ['cpu', 'webgl']) {
        if (!(await stock.setBackend(backend))) continue
        const model = await stock.loadGraphModel('model.json')
        const answer = model.predict(stock.tensor4d([...values], [count, 28, 28, 1])) as tf.Tensor
        said[backend] = [...(await answer.data())]
        model.dispose()
      }
      return said
    },
    [[...pixels], SAMPLES] as const,
  )
}

test('a layers model is downloaded as a graph of 4-bit codes, which stock TensorFlow.js runs in an empty page', async ({
  page,
  context,
  watch,
}) => {
  watch.ownOrigins.push(EMPTY)
  const studio = await Studio.withSample(page, 'LeNet-300-100')
  await studio.switchOn('Quantize')
  await studio.set('Bits', 4)
  await studio.settled()
  const { path: plain } = await studio.download()
  await page.getByRole('button', { name: /^Stored as/ }).click()
  await page.getByRole('radio', { name: 'decodes itself', exact: true }).press('Space')
  await expect(page.getByRole('radio', { name: /^decodes itself · \d+/ })).toBeChecked()
  // What it takes is said before anybody waits for it.
  await expect(page.getByText(/Its shards take 13\d\skB instead of 26\d\skB/)).toContainText(
    /of memory instead of 1\.07\sMB.* takes about [\d.]+\sms at each prediction/,
  )
  const { path } = await studio.download()
  expect(readFileSync(path).length).toBeLessThan(readFileSync(plain).length + 4000)

  const { images } = testImages('mnist')
  const some = images.slice(0, SAMPLES)
  const { model } = await loadZipWithStockTfjs(plain)
  const wanted = [...(model.predict(some) as tf.Tensor).dataSync()]
  const empty = await context.newPage()
  const said = await answersInEmptyPage(empty, unzipped(path), [...some.dataSync()])
  expect(Object.keys(said)).toContain('cpu')
  for (const [backend, answers] of Object.entries(said)) {
    expect(answers).toHaveLength(wanted.length)
    const distances = answers.map((value, at) => Math.abs(value - (wanted[at] ?? NaN)))
    expect(Math.max(...distances), backend).toBeLessThan(1e-5)
  }
  model.dispose()
})
