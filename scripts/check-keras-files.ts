/**
 * Writes models as files of Keras, has Keras 3 and tf-keras open each by the code that the page shows, and compares what
 * they say to made-up inputs with what the model says here. Needs a Python with Keras, tf-keras and h5py
 * (`scripts/writers/requirements.txt`); no test does.
 * Run: `npm run check:keras-files`; `PYTHON` says which Python, `-- FILE...` takes other files than those of
 * testing/models/keras and public/models.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { isKerasContainer } from '../src/core/model-summary'
import { createRandom } from '../src/core/random'
import { startWasmBackend } from '../src/engine/host/wasm-in-node'
import { Program } from '../src/engine/program/program'
import { memoryFile } from '../src/files/file-bundle'
import { editModel } from '../src/formats/edit-model'
import type { ExportTensor } from '../src/formats/exporter'
import { refusalOf, storedForms, targetsOf, writeModel } from '../src/formats/exporters'
import { withValues } from '../src/formats/format'
import type { OpenedModel } from '../src/formats/format'
import { openModel } from '../src/formats/importers'
import { foldConstants } from '../src/graph/fold-constants'
import type { GraphInput } from '../src/graph/graph'
import { shapesOf } from '../src/graph/shapes-of'
import { channelEdits } from '../src/structure/channel-edits'
import { mapChannels } from '../src/structure/channel-map'
import { createPipeline } from '../src/techniques/pipeline'
import { pruneMeta } from '../src/techniques/prune/prune.meta'
import { quantizeMeta } from '../src/techniques/quantize/quantize.meta'
import { parseRecipe } from '../src/techniques/recipe'

const go = (): Promise<void> => Promise.resolve()

const { positionals } = parseArgs({ allowPositionals: true })

interface Variant {
  readonly name: string
  readonly model: OpenedModel
  readonly tensors: readonly ExportTensor[]
}

/** The model as it came, as training leaves it, pruned and quantized, and with every second channel gone. */
async function variantsOf(model: OpenedModel): Promise<readonly Variant[]> {
  const as = (name: string, of: OpenedModel, tensors: readonly ExportTensor[]): Variant => ({
    ...{ name, model: of, tensors },
  })
  const whole = as('as it came', model, model.weights)
  if (model.obstacles.run !== null) return [whole]
  const random = createRandom(7)
  const trained = model.weights.map((weight) =>
    weight.values instanceof Float32Array
      ? withValues(
          weight,
          weight.values.map((value) => value * (1 + 0.1 * random.uniform())),
        )
      : weight,
  )
  const small = pruned(model)
  const graph = foldConstants(model.graph)
  const map = mapChannels(graph, shapesOf(graph))
  const removed = map.groups.flatMap(({ channels, fixed }) =>
    fixed === null ? channels.filter((_, at) => at % 2 === 1) : [],
  )
  const cut =
    model.obstacles.cut === null && removed.length > 0
      ? await editModel(model, channelEdits(graph, map, new Set(removed)), go)
      : null
  return [
    whole,
    as('trained', { ...model, weights: trained }, trained),
    as('pruned, 4 bits by channels', model, small),
    ...(cut === null ? [] : [as('cut', cut, cut.weights)]),
  ]
}

function pruned(model: OpenedModel): readonly ExportTensor[] {
  const steps = [
    { technique: 'prune', enabled: true, config: pruneMeta.defaultConfig },
    {
      ...{ technique: 'quantize', enabled: true },
      config: {
        ...quantizeMeta.defaultConfig,
        ...{ bits: 4, scheme: 'affine', granularity: 'perChannel' },
      },
    },
  ]
  const weights = model.weights.flatMap(({ spec, values }) =>
    values instanceof Float32Array ? [{ spec, values }] : [],
  )
  const { tensors } = createPipeline(weights).runAll(parseRecipe({ version: 1, seed: 1, steps }))
  const made = new Map(tensors.map(({ encoded, spec }) => [spec.name, encoded]))
  return model.weights.map((weight) => made.get(weight.spec.name) ?? weight)
}

interface Numbers {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly values: readonly number[]
}

function inputsOf({ graph }: OpenedModel): Numbers[] {
  const random = createRandom(3)
  return graph.inputs.map(({ dtype, shape }: GraphInput) => {
    const sides = (shape ?? []).map((side, at) =>
      at === 0 ? 3 : typeof side === 'number' ? side : 7,
    )
    const count = sides.reduce((all, side) => all * side, 1)
    const draw = dtype === 'int32' ? () => random.below(4) : () => random.normal()
    return { shape: sides, dtype, values: Array.from({ length: count }, draw) }
  })
}

/** What a model says with the weights that a file restores. */
function said({ model, tensors }: Variant, target: Parameters<typeof storedForms>[2]) {
  const forms = storedForms(model, tensors, target)
  const weights = model.weights.map((weight, at) => {
    const values = forms[at]?.restored()
    return values instanceof Float32Array ? withValues(weight, values) : weight
  })
  const program = new Program({ graph: model.graph, weights })
  const inputs = inputsOf(model)
  const given = inputs.map(({ dtype, shape, values }) =>
    tf.tensor([...values], [...shape], dtype === 'int32' ? 'int32' : 'float32'),
  )
  const found = program.predict(given)
  const outputs = found.map((tensor) => ({ shape: tensor.shape, values: [...tensor.dataSync()] }))
  tf.dispose([given, found])
  program.dispose()
  return { inputs, outputs }
}

async function opened(path: string): Promise<OpenedModel> {
  const names = path.endsWith('/') ? readdirSync(path) : [basename(path)]
  const folder = path.endsWith('/') ? path : join(path, '..')
  return openModel(
    names.map((name) => memoryFile(name, new Uint8Array(readFileSync(join(folder, name))))),
    go,
  )
}

function ownFiles(): string[] {
  const keras = readdirSync('testing/models/keras').filter((name) => /\.(?:h5|keras)$/.test(name))
  const layers = readdirSync('public/models').filter((name) => !name.includes('.'))
  return [
    ...keras.map((name) => `testing/models/keras/${name}`),
    ...layers.map((name) => `public/models/${name}/`),
  ]
}

await startWasmBackend()
const root = mkdtempSync(join(tmpdir(), 'studio-keras-'))
let refused = 0
let written = 0
try {
  for (const path of positionals.length > 0 ? positionals : ownFiles()) {
    const model = await opened(path)
    for (const variant of await variantsOf(model))
      for (const target of targetsOf(model).filter(({ container }) =>
        isKerasContainer(container),
      )) {
        // Rounded alike, whatever came before.
        if (target.precision !== 'exact' && variant.name !== 'as it came') continue
        const name = `${basename(path)}: ${variant.name}, ${target.container}, ${target.precision}`
        const refusal = refusalOf(variant.model, variant.tensors, target)
        if (refusal !== null) {
          refused++
          console.log(`${name}: refused, ${JSON.stringify(refusal.params)}`)
          continue
        }
        const { files, usage } = await writeModel(variant.model, variant.tensors, target, go)
        const folder = join(root, String(written++).padStart(4, '0'))
        mkdirSync(folder)
        for (const file of files) writeFileSync(join(folder, file.path), file.bytes)
        const answers = model.obstacles.run === null ? said(variant, target) : null
        const about = { name, code: usage.code, container: target.container, ...answers }
        writeFileSync(join(folder, 'about.json'), JSON.stringify(about))
      }
  }
  console.log(`${written} files written, ${refused} refused`)
  const python = process.env['PYTHON'] ?? 'python3'
  const { status } = spawnSync(python, ['-B', 'scripts/writers/read_keras_files.py', root], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.exitCode = status === 0 && written > 0 ? 0 : 1
} finally {
  rmSync(root, { recursive: true })
}
