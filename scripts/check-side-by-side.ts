/**
 * Puts the four samples side by side with what other tools make of them: bytes, test accuracy, CPU seconds. The tools
 * run in Python (`scripts/side-by-side/requirements.txt`), from an .h5 that is written here; ours is the page's engine.
 * Run: `npm run check:side-by-side`; `PYTHON` says which Python. `-- --record` writes docs/side-by-side.md, `-- --rows FILE` keeps
 * what was measured, and takes samples from there that it has; `-- --sample ID` measures one.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { format } from 'oxfmt'
import { startWasmBackend } from '../src/engine/host/wasm-in-node'
import { memoryFile } from '../src/files/file-bundle'
import { writeModel } from '../src/formats/exporters'
import { openModel } from '../src/formats/importers'
import { loadGraphWithStock, loadWithStock } from '../testing/models/stock-model'
import { modelBytes, sampleBytes } from '../testing/models/sample-files'
import { countCorrect, samples } from '../testing/models/sample-models'
import type { SampleId } from './experiments/laboratory'
import { ours } from './side-by-side/ours'
import type { Right, Row, SampleRows } from './side-by-side/row'
import { sideBySidePage } from './side-by-side/side-by-side-page'

const page = 'docs/side-by-side.md'
const compared: readonly SampleId[] = ['lenet-300-100', 'lenet-5', 'fashion-cnn', 'vgg-small']

const go = (): Promise<void> => Promise.resolve()
const { values: options } = parseArgs({
  options: { record: { type: 'boolean' }, rows: { type: 'string' }, sample: { type: 'string' } },
})

const kept = options.rows !== undefined && existsSync(options.rows) ? options.rows : null
const known = kept === null ? [] : (JSON.parse(readFileSync(kept, 'utf8')) as SampleRows[])
const found: SampleRows[] = []
for (const { datasetId, id } of samples) {
  const own = known.find(({ sample }) => sample === id) ?? null
  const isAsked = options.sample === undefined || options.sample === id
  const sample = compared.find((one) => one === id)
  if (sample === undefined || !isAsked) {
    if (own !== null) found.push(own)
    continue
  }
  const folder = mkdtempSync(join(tmpdir(), 'studio-side-'))
  try {
    found.push(await measured(sample, datasetId, folder, own))
  } finally {
    rmSync(folder, { recursive: true })
  }
  keep()
}
if (options.record === true)
  writeFileSync(page, (await format(page, sideBySidePage(found, new Date()))).code)

/** After each sample that was measured, beside those that were known before. */
function keep(): void {
  if (options.rows === undefined) return
  const measured = new Set(found.map(({ sample }) => sample))
  const rows = [...found, ...known.filter(({ sample }) => !measured.has(sample))]
  writeFileSync(options.rows, JSON.stringify(rows, null, 1))
}

/** @param known what need not be measured again */
async function measured(
  sample: SampleId,
  datasetId: string,
  folder: string,
  known: SampleRows | null,
): Promise<SampleRows> {
  await startWasmBackend()
  const rows: Row[] = []
  const settings = new Set(known?.rows.map(({ setting }) => setting))
  for await (const row of ours(sample, folder, settings)) rows.push(row)
  if (known !== null)
    return { ...known, rows: [...known.rows, ...(await counted(rows, datasetId))] }
  const files = [...sampleBytes(sample)].map(([path, bytes]) => memoryFile(path, bytes))
  const model = await openModel(files, go)
  const h5 = await writeModel(
    model,
    model.weights,
    { container: 'kerasH5', precision: 'exact' },
    go,
  )
  for (const { bytes, path } of h5.files) writeFileSync(join(folder, path), bytes)
  const { float, rows: theirs } = peers(folder, datasetId)
  return { sample, float, rows: await counted([...theirs, ...rows], datasetId) }
}

/** Counts right answers where nobody has: by the runtime of the files. */
async function counted(rows: readonly Row[], datasetId: string): Promise<Row[]> {
  const onnx = rows.flatMap(({ path, right }) =>
    right === null && path !== undefined && existsSync(join(path, 'model.onnx'))
      ? [join(path, 'model.onnx')]
      : [],
  )
  const byPath = new Map(
    python('measure.py', [`public/datasets/${datasetId}`, ...onnx]).map((line) => {
      const { path, right } = line as { readonly path: string; readonly right: Right }
      return [dirname(path), right]
    }),
  )
  const done: Row[] = []
  for (const row of rows) {
    const { path, right } = row
    const asked = right === null && path !== undefined
    const counts = asked ? (byPath.get(path) ?? (await byStock(path, datasetId))) : right
    done.push(counts === undefined ? row : { ...row, right: counts })
    console.log(JSON.stringify(done.at(-1)))
  }
  return done
}

function python(script: string, parameters: readonly string[]): readonly object[] {
  const { stderr, stdout } = spawnSync(
    process.env['PYTHON'] ?? 'python3',
    ['-B', join('scripts/side-by-side', script), ...parameters],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  if (lines.length === 0) throw new Error(stderr.slice(-2000))
  return lines.map((line) => JSON.parse(line) as object)
}

function peers(folder: string, datasetId: string): Pick<SampleRows, 'float' | 'rows'> {
  const [first, ...rows] = python('peers.py', [folder, `public/datasets/${datasetId}`])
  return { ...(first as Pick<SampleRows, 'float'>), rows: rows as Row[] }
}

async function byStock(folder: string, datasetId: string): Promise<Right> {
  const files = [...modelBytes(folder)].map(([path, bytes]) => ({ path, bytes }))
  const { format: kind } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as {
    readonly format: string
  }
  const load = kind === 'graph-model' ? loadGraphWithStock : loadWithStock
  const model = await load(tf, files)
  const right = (split: 'test' | 'validation'): number =>
    countCorrect(model, datasetId, split).correct
  const counts = { validation: right('validation'), test: right('test') }
  model.dispose()
  return counts
}
