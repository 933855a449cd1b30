/**
 * Puts the four samples side by side with what other tools make of them: bytes, test accuracy, CPU seconds. The tools
 * run in Python (`scripts/side-by-side/requirements.txt`), from an .h5 that is written here; ours is the page's engine.
 * Run: `npm run check:side-by-side`; `PYTHON` says which Python. `-- --record` writes docs/side-by-side.md, `-- --rows FILE` keeps
 * what was measured, and takes samples from there that it has.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { format } from 'oxfmt'
import { startWasmBackend } from '../src/engine/host/wasm-in-node'
import { memoryFile } from '../src/files/file-bundle'
import { writeModel } from '../src/formats/exporters'
import { openModel } from '../src/formats/importers'
import { loadGraphWithStock } from '../testing/models/stock-model'
import { modelBytes, sampleBytes } from '../testing/models/sample-files'
import { countCorrect, samples } from '../testing/models/sample-models'
import { ours } from './side-by-side/ours'
import type { Right, Row, SampleRows } from './side-by-side/row'
import { sideBySidePage } from './side-by-side/side-by-side-page'

const page = 'docs/side-by-side.md'
const compared = ['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small']

const go = (): Promise<void> => Promise.resolve()
const { values: options } = parseArgs({
  options: { record: { type: 'boolean' }, rows: { type: 'string' } },
})

const kept = options.rows !== undefined && existsSync(options.rows) ? options.rows : null
const known = kept === null ? [] : (JSON.parse(readFileSync(kept, 'utf8')) as SampleRows[])
const found = [...known]
for (const { datasetId, id } of samples) {
  if (!compared.includes(id) || found.some(({ sample }) => sample === id)) continue
  const folder = mkdtempSync(join(tmpdir(), 'studio-side-'))
  try {
    found.push(await measured(id, datasetId, folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
  if (options.rows !== undefined) writeFileSync(options.rows, JSON.stringify(found, null, 1))
}
if (options.record === true)
  writeFileSync(page, (await format(page, sideBySidePage(found, new Date()))).code)

async function measured(sample: string, datasetId: string, folder: string): Promise<SampleRows> {
  const files = [...sampleBytes(sample)].map(([path, bytes]) => memoryFile(path, bytes))
  const model = await openModel(files, go)
  const h5 = await writeModel(model, model.weights, { container: 'kerasH5', precision: 'exact' }, go)
  for (const { bytes, path } of h5.files) writeFileSync(join(folder, path), bytes)
  const { float, rows: theirs } = peers(folder, datasetId)
  await startWasmBackend()
  const rows: Row[] = []
  for (const row of theirs)
    rows.push(
      row.right === null && row.path !== undefined
        ? { ...row, right: await byStock(row.path, datasetId) }
        : row,
    )
  for await (const row of ours(sample, datasetId)) {
    console.log(`${sample}: ${JSON.stringify(row)}`)
    rows.push(row)
  }
  return { sample, float, rows }
}

function peers(folder: string, datasetId: string): Pick<SampleRows, 'float' | 'rows'> {
  const python = process.env['PYTHON'] ?? 'python3'
  const { stderr, stdout } = spawnSync(
    python,
    ['-B', 'scripts/side-by-side/peers.py', folder, `public/datasets/${datasetId}`],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  const [first, ...rows] = lines.map((line) => JSON.parse(line) as object)
  if (first === undefined) throw new Error(stderr.slice(-2000))
  return { ...(first as Pick<SampleRows, 'float'>), rows: rows as Row[] }
}

async function byStock(folder: string, datasetId: string): Promise<Right> {
  const files = [...modelBytes(folder)].map(([path, bytes]) => ({ path, bytes }))
  const model = await loadGraphWithStock(tf, files)
  const right = (split: 'test' | 'validation'): number =>
    countCorrect(model, datasetId, split).correct
  const counts = { validation: right('validation'), test: right('test') }
  model.dispose()
  return counts
}
