/**
 * Downloads models in every form that is offered for them and runs the code of each README.md as it stands, where the files lie:
 * JavaScript in Node with stock TensorFlow.js and onnxruntime-web, Python with Keras, tf-keras, onnxruntime and PyTorch. What the
 * opened model says has to be what the same file says here, and of weights alone the numbers have to be the same.
 * Run: `npm run check:snippets`; `PYTHON`, `ONNX_PYTHON` and `TORCH_PYTHON` say which Pythons: with Keras and tf-keras, with onnxruntime,
 * and with torch and safetensors; `-- --record` writes docs/snippets.md.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { unzipSync } from 'fflate'
import { isKerasContainer } from '../src/core/model-summary'
import type { ExportTarget } from '../src/core/model-summary'
import { createEngine } from '../src/engine/engine'
import { Program } from '../src/engine/program/program'
import { memoryFile } from '../src/files/file-bundle'
import type { OpenedModel, OpenedWeight } from '../src/formats/format'
import { openModel } from '../src/formats/importers'
import { drain } from '../src/protocol/drain'
import { answeredByOnnx } from '../testing/engine/onnx-written'
import { safetensorsBytes } from '../testing/files/safetensors-files'
import { smallEnvironment } from '../testing/engine/small-environment'
import { sampleFiles } from '../testing/models/sample-files'
import { recipeWith } from '../testing/studio/recipe-with'
import { writeSnippetsPage } from './snippets/snippets-page'
import type { CheckedSnippet } from './snippets/snippets-page'

const { values: options } = parseArgs({ options: { record: { type: 'boolean' } } })
const go = (): Promise<void> => Promise.resolve()

/** onnxruntime in Python sums codes in other kernels than pages do, where a step on the way can turn. */
const OF_CODES = 0.1
const TOLERANCE = 1e-5

type Files = ReadonlyMap<string, Uint8Array>

type Said = readonly number[]

const root = mkdtempSync(join(tmpdir(), 'studio-snippets-'))
symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
const engine = createEngine(smallEnvironment())
await engine.start({ forced: 'wasm', exclude: [] })
const rows: CheckedSnippet[] = []
const recipe = recipeWith({
  quantize: { bits: 8, granularity: 'perChannel', symmetry: 'symmetric' },
})
/** A whole model of Keras in code, for weights alone. */
let layers = ''
async function downloaded(target: ExportTarget): Promise<Files> {
  const { zip } = await drain(engine.recipe.export({ recipe, target }), () => undefined)
  return new Map(Object.entries(unzipSync(new Uint8Array(await zip.arrayBuffer()))))
}

/** What the files say here. */
async function saidHere(files: Files, input: tf.Tensor): Promise<Said> {
  const onnx = files.get('model.onnx')
  if (onnx !== undefined) {
    const [found] = await answeredByOnnx(Uint8Array.from(onnx), [input])
    return [...(found?.dataSync() ?? [])]
  }
  const opened = await openedFrom(files)
  const program = new Program(opened)
  const [found] = program.predict([input])
  const said = [...(found?.dataSync() ?? [])]
  program.dispose()
  return said
}

function isReal({ spec: { dtype } }: OpenedWeight): boolean {
  return dtype === 'float32'
}

/** Of weights end to end, counts of batches and the like left out. */
function numbersOf(weights: readonly OpenedWeight[]): Said {
  return weights.filter(isReal).flatMap(({ values }) => [...values])
}

function apart(found: readonly number[], wanted: readonly number[]): number {
  if (found.length !== wanted.length) return Infinity
  // Of weights there are more than a call takes.
  const most = (values: readonly number[]): number =>
    values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  return most(found.map((value, at) => value - (wanted[at] ?? NaN))) / most(wanted)
}

interface Snippet {
  readonly code: string
  readonly language: string
}

function snippetsIn(readme: string): Snippet[] {
  return [...readme.matchAll(/```(js|python)\n([^]+?)\n```/g)].map(
    ([, language = '', code = '']) => ({ language, code }),
  )
}

function runJs(folder: string, { code }: Snippet): readonly (readonly number[])[] {
  const usesTf = code.includes('tf.') ? "import * as tf from '@tensorflow/tfjs'\n" : ''
  const [, name = ''] = /^const (model|session|weights) = /m.exec(code) ?? []
  writeFileSync(join(folder, 'snippet.mjs'), `${usesTf}${code}\nexport { ${name} }\n`)
  writeFileSync(join(folder, 'run.mjs'), readFileSync('scripts/snippets/run-snippet.mjs.txt'))
  return printed(process.execPath, ['run.mjs'], folder)
}

function printed(program: string, given: readonly string[], folder: string) {
  const { status, stderr, stdout } = spawnSync(program, given, {
    ...{ cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 },
  })
  if (status !== 0) throw new Error(/^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.slice(-200))
  const lines = stdout.trim().split('\n')
  return JSON.parse(lines[lines.length - 1] ?? 'null') as readonly (readonly number[])[]
}

function pythonFor(code: string): string {
  if (code.includes('safetensors')) return process.env['TORCH_PYTHON'] ?? 'python3'
  if (code.includes('onnxruntime')) return process.env['ONNX_PYTHON'] ?? 'python3'
  return process.env['PYTHON'] ?? 'python3'
}

/** A module of PyTorch with rooms for weights, as somebody has it in code. */
function moduleFor(weights: readonly OpenedWeight[]): string {
  const rooms = weights.map(({ spec: { name, shape } }) => [name, shape])
  return `import json, torch
model = torch.nn.Module()
for name, shape in json.loads(${JSON.stringify(JSON.stringify(rooms))}):
    *path, own = name.split('.')
    at = model
    for part in path:
        at = at._modules.setdefault(part, torch.nn.Module())
    at._parameters[own] = torch.nn.Parameter(torch.zeros(shape))`
}

function openedFrom(files: Files): Promise<OpenedModel> {
  return openModel(
    [...files].map(([path, bytes]) => memoryFile(path, Uint8Array.from(bytes))),
    go,
  )
}

/** @param input null: it has weights alone */
async function check(model: string, target: ExportTarget, input: tf.Tensor | null): Promise<Files> {
  const { container, precision } = target
  const files = await downloaded(target)
  const folder = join(root, `${rows.length}-${model}-${container}-${precision}`)
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
  const inputs = input === null ? [] : [{ shape: input.shape, values: [...input.dataSync()] }]
  const weights = input === null ? (await openedFrom(files)).weights : []
  const readme = new TextDecoder().decode(files.get('README.md'))
  const isAlone = container === 'kerasWeights'
  const said = input === null ? numbersOf(weights) : await saidHere(files, input)
  const wanted = (isAlone ? saidAs.get(precision) : null) ?? said
  if (isKerasContainer(container)) saidAs.set(precision, wanted)
  for (const snippet of snippetsIn(readme)) {
    const { code, language } = snippet
    const row = { model, container, precision }
    const by = language === 'js' ? 'Node' : `Python, ${libraryOf(code)}`
    const before = isAlone ? layers : code.includes('load_state_dict') ? moduleFor(weights) : ''
    const names = weights.filter(isReal).map(({ spec }) => spec.name)
    const about = { inputs, code, before, names }
    writeFileSync(join(folder, 'about.json'), JSON.stringify(about))
    try {
      const [found = []] =
        language === 'js'
          ? runJs(folder, snippet)
          : printed(
              pythonFor(code),
              ['-B', resolve('scripts/snippets/run_snippet.py'), 'about.json'],
              folder,
            )
      rows.push({ ...row, by, apart: apart(found, wanted), told: '' })
    } catch (error) {
      rows.push({ ...row, by, apart: null, told: String(error).slice(0, 200) })
    }
    console.log(JSON.stringify(rows.at(-1)))
  }
  if (isKerasContainer(container) && !isAlone && precision === 'exact') {
    const { code = '' } = snippetsIn(readme)[0] ?? {}
    const [, path = ''] = /load_model\('(.+?)'/.exec(code) ?? []
    layers = `${code.replace(path, join('..', basename(folder), path))}
for layer in model.layers:
    layer.set_weights([0 * one for one in layer.get_weights()])`
  }
  return files
}

/** By the last file of Keras with layers, whose weights the same without are. */
const saidAs = new Map<string, Said>()

function libraryOf(code: string): string {
  return /^(?:import|from) (\w+)/m.exec(code)?.[1] ?? 'Keras'
}

async function checkAll(name: string, files: readonly File[]): Promise<Map<string, Files>> {
  const { targets } = await drain(engine.model.open({ files }), () => undefined)
  await drain(engine.data.attach({ datasetId: 'mnist', settings: null }), () => undefined)
  const opened = await openModel(
    await Promise.all(
      files.map(async (file) => memoryFile(file.name, new Uint8Array(await file.arrayBuffer()))),
    ),
    go,
  )
  const sides = (opened.graph.inputs[0]?.shape ?? []).map((side) => side ?? 2)
  // Of little contrast, so that classes are near to each other.
  const input = tf.randomUniform(sides, 0, 0.3, 'float32', 7)
  const made = new Map<string, Files>()
  for (const target of targets) {
    const written = await check(name, target, input)
    made.set(`${target.container} ${target.precision}`, written)
  }
  input.dispose()
  return made
}

function dropped(files: Files | undefined, pattern: RegExp): File[] {
  return [...(files ?? [])].flatMap(([path, bytes]) =>
    pattern.test(path) ? [new File([Uint8Array.from(bytes)], path)] : [],
  )
}

async function checkWeights(name: string, files: readonly File[]): Promise<void> {
  const { targets } = await drain(engine.model.open({ files }), () => undefined)
  for (const target of targets) await check(name, target, null)
}

/** The numbers of a sample without its layers, as somebody has them who trained with PyTorch, and as an old manifest. */
async function weightsAlone(): Promise<{ readonly torch: File; readonly manifest: File[] }> {
  const files = sampleFiles('lenet-5')
  const bytes = await Promise.all(
    files.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const),
  )
  const { weights } = await openedFrom(new Map(bytes))
  const tensors = weights.map(({ spec, values }) => {
    const { buffer, byteLength, byteOffset } = values
    const own = new Uint8Array(buffer, byteOffset, byteLength)
    return [
      spec.name.replaceAll('/', '.'),
      { dtype: 'F32', shape: spec.shape, bytes: own },
    ] as const
  })
  const held = safetensorsBytes(Object.fromEntries(tensors))
  const json = bytes.find(([path]) => path.endsWith('.json'))?.[1]
  const { weightsManifest } = JSON.parse(new TextDecoder().decode(json)) as {
    readonly weightsManifest: object
  }
  return {
    torch: new File([Uint8Array.from(held)], 'net.safetensors'),
    manifest: [
      new File([JSON.stringify(weightsManifest)], 'net-weights_manifest.json'),
      ...files.filter((file) => !file.name.endsWith('.json')),
    ],
  }
}

const layersModel = await checkAll('layers', sampleFiles('lenet-5'))
await checkAll('graph', dropped(layersModel.get('tfjs packed'), /^model\.json$|\.bin$/))
await checkAll('onnx', dropped(layersModel.get('onnx exact'), /\.onnx$/))
await checkAll('keras', dropped(layersModel.get('keras exact'), /\.keras$/))
const { manifest, torch } = await weightsAlone()
await checkWeights('weights, safetensors', [torch])
const checkpoint = 'testing/models/weights/checkpoint.pth'
await checkWeights('weights, PyTorch', [new File([readFileSync(checkpoint)], 'net.pth')])
await checkWeights('weights, TF.js', manifest)
await engine.model.close()
rmSync(root, { recursive: true })
const wrong = rows.filter(
  ({ apart: far, precision }) =>
    !(far !== null && far <= (/8$/.test(precision) ? OF_CODES : TOLERANCE)),
)
for (const row of wrong) console.log('wrong:', JSON.stringify(row))
if (options.record === true) writeSnippetsPage('docs/snippets.md', rows)
console.log(`${rows.length - wrong.length} right, ${wrong.length} wrong`)
process.exit(wrong.length === 0 ? 0 : 1)
