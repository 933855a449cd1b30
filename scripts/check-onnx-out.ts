/**
 * Writes models of all kinds as files of ONNX: every recorded model of Keras, random nets of layers, those that people have,
 * the built-in ones, small transformers, and models that came as ONNX. Each has to be answered by onnxruntime-web as the
 * page answers it (recorded ones as Keras or onnxruntime did), to open again with the same weights and answers, and to pass
 * `onnx.checker` and onnxruntime in Python. What is refused is named. Each is also written in the forms that are computed with codes:
 * what onnxruntime-web says of these, onnxruntime in Python has to say too, within the steps by which its kernels differ.
 * Run: `npm run check:onnx-out`; `PYTHON` says which Python, one with onnx and onnxruntime; `-- --nets 200` how many nets, `--only random-7` which model alone.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { startWasmBackend } from '../src/engine/host/wasm-in-node'
import { Program } from '../src/engine/program/program'
import { memoryFile } from '../src/files/file-bundle'
import type { OpenedModel } from '../src/formats/format'
import type { ExportTensor } from '../src/formats/exporter'
import { refusalOf, writeModel } from '../src/formats/exporters'
import { openModel } from '../src/formats/importers'
import { skeletonOf } from '../src/formats/onnx/export-onnx'
import { isRefused } from '../src/formats/graph-writing/not-writable'
import { graphSkeleton } from '../src/formats/onnx/writing/from-graph/graph-skeleton'
import { isCompressible } from '../src/core/tensor-spec'
import { encode } from '../src/techniques/quantize/quantize'
import { unrunnable } from '../src/graph/unrunnable'
import { answersOf, distance } from '../testing/engine/distance'
import type { Answer } from '../testing/engine/distance'
import { answeredByOnnx, onnxFileOf } from '../testing/engine/onnx-written'
import { writtenStatic } from '../testing/engine/static-written'
import { openNet } from '../testing/engine/open-net'
import { graphBundle } from '../testing/files/graph-files'
import { onnxFiles, onnxNets, recordedNumbers } from '../testing/files/onnx-nets'
import { openedKeras, recordedKeras } from '../testing/files/recorded-keras'
import { maskedInputs, maskedNets } from '../testing/models/masked-nets'
import { randomInputs, randomNet } from '../testing/models/random-nets'
import { sampleBytes } from '../testing/models/sample-files'
import { samples } from '../testing/models/sample-models'
import { loadWithStock } from '../testing/models/stock-model'
import { transformerGraphFiles } from '../testing/models/transformers'
import { wildModels } from '../testing/models/wild-models'

/** As a share of the largest value of an output. */
const TOLERANCE = 1e-5

const go = (): Promise<void> => Promise.resolve()
const { values: options } = parseArgs({
  options: { nets: { type: 'string' }, only: { type: 'string' } },
})

interface Asked {
  readonly name: string
  readonly opened: OpenedModel
  readonly inputs: readonly tf.Tensor[]
  /** What others say; null: what the page says counts. */
  readonly wanted: readonly Answer[] | null
}

const recordings = 'testing/files/keras-cases'

async function* models(): AsyncGenerator<Asked> {
  for (const record of recordedKeras(recordings)) {
    const inputs = record.inputs.map(({ shape, values }) => tf.tensor(values, [...shape]))
    const wanted = record.outputs.map(({ shape, values }) => ({
      ...{ shape, dtype: 'float32' },
      values: [...values],
    }))
    yield { name: `keras-${record.name}`, opened: await openedKeras(record), inputs, wanted }
  }
  for (const name of onnxNets) {
    const opened = await openModel(onnxFiles(name), go)
    const given = await recordedNumbers(name, 'input')
    const inputs = given.map(({ dtype, shape, values }) =>
      tf.tensor([...values], [...shape], dtype),
    )
    yield { name: `onnx-${name}`, opened, inputs, wanted: null }
  }
  for (const [name, build, input] of wildModels) {
    const opened = await openNet(build())
    yield { name: `people-${name}`, opened, inputs: [input()].flat(), wanted: null }
  }
  for (const [name, build] of maskedNets) {
    const net = build()
    const inputs = maskedInputs(net)
    yield { name: `masks-${name}`, opened: await openNet(net), inputs, wanted: null }
  }
  for (const { id } of samples) {
    const bytes = [...sampleBytes(id)]
    const stock = await loadWithStock(
      tf,
      bytes.map(([path, content]) => ({ path, bytes: content })),
    )
    const inputs = randomInputs(stock, 4, 1)
    stock.dispose()
    const opened = await openModel(
      bytes.map(([path, content]) => memoryFile(path, content)),
      go,
    )
    yield { name: `built-in-${id}`, opened, inputs, wanted: null }
  }
  for (const name of ['small-vit', 'small-bert'] as const) {
    const opened = await openModel(graphBundle(transformerGraphFiles(name)), go)
    const inputs = opened.graph.inputs.map(({ dtype, shape }) => {
      const sides = (shape ?? []).map((side) => side ?? 2)
      return dtype === 'int32'
        ? tf.randomUniform(sides, 1, 20, 'int32', 3)
        : tf.randomUniform(sides, 0, 1, 'float32', 3)
    })
    yield { name: `graph-${name}`, opened, inputs, wanted: null }
  }
  for (let seed = 0; seed < Number(options.nets ?? 200); seed++) {
    const net = randomNet(seed)
    const inputs = randomInputs(net, 2, seed)
    yield { name: `random-${seed}`, opened: await openNet(net), inputs, wanted: null }
  }
}

/** How far kernels for whole numbers are from what nodes say one by one, which a step on the way can turn: as above. */
const toleranceOf = { static8: 0.15, dynamic8: 0.1, nBits: TOLERANCE } as const
type Form = keyof typeof toleranceOf
const isForm = (name: string): name is Form => Object.hasOwn(toleranceOf, name)

interface FileOfForm {
  readonly form: Form
  readonly bytes: Uint8Array
  /** What the code of its card tells the runtime; null: nothing. */
  readonly exact: string | null
}

/** A model in the forms that it has, with weights of 8 bits where a form reads codes. */
async function formsOf({ opened }: Asked, inputs: readonly tf.Tensor[]) {
  const written: FileOfForm[] = []
  const tensors = opened.weights.map((weight): ExportTensor => {
    const { spec, values } = weight
    if (!isCompressible(spec) || !(values instanceof Float32Array)) return weight
    return encode(spec, values, null, eightBits).tensor
  })
  for (const form of ['static8', 'dynamic8', 'nBits'] as const) {
    const target = { container: 'onnx', precision: form } as const
    const own = form === 'nBits' ? tensors : opened.weights
    if (skeletonOf(opened) === null || refusalOf(opened, own, target) !== null) continue
    const settings = { range: 'minMax', signed: false } as const
    const { files, usage } =
      form === 'static8'
        ? await writtenStatic(opened, own, inputs, settings)
        : await writeModel(opened, own, target, go)
    const exact = /'(?<entry>session\.[a-z_]+)'/.exec(usage.code)?.groups?.['entry'] ?? null
    written.push({ form, bytes: files[0]?.bytes ?? new Uint8Array(0), exact })
  }
  return written
}

const eightBits = {
  ...({ action: 'quantize', bits: 8, granularity: 'perChannel', groupSize: 32 } as const),
  ...({ scheme: 'affine', symmetry: 'symmetric' } as const),
}

/** As of the runtime's sigmoid, which is that far from its value, of which nothing may be left. */
const LEAST = 1e-7

function apart(found: readonly Answer[], wanted: readonly Answer[]): number {
  const near = found.every(({ values }, at) =>
    values.every((value, place) => Math.abs(value - (wanted[at]?.values[place] ?? NaN)) <= LEAST),
  )
  return near && found.length === wanted.length ? 0 : distance(found, wanted)
}

function predicted(model: OpenedModel, inputs: readonly tf.Tensor[]): Answer[] {
  const program = new Program(model)
  const outputs = program.predict([...inputs])
  const answers = answersOf(outputs)
  tf.dispose(outputs)
  program.dispose()
  return answers
}

/** @returns what is wrong with it */
async function opensAgain(file: Uint8Array, asked: Asked, wanted: readonly Answer[]) {
  const again = await openModel([memoryFile('model.onnx', file)], go)
  const real = asked.opened.weights.filter(({ spec }) => spec.dtype === 'float32')
  const names = (model: Pick<OpenedModel, 'weights'>): string =>
    JSON.stringify(model.weights.map(({ spec }) => [spec.name, spec.shape]))
  if (names(again) !== names({ weights: real })) return 'other weights'
  const isSame = real.every(({ values }, at) => {
    const found = again.weights[at]?.values
    return found?.every((value, place) => Object.is(value, values[place])) === true
  })
  if (!isSame) return 'other numbers'
  const [strange] = unrunnable(again.graph)
  if (strange !== undefined) return `opens with ${strange.layer}, which nothing here computes`
  const far = apart(predicted(again, asked.inputs), wanted)
  return far <= TOLERANCE ? null : `opened again ${far}`
}

await startWasmBackend()
const folder = mkdtempSync(join(tmpdir(), 'studio-onnx-'))
let [written, inForms, failed] = [0, 0, 0]
const fail = (name: string, why: string): void => {
  failed++
  console.log(`${name}: ${why}`)
}

for await (const asked of models()) {
  const { inputs, opened, wanted } = asked
  const name = asked.name.replaceAll(/[^\w.-]+/g, '-')
  if (options.only !== undefined && name !== options.only) continue
  const ports = opened.format === 'onnx' ? ('values' as const) : ('layers' as const)
  if (unrunnable(opened.graph).length > 0) {
    console.log(`${name}: has no graph that runs here`)
    continue
  }
  const specs = opened.weights.map(({ spec }) => spec)
  const refusal = graphSkeleton(opened.graph, specs, { ports })
  if (isRefused(refusal)) {
    console.log(`${name}: refused at ${refusal.layer}, ${refusal.refused}`)
    continue
  }
  const file = onnxFileOf(opened, { ports })
  const own = predicted(opened, inputs)
  written++
  try {
    const found = await answeredByOnnx(file, inputs)
    const answers = answersOf(found)
    tf.dispose(found)
    const far = apart(answers, wanted ?? own)
    if (far > TOLERANCE) fail(name, `onnxruntime-web ${far}`)
    const wrong = await opensAgain(file, asked, own)
    if (wrong !== null) fail(name, wrong)
  } catch (error) {
    fail(name, String(error).slice(0, 300))
  }
  writeFileSync(join(folder, `${name}.onnx`), file)
  const given = answersOf(inputs).map((input, at) => ({
    ...input,
    dtype: opened.graph.inputs[at]?.dtype ?? input.dtype,
  }))
  const told = { inputs: given, outputs: wanted ?? own }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(told))
  try {
    // A file of one sample takes one.
    const isOfOne = opened.notes.some(({ code }) => code === 'note/any-batch')
    const own = isOfOne ? inputs.map((input) => input.slice(0, 1)) : inputs
    const typed = answersOf(own).map((input, at) => {
      const { value = '', dtype } = opened.graph.inputs[at] ?? {}
      return { ...input, dtype: opened.portTypes?.get(value) ?? dtype ?? input.dtype }
    })
    for (const { bytes, exact, form } of await formsOf(asked, own)) {
      const found = await answeredByOnnx(Uint8Array.from(bytes), own)
      const outputs = answersOf(found)
      tf.dispose(found)
      writeFileSync(join(folder, `${name}.${form}.onnx`), bytes)
      writeFileSync(
        join(folder, `${name}.${form}.json`),
        JSON.stringify({ inputs: typed, outputs, exact }),
      )
      inForms++
    }
  } catch (error) {
    fail(name, String(error).slice(0, 300))
  }
  tf.dispose([...inputs])
}

function allowedFor(name: string): number {
  const form = name.slice(name.lastIndexOf('.') + 1)
  return isForm(form) ? toleranceOf[form] : TOLERANCE
}

const python = process.env['PYTHON'] ?? 'python3'
const { status, stdout, stderr } = spawnSync(
  python,
  ['-B', 'scripts/writers/check_onnx.py', folder],
  { encoding: 'utf8', maxBuffer: 2 ** 26 },
)
if (status !== 0) fail('Python', stderr.slice(-500))
let passed = 0
for (const line of stdout.trim().split('\n')) {
  const { error, fused, name, plain } = JSON.parse(line) as {
    readonly name: string
    readonly plain?: number
    readonly fused?: number
    readonly error?: string
  }
  if (error !== undefined) fail(name, `Python: ${error}`)
  else if (Math.max(plain ?? 1, fused ?? 1) > allowedFor(name))
    fail(name, `Python: ${plain} plain, ${fused} fused`)
  else passed++
}
rmSync(folder, { recursive: true })
console.log(
  `${written} written, ${inForms} more with codes, ${passed} right in Python, ${failed} wrong`,
)
process.exitCode = failed === 0 ? 0 : 1
