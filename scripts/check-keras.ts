/**
 * Writes small nets with Keras 3 and tf-keras, opens each file as the page does, and compares what it says with what Keras
 * said. Needs a Python with Keras, tf-keras and h5py (`scripts/writers/requirements.txt`); no test does.
 * Run: `npm run check:keras`; `PYTHON` says which Python, `-- --cases FOLDER` takes files that are written already, and
 * `-- --models FOLDER` adds files with FOLDER/NAME.expected.npz (x, probabilities) or expected.npz beside them; for one that tfmot
 * has quantized that Python needs tensorflow-model-optimization, too (`PYTHONPATH` may say where it is).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { readNpy } from '../src/data/arrays/npy'
import { startWasmBackend } from '../src/engine/host/wasm-in-node'
import { Program } from '../src/engine/program/program'
import { memoryFile } from '../src/files/file-bundle'
import { readZip } from '../src/files/zip-archive'
import { openModel } from '../src/formats/importers'
import { answersOf, distance } from '../testing/engine/distance'
import { recordedKeras } from '../testing/files/recorded-keras'
import type { Numbers } from '../testing/files/recorded-keras'

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5

/** Where Keras itself computes in 16 bits and the model says so: roundings of a few layers. */
const ROUNDINGS = 4

const go = (): Promise<void> => Promise.resolve()

const { values: options } = parseArgs({
  options: { cases: { type: 'string' }, models: { type: 'string' } },
})

let failed = 0
let tried = 0

async function check(
  path: string,
  inputs: readonly Numbers[],
  outputs: readonly Numbers[],
): Promise<void> {
  const opened = await openModel(
    [memoryFile(basename(path), new Uint8Array(readFileSync(path)))],
    go,
  )
  tried++
  const { run } = opened.obstacles
  if (run !== null) {
    failed++
    console.log(`${basename(path)}: ${run.code} ${JSON.stringify(run.params)}`)
    return
  }
  const program = new Program(opened)
  const given = inputs.map(({ shape, values }) => tf.tensor(values, [...shape]))
  const found = program.predict(given)
  const wanted = outputs.map(({ shape, values }) => ({
    ...{ shape, dtype: 'float32' },
    values: [...values],
  }))
  const apart = distance(answersOf(found), wanted)
  tf.dispose([given, found])
  program.dispose()
  const half = opened.notes.find(({ code }) => code === 'note/half-precision')
  if (!(apart <= (half === undefined ? TOLERANCE : ROUNDINGS / Number(half.params['parts']))))
    failed++
  const download = Object.keys(opened.topology).length > 0 ? 'layers' : 'a graph, or weights'
  console.log(
    `${basename(path)}: ${apart.toExponential(1)} from Keras${half === undefined ? '' : `, which computes in ${half.params['type']}`}; download: ${download}`,
  )
}

async function arraysIn(path: string): Promise<ReadonlyMap<string, Numbers>> {
  const zip = memoryFile(basename(path), new Uint8Array(readFileSync(path)))
  const arrays = new Map<string, Numbers>()
  for (const file of await readZip(zip, go)) {
    const { shape, values } = await readNpy(file, go)
    arrays.set(basename(file.path, '.npy'), { shape, values: Float32Array.from(values) })
  }
  return arrays
}

async function checkCases(folder: string): Promise<void> {
  for (const { name, inputs, outputs } of recordedKeras(folder))
    for (const kind of ['keras', 'h5'] as const) {
      const path = join(folder, `${name}.${kind}`)
      if (existsSync(path)) await check(path, inputs, outputs)
    }
}

/** Which of the recorded answers a file of tfmot is held against. */
const sections: readonly (readonly [RegExp, string])[] = [
  [/^prune/, 'prune'],
  [/^cluster/, 'cluster'],
]

async function checkModels(folder: string): Promise<void> {
  for (const file of readdirSync(join(folder, 'keras'))) {
    const arrays = await arraysIn(join(folder, `${file.split('.')[0] ?? ''}.expected.npz`))
    const [x, said] = [arrays.get('x'), arrays.get('probabilities')]
    if (x !== undefined && said !== undefined) await check(join(folder, 'keras', file), [x], [said])
  }
  const arrays = await arraysIn(join(folder, 'tfmot/expected.npz'))
  for (const file of readdirSync(join(folder, 'tfmot'))) {
    const key = sections.find(([name]) => name.test(file))?.[1]
    const [x, said] = [arrays.get('x'), arrays.get(key ?? '')]
    if (x !== undefined && said !== undefined) await check(join(folder, 'tfmot', file), [x], [said])
    else if (x !== undefined && file.startsWith('quantize')) await checkQuantized(folder, file, x)
  }
}

/** What the wrappers of quantization round is not computed here: it has to say what the code of tfmot says without. */
async function checkQuantized(folder: string, file: string, x: Numbers): Promise<void> {
  const path = join(folder, 'tfmot', file)
  const { status, stdout } = spawnSync(
    process.env['PYTHON'] ?? 'python3',
    ['-B', 'scripts/writers/tfmot_answers.py', path, join(folder, 'tfmot/expected.npz')],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  if (status !== 0) throw new Error(`tfmot did not open ${file}`)
  const { plain, rounded } = JSON.parse(stdout) as Record<'plain' | 'rounded', number[]>
  const shape = [x.shape[0] ?? 0, plain.length / (x.shape[0] ?? 1)]
  const answers = (values: readonly number[]) => [{ shape, dtype: 'float32', values: [...values] }]
  const apart = distance(answers(plain), answers(rounded))
  console.log(`${file}: the rounding that is left out changes ${apart.toExponential(1)}`)
  await check(path, [x], [{ shape, values: Float32Array.from(plain) }])
}

await startWasmBackend()
const own = options.cases === undefined ? mkdtempSync(join(tmpdir(), 'studio-keras-')) : null
try {
  if (own !== null) {
    const python = process.env['PYTHON'] ?? 'python3'
    const { status } = spawnSync(python, ['-B', 'scripts/writers/keras_cases.py', own], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0) throw new Error(`${python} did not write the models`)
  }
  await checkCases(options.cases ?? own ?? '')
  if (options.models !== undefined) await checkModels(options.models)
  console.log(`${tried} files, ${failed} failed`)
  process.exitCode = failed === 0 && tried > 0 ? 0 : 1
} finally {
  if (own !== null) rmSync(own, { recursive: true })
}
