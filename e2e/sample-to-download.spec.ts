import '@tensorflow/tfjs-backend-wasm'
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { pageOutputs } from './support/page-outputs.ts'
import { rowsOf } from '../testing/files/report-table'
import type { ReportTable } from '../testing/files/report-table'
import { loadZipWithStockTfjs, stockLogits, unzipped } from './support/stock-tfjs.ts'
import { margin, testImages, topOfRows } from './support/test-images.ts'
import { Studio, WHOLE_VALIDATION } from './support/studio.ts'
import { expect, test } from './support/studio-test.ts'

interface Report {
  readonly recipe: unknown
  readonly files: readonly { path: string; bytes: number; sha256: string }[]
  readonly tensors: ReportTable
  readonly decodedSha256: string
  readonly accuracy: readonly { split: string; samples: number; correct: number }[]
}

interface StoredTensor {
  readonly name: string
  readonly storedAs: string
  readonly decoded: string
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Images that plain TensorFlow.js computes in JavaScript as well, which takes it a second for a thousand. */
const PLAIN = 1_000

// The built-in data as people get it: all images, all checks.
test.use({ smallData: null })

test('a sample, pruned, quantized and downloaded, is in stock TensorFlow.js what the page said', async ({
  page,
}) => {
  test.setTimeout(300_000)
  const studio = await Studio.withSample(page, 'LeNet-300-100', WHOLE_VALIDATION)
  await studio.switchOn('Prune')
  await studio.set('Sparsity', 65)
  await studio.switchOn('Quantize')
  await studio.set('Bits', 5)
  await studio.settled()

  const button = page.getByRole('button', { name: /^Download [\d.]/ })
  const shown = (await button.textContent()) ?? ''
  const { path } = await studio.download()

  // Displayed bytes = downloaded bytes, to the byte in the report of the page.
  const { size } = statSync(path)
  const report = page.getByRole('group', { name: 'Finished download' })
  await expect(report).toContainText(`(${size.toLocaleString('en-US')}\u00a0B)`)
  expect(Number(/[\d.]+/.exec(shown)?.[0])).toBeCloseTo(size / 1000, -1)

  const stock = await loadZipWithStockTfjs(path, 'wasm')
  const written = JSON.parse(new TextDecoder().decode(stock.files.get('report.json'))) as Report
  for (const file of written.files) {
    const bytes = stock.files.get(file.path) ?? new Uint8Array()
    expect([file.path, bytes.length, sha256(bytes)]).toEqual([file.path, file.bytes, file.sha256])
  }

  // Every decoded weight is bit for bit what the page measured.
  const tensors = rowsOf<StoredTensor>(written.tensors)
  expect(tensors).toHaveLength(stock.weights.size)
  const hashes = tensors.map(({ name, decoded }) => {
    const hash = sha256(new Uint8Array((stock.weights.get(name) ?? new Float32Array()).buffer))
    expect([name, hash.slice(0, decoded.length)]).toEqual([name, decoded])
    return hash
  })
  expect(sha256(Buffer.from(hashes.join(''), 'hex'))).toBe(written.decodedSha256)
  expect(tensors.filter(({ storedAs }) => storedAs === 'uint8')).toHaveLength(3)

  // Outputs on all 10,000 test images: the page's probabilities against plain tfjs in Node.
  const { images, labels } = testImages('mnist')
  const ours = await pageOutputs(page, { model: 'compressed', split: 'test', first: 10_000 })
  const logits = stockLogits(stock.model, images)
  // Its WebAssembly is the quick one for so many; its JavaScript, which knows no processor, says the same of the first.
  const { model } = await loadZipWithStockTfjs(path, 'cpu')
  const { images: first } = testImages('mnist')
  const plain = stockLogits(model, first.slice(0, PLAIN))
  const apart = plain.map((value, index) => Math.abs(value - (logits[index] ?? NaN)))
  expect(apart.every((difference) => difference < 1e-4)).toBe(true)
  const theirs = logSoftmax(logits, ours.classes)
  let largest = 0
  for (const [index, value] of theirs.entries()) {
    const mine = Math.log(ours.values[index] ?? NaN)
    // A probability below the smallest normal float32 says nothing about its logarithm.
    if (value > -80) largest = Math.max(largest, Math.abs(mine - value))
  }
  expect(largest).toBeLessThan(1e-4)

  const ourTop = topOfRows(ours.values, ours.classes)
  const theirTop = topOfRows(logits, ours.classes)
  const different = ourTop.flatMap((top, row) => (top === theirTop[row] ? [] : [row]))
  for (const row of different) expect(margin(logits, ours.classes, row)).toBeLessThan(1e-4)
  test.info().annotations.push({ type: 'classes that differ', description: `${different.length}` })

  // Displayed accuracy = reloaded accuracy, on both splits of the report.
  const correct = theirTop.filter((top, row) => top === labels[row]).length
  const tested = written.accuracy.find(({ split }) => split === 'test')
  expect(tested?.samples).toBe(10_000)
  expect(Math.abs((tested?.correct ?? 0) - correct)).toBeLessThanOrEqual(different.length)
  await expect(report).toContainText(((tested?.correct ?? 0) / 100).toFixed(2))

  // With the report apart the page speaks of a smaller file, and that one downloads.
  const before = (await studio.result.textContent()) ?? ''
  await page.getByRole('button', { name: /^Stored as/ }).click()
  await page.getByText('Saved apart', { exact: true }).click()
  await expect(studio.result).not.toContainText(before)
  // Some people click twice on everything: one file, and no text marked.
  let files = 0
  page.on('download', () => {
    files += 1
  })
  const arriving = page.waitForEvent('download')
  await page.getByRole('button', { name: /^Download/ }).dblclick()
  const alone = { path: await (await arriving).path() }
  const smaller = statSync(alone.path).size
  await expect(report).toContainText(`(${smaller.toLocaleString('en-US')}\u00a0B)`)
  await expect(studio.result).toContainText(`→${sizeText(smaller)}`)
  const saving = page.waitForEvent('download')
  await report.getByRole('button', { name: /^Save the report/ }).click()
  const about = await (await saving).path()

  expect(files).toBe(2)
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('')

  // Together the two are the first download: the same settings give the same bytes.
  const parts = [alone.path, about].flatMap((zip) => [...unzipped(zip)])
  expect(parts.map(([name, bytes]) => [name, sha256(bytes)])).toEqual(
    [...stock.files].map(([name, bytes]) => [name, sha256(bytes)]),
  )
})

/** As the page writes it: three figures. */
function sizeText(bytes: number): string {
  return `${(bytes / 1000).toPrecision(3)}\u00a0kB`
}

function logSoftmax(logits: Float32Array, classes: number): Float64Array {
  const out = new Float64Array(logits.length)
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes)
    const largest = Math.max(...row)
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0)
    row.forEach((value, index) => {
      out[start + index] = value - largest - Math.log(sum)
    })
  }
  return out
}
