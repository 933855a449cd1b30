/**
 * A ResNet-50 with random weights through the page: drop to ready, prune and quantize, download, and
 * the file in stock TensorFlow.js. Run: `npx tsx bench/resnet50.bench.ts`, after `npm run build`.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { createRandom } from '../src/core/random.ts'
import { startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { loadZipWithStockTfjs } from '../e2e/support/stock-tfjs.ts'
import { Studio } from '../e2e/support/studio.ts'
import { openStudio } from './browser.ts'
import { emit, round } from './emit.ts'
import { processorSeconds } from './processor-seconds.ts'
import { writeResNet50 } from './resnet50-model.ts'
import { rowsOf } from '../testing/files/report-table.ts'
import type { ReportTable } from '../testing/files/report-table.ts'

const SEED = 50
const LONG_MS = 300_000

const folder = mkdtempSync(join(tmpdir(), 'resnet50-'))
const paths = await writeResNet50(folder, SEED)
const { page, url, close } = await openStudio()
try {
  page.setDefaultTimeout(LONG_MS)
  const studio = new Studio(page)
  await page.goto(`${url}?backend=wasm`)
  await page.getByRole('button', { name: /^Engine: WebAssembly/ }).waitFor()

  const [dropped, before] = [performance.now(), await processorSeconds(page)]
  await studio.pick(paths)
  await studio.result.waitFor()
  emit('resnet50-drop-to-ready', {
    seconds: seconds(dropped),
    processorSeconds: round((await processorSeconds(page)) - before),
    load: round(loadavg()[0] ?? NaN),
    weights: 25_600_000,
  })

  await studio.switchOn('Prune')
  await studio.switchOn('Quantize')
  const moved = performance.now()
  await studio.press('Bits', 'ArrowLeft', 1)
  await page.getByRole('button', { name: /^Download [\d.]/ }).waitFor()
  emit('resnet50-prune-and-quantize-to-exact-size', { seconds: seconds(moved) })

  const asked = performance.now()
  const { path } = await studio.download(LONG_MS)
  emit('resnet50-download', { seconds: seconds(asked) })
  emit('resnet50-in-stock-tfjs', await judge(path))
} finally {
  await close()
}

/** Loads the zip without the studio's code and compares every weight with the report's hashes. */
async function judge(path: string): Promise<Record<string, unknown>> {
  await startWasmBackend()
  const started = performance.now()
  const { model, weights, files } = await loadZipWithStockTfjs(path, 'wasm')
  const loaded = seconds(started)
  const report = JSON.parse(new TextDecoder().decode(files.get('report.json'))) as {
    tensors: ReportTable
  }
  const tensors = rowsOf<{ name: string; decoded: string }>(report.tensors)
  const different = tensors.filter(({ name, decoded }) => {
    const values = weights.get(name)
    if (values === undefined) return true
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    return !createHash('sha256').update(bytes).digest('hex').startsWith(decoded)
  })
  const random = createRandom(SEED)
  const image = tf.tensor4d(
    Float32Array.from({ length: 224 * 224 * 3 }, () => random.uniform()),
    [1, 224, 224, 3],
  )
  const output = (model.predict(image) as tf.Tensor).dataSync<'float32'>()
  return {
    loadSeconds: loaded,
    tensors: tensors.length,
    differentWeights: different.length,
    finiteOutputs: output.every(Number.isFinite),
    outputSum: round(output.reduce((sum, value) => sum + value, 0)),
  }
}

function seconds(since: number): number {
  return round((performance.now() - since) / 1000)
}
