/**
 * Writes every source with every setting as everything that it can be written as, and has the runtime that people use prove
 * each file, or says why there is none: `testing/matrix`. Real Keras and safetensors are asked in Python.
 * Run: `npm run check:matrix`; `PYTHON` says which Python, one with keras, tf_keras, h5py and safetensors
 * (`scripts/writers/requirements.txt`; with PyTorch the code on the page is run as well). `-- --record` writes docs/matrix.md, `-- FILE...` tries other files,
 * `-- --without-python` leaves out what Node does not run.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { version as tfjs } from '@tensorflow/tfjs'
import { format } from 'oxfmt'
import { startWasmBackend, readKernelModule } from '../src/engine/host/wasm-in-node'
import { distance } from '../testing/engine/distance'
import { installTrainingKernels } from '../testing/engine/install-training-kernels'
import { compared, faultsOf } from '../testing/matrix/cell'
import { matrix } from '../testing/matrix/matrix'
import type { Cell, Proven } from '../testing/matrix/matrix'
import { sourceAt, sources } from '../testing/matrix/sources'
import { WaitingCells, readerOf } from './matrix/ask-python'
import type { PythonTold } from './matrix/ask-python'
import { matrixPage } from './matrix/matrix-page'
import type { Found } from './matrix/matrix-page'

const page = 'docs/matrix.md'

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { record: { type: 'boolean' }, 'without-python': { type: 'boolean' } },
})

await startWasmBackend()
await installTrainingKernels(readKernelModule())

const waiting = { keras: new WaitingCells('keras'), weights: new WaitingCells('weights') }
const cells: Cell[] = []
const asked = positionals.length > 0 ? positionals.map(sourceAt) : sources
for await (const cell of matrix(asked)) {
  const { outcome, setting, source, target } = cell
  const reader = target === null || outcome.kind === 'refused' ? null : readerOf(target.container)
  if (reader !== null && options['without-python'] === true) continue
  cells.push(cell)
  if (reader !== null && target !== null && outcome.kind === 'proven')
    waiting[reader].add(outcome.written, target.container, `${source}, ${setting}`)
  if (cells.length % 50 === 0) console.log(`${cells.length} cells`)
}
const told = new Map([...waiting.keras.ask(), ...waiting.weights.ask()])
const found = cells.map((cell) => foundOf(cell))
const wrong = found.flatMap(({ cell: { outcome, setting, source, target } }) =>
  outcome.kind === 'refused' || outcome.result.faults.length === 0
    ? []
    : [
        `${source}, ${setting}, ${target?.container} ${target?.precision}: ${outcome.result.faults.slice(0, 3).join('; ')}`,
      ],
)
for (const line of wrong) console.log(line)
const refused = cells.filter(({ outcome }) => outcome.kind === 'refused').length
console.log(
  `${cells.length} cells: ${cells.length - refused - wrong.length} right, ${refused} refused, ${wrong.length} wrong`,
)
if (options.record === true && wrong.length === 0) {
  const runtimes = [...told.values()].flatMap((one) => one.told?.runtime ?? [])
  const versions = [...new Set(runtimes)].map(
    (name) => name.split(/ (?=[\d.]+$)/) as [string, string],
  )
  const facts = {
    Node: process.versions.node,
    'TensorFlow.js': tfjs.tfjs,
    'onnxruntime-web': versionOf('node_modules/onnxruntime-web'),
    ...Object.fromEntries(versions),
  }
  writeFileSync(page, (await format(page, matrixPage(found, facts, new Date()))).code)
}
process.exitCode = wrong.length === 0 && cells.length >= 60 ? 0 : 1

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version
}

/** A cell with what Python has said of it. */
function foundOf(cell: Cell): Found {
  const { outcome } = cell
  const answer = outcome.kind === 'proven' ? told.get(outcome.written) : undefined
  if (answer === undefined || outcome.kind === 'refused') return { cell, other: null }
  outcome.result = { ...outcome.result, ...judged(outcome, answer) }
  const { other } = answer
  const wanted = outcome.written.outputs ?? []
  return {
    cell,
    other: other && {
      runtime: other.runtime,
      difference: distance(other.outputs ?? [], wanted),
    },
  }
}

function judged({ result, written }: Proven, { error, told: said }: PythonTold) {
  if (said === null) return { faults: [...result.faults, error ?? ''] }
  return {
    ...compared(written, said),
    faults: [...result.faults, ...faultsOf(written, said)],
  }
}
