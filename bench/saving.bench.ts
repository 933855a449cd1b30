/**
 * A VGG16 with random weights (138 million, 553 MB), opened from files, pruned and quantized to 8 bits, saved on WASM
 * in Node: the most memory that each phase takes over the open model, its seconds, and what `model.save` of stock
 * TensorFlow.js takes for the same float32 model. Appends a line for each to docs/saving.md.
 * Run: `npm run bench:saving`, or with the precisions that are wanted: `npm run bench:saving -- exact float32`.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, openAsBlob, readFileSync, readdirSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import type { Precision } from '../src/core/model-summary.ts'
import { createEngine } from '../src/engine/engine.ts'
import { nodeEnvironment } from '../src/engine/host/node-environment.ts'
import { startWasmBackend } from '../src/engine/host/wasm-in-node.ts'
import { drain } from '../src/protocol/drain.ts'
import { loadWithStock } from '../testing/models/stock-model.ts'
import { recipeWith } from '../testing/studio/recipe-with.ts'
import { emit, round } from './emit.ts'
import { MemoryPeak } from './memory-peak.ts'
import { writeVgg16 } from './vgg16-model.ts'

const SEED = 16
const page = new URL('../docs/saving.md', import.meta.url)
const all = ['exact', 'float32', 'float16'] as const

interface Figures {
  readonly name: string
  readonly seconds: number
  /** Megabytes (10^6 bytes) over what the process took with the model open. */
  readonly overMB: number
  readonly [more: string]: unknown
}

const [task = '', given = ''] = process.argv.slice(2)
if (task === '--save') print(await save(given, process.argv[4] as Precision))
else if (task === '--stock') print([await saveWithStock(given)])
else main(all.filter((one) => process.argv.length < 3 || process.argv.includes(one)))

function main(precisions: readonly Precision[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'vgg16-'))
  try {
    writeVgg16(folder, SEED)
    const [stock] = inChild('--stock', folder)
    const lines = precisions.flatMap((precision) => {
      const phases = inChild('--save', folder, precision)
      const most = Math.max(...phases.map(({ overMB }) => overMB))
      const waited = phases.filter(({ name }) => name !== 'measuring')
      const seconds = waited.reduce((sum, phase) => sum + phase.seconds, 0)
      const ratio = round(seconds / (stock?.seconds ?? NaN))
      emit('saving', {
        precision,
        mostOverMB: most,
        seconds: round(seconds),
        timesStockSave: ratio,
      })
      const texts = phases.map(({ name, seconds: s, overMB }) => `${name} ${s} s, +${overMB} MB`)
      return `${precision}: at most +${most} MB over the open model (${texts.join('; ')}); without measuring ${ratio} times stock \`model.save\``
    })
    record([
      ...lines,
      `stock \`model.save\` of the float32 model into memory: ${stock?.seconds} s, +${stock?.overMB} MB`,
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function record(lines: readonly string[]): void {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
  const today = new Date().toISOString().slice(0, 10)
  const [cpu] = cpus()
  const head = `- ${today}, ${commit.stdout.trim()}, Node ${process.version}, ${cpus().length} × ${cpu?.model.trim()}, load ${loadavg().map(Math.round).join(', ')}`
  appendFileSync(page, `${head}\n${lines.map((line) => `  - ${line}\n`).join('')}`)
}

/** A process of its own for each, since WebAssembly's memory never shrinks. */
function inChild(...parameters: readonly string[]): readonly Figures[] {
  const tsx = fileURLToPath(new URL('../node_modules/tsx/dist/cli.mjs', import.meta.url))
  const { status, stdout } = spawnSync(
    process.execPath,
    [tsx, '--expose-gc', fileURLToPath(import.meta.url), ...parameters],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      // The C library keeps what is freed in smaller pieces, which would count as held.
      env: { ...process.env, MALLOC_MMAP_THRESHOLD_: '1000000' },
    },
  )
  if (status !== 0) throw new Error(`${parameters.join(' ')} ended with ${status}`)
  const figures = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"name"'))
    .map((line) => JSON.parse(line) as Figures)
  for (const { name, ...rest } of figures) emit(`${parameters.slice(2).join(' ')} ${name}`, rest)
  return figures
}

function print(figures: readonly Figures[]): void {
  for (const line of figures) console.log(JSON.stringify(line))
}

/** The phases of one download. Measuring is left once both models have been shown samples. */
async function save(folder: string, precision: Precision): Promise<Figures[]> {
  const peak = new MemoryPeak()
  const engine = createEngine(nodeEnvironment({ beat: peak.sample }))
  await engine.start({ forced: 'wasm', exclude: [] })
  await drain(engine.model.open({ files: await filesIn(folder) }), () => undefined)
  const open = peak.settled()
  const figures: Figures[] = []
  peak.take()
  let [phase, since, measuringWouldTake] = ['encoding', performance.now(), 0]
  const end = (): void => {
    const most = peak.take()
    figures.push({
      name: phase,
      seconds: round((performance.now() - since) / 1000),
      overMB: Math.round((most.rss - open.rss) / 1e6),
      overWasmMB: Math.round((most.wasm - open.wasm) / 1e6),
      overScriptMB: Math.round((most.script - most.wasm - (open.script - open.wasm)) / 1e6),
    })
    since = performance.now()
  }
  const recipe = recipeWith({ prune: { value: 0.5 }, quantize: { bits: 8 } })
  const target = { container: 'tfjs', precision } as const
  const result = await drain(engine.recipe.export({ recipe, target }), (progress) => {
    if (progress.phase !== phase) end()
    ;({ phase } = progress)
    const { done, total, time } = progress
    if (time === undefined) return
    measuringWouldTake = (performance.now() - since + time.msLeft) / 1000
    // The original is shown its half first.
    if (done > total / 2 + 1) void engine.recipe.saveUnmeasured()
  })
  end()
  const settled = peak.settled()
  figures.push({
    name: 'afterwards',
    seconds: 0,
    overMB: Math.round((settled.rss - open.rss) / 1e6),
    openMB: Math.round(open.rss / 1e6),
    openWasmMB: Math.round(open.wasm / 1e6),
    measuringWouldTakeSeconds: Math.round(measuringWouldTake),
    zippedBytes: result.zippedBytes,
  })
  return figures
}

async function filesIn(folder: string): Promise<File[]> {
  const names = readdirSync(folder).toSorted()
  // Blobs of files on the disk, as a browser hands them over: their bytes are not in memory.
  const blobs = await Promise.all(names.map((name) => openAsBlob(join(folder, name))))
  return blobs.map((blob, index) => new File([blob], basename(names[index] ?? '')))
}

async function saveWithStock(folder: string): Promise<Figures> {
  await startWasmBackend()
  const peak = new MemoryPeak()
  const model = await loadWithStock(
    tf,
    readdirSync(folder).map((path) => ({ path, bytes: readFileSync(join(folder, path)) })),
  )
  const open = peak.settled()
  peak.take()
  const started = performance.now()
  await model.save(
    tf.io.withSaveHandler(() =>
      Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
      }),
    ),
  )
  return {
    name: 'stock',
    seconds: round((performance.now() - started) / 1000),
    overMB: Math.round((peak.take().rss - open.rss) / 1e6),
  }
}
