/**
 * Compares what models of ONNX say here with what the ONNX project's own tests of operators say, and with files that a
 * folder holds. Needs cases that `scripts/writers/onnx_node_cases.py` has written; no test does.
 * Run: `npm run check:onnx -- --cases FOLDER`; `-- --models FOLDER` takes NAME.*.onnx with NAME.expected.npz beside or above
 * them (x with channels last, probabilities), and compares those that onnxruntime has quantized with what it says of them; `-- --nets FOLDER` takes what
 * `scripts/writers/onnx_zoo.py` has written by stock exporters; `-- --list` names every case that fails or is not tried, `-- --passed FILE` writes the names of those that
 * pass.
 */
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import type { StudioErrorData } from '../src/core/errors'
import { readNpy } from '../src/data/arrays/npy'
import { startWasmBackend } from '../src/engine/host/wasm-in-node'
import { Program } from '../src/engine/program/program'
import { memoryFile } from '../src/files/file-bundle'
import { readZip } from '../src/files/zip-archive'
import type { OpenedModel } from '../src/formats/format'
import { openModel } from '../src/formats/importers'
import { numbersIn } from '../testing/files/onnx-tensor'
import { answersOf, distance } from '../testing/engine/distance'
import { answeredByOnnx } from '../testing/engine/onnx-written'

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5
/** Of numbers that are rounded on the way: one of them may be rounded to the code beside. */
const CODES = 1e-2

/** Of these the expected numbers are written with four digits (onnxruntime is as far from them), or thousands are added up, as WebAssembly does one after another. */
const LOOSE: ReadonlySet<string> = new Set([
  'test_averagepool_2d_ceil_last_window_starts_on_pad',
  'test_nllloss_NCd1d2d3d4d5_mean_weight_expanded',
  'test_roialign_aligned_false',
  'test_roialign_aligned_true',
])

const go = (): Promise<void> => Promise.resolve()

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    models: { type: 'string' },
    nets: { type: 'string' },
    list: { type: 'boolean' },
    passed: { type: 'string' },
  },
})

const counts = new Map<string, { passed: number; failed: number; unsupported: number }>()

function count(operator: string, result: 'passed' | 'failed' | 'unsupported', why = ''): void {
  const own = counts.get(operator) ?? { passed: 0, failed: 0, unsupported: 0 }
  own[result]++
  counts.set(operator, own)
  if (why !== '' && (result === 'failed' || options.list === true)) console.log(why)
}

function fileOf(path: string) {
  return memoryFile(basename(path), new Uint8Array(readFileSync(path)))
}

/** Numbers of a case, in order of their places. */
async function numbersOf(folder: string, name: string) {
  const numbers = []
  for (let at = 0; existsSync(join(folder, `${name}_${at}.pb`)); at++)
    numbers.push(await numbersIn(fileOf(join(folder, `${name}_${at}.pb`))))
  return numbers
}

/**
 * Why the graph does not run here; whether the runtime of ONNX does is not asked. An output without a row for each sample is
 * not measured on data, and is computed all the same.
 */
function inTheWay({ obstacles, refillable }: OpenedModel): StudioErrorData | null {
  if (obstacles.run?.code === 'open/no-rows') return null
  return obstacles.run ?? (refillable === undefined ? null : obstacles.train)
}

/** @param isNet of many operators: what nothing here runs is counted, and named with `--list` */
async function checkCase(folder: string, isNet: boolean): Promise<void> {
  const name = basename(folder)
  if (!existsSync(join(folder, 'model.onnx'))) return
  let operator = name
  try {
    const opened = await openModel(
      readdirSync(folder)
        .filter((one) => !one.endsWith('.pb'))
        .map((one) => fileOf(join(folder, one))),
      go,
    )
    if (!isNet)
      operator =
        opened.layers.map(({ className }) => className).find((one) => one !== 'Initializer') ?? name
    const run = inTheWay(opened)
    if (!isNet && opened.layers.length > 1 && run !== null) return
    const inputs = await numbersOf(folder, 'input')
    const outputs = await numbersOf(folder, 'output')
    if (run !== null || [...inputs, ...outputs].includes(null)) {
      count(
        operator,
        'unsupported',
        `${name}: ${run?.code ?? 'type'} ${JSON.stringify(run?.params ?? {})}`,
      )
      return
    }
    const program = new Program(opened)
    const given = inputs.flatMap((one) =>
      one === null ? [] : [tf.tensor([...one.values], [...one.shape], one.dtype)],
    )
    try {
      const found = program.predict(given)
      const wanted = outputs.flatMap((one) => (one === null ? [] : [one]))
      const apart = distance(answersOf(found), wanted)
      tf.dispose(found)
      if (apart <= (LOOSE.has(name) ? 1e-3 : TOLERANCE)) {
        count(operator, 'passed')
        if (options.passed !== undefined && !LOOSE.has(name))
          appendFileSync(options.passed, `${name}\n`)
      } else count(operator, 'failed', `${name}: ${apart}`)
    } finally {
      tf.dispose(given)
      program.dispose()
    }
  } catch (error) {
    const code =
      error instanceof Error && 'code' in error
        ? `${String(error.code)} ${JSON.stringify((error as { params?: object }).params ?? {})}`
        : String(error).slice(0, 300)
    count(operator, 'failed', `${name}: ${code}`)
  }
}

async function checkModels(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.onnx'))) {
    const [model = ''] = name.split('.')
    const place = [folder, join(folder, '..')].find((one) =>
      existsSync(join(one, `${model}.expected.npz`)),
    )
    if (place === undefined) continue
    const arrays = new Map<string, { shape: readonly number[]; values: Float32Array }>()
    for (const file of await readZip(fileOf(join(place, `${model}.expected.npz`)), go)) {
      const { shape, values } = await readNpy(file, go)
      arrays.set(basename(file.path, '.npy'), { shape, values: Float32Array.from(values) })
    }
    const [x, wanted] = [arrays.get('x'), arrays.get('probabilities')]
    if (x === undefined || wanted === undefined) continue
    const opened = await openModel([fileOf(join(folder, name))], go)
    const run = inTheWay(opened)
    if (run !== null) {
      count('models', 'unsupported', `${name}: ${run.code} ${JSON.stringify(run.params)}`)
      continue
    }
    const program = new Program(opened)
    const isFirst = opened.graph.inputs[0]?.shape?.[1] === 1
    const given = tf.tidy(() => {
      const pictures = tf.tensor4d(x.values, x.shape as [number, number, number, number])
      return isFirst ? pictures.transpose([0, 3, 1, 2]) : pictures
    })
    const found = program.predict([given])
    // What was quantized says something else than its original, which is what was written down.
    const isQuantized = name.includes('.ort-')
    const answers = isQuantized
      ? answersOf(await answeredByOnnx(new Uint8Array(readFileSync(join(folder, name))), [given]))
      : [{ shape: wanted.shape, dtype: 'float32', values: [...wanted.values] }]
    const apart = distance(answersOf(found), answers)
    console.log(`${name}: ${apart.toExponential(1)}${isQuantized ? ' from ONNX Runtime' : ''}`)
    count('models', apart <= (isQuantized ? CODES : TOLERANCE) ? 'passed' : 'failed')
    tf.dispose([found, given].flat())
    program.dispose()
  }
}

await startWasmBackend()
if (options.cases !== undefined)
  for (const name of readdirSync(options.cases).toSorted())
    await checkCase(join(options.cases, name), false)
if (options.nets !== undefined)
  for (const name of readdirSync(options.nets).toSorted())
    await checkCase(join(options.nets, name), true)
if (options.models !== undefined) await checkModels(options.models)
let [passed, failed, unsupported] = [0, 0, 0]
for (const [operator, own] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  if (own.passed + own.failed > 0)
    console.log(
      `${operator}: ${own.passed} passed, ${own.failed} failed, ${own.unsupported} unsupported`,
    )
  passed += own.passed
  failed += own.failed
  unsupported += own.unsupported
}
console.log(`${passed} passed, ${failed} failed, ${unsupported} unsupported`)
process.exitCode = failed > 0 ? 1 : 0
