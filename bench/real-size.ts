/**
 * Two steps of training of well-known networks at their own size, with random weights and a batch of 32, those of files
 * of Keras with 16, on WebAssembly: WebAssembly memory and script heap together at the worst moment, the piece of a batch, what batch
 * normalisation computes with, seconds per step. Each network in a process of its own, with Adam, with SGD without
 * momentum where the engine says that Adam does not fit, and with fewer filters where it says that this does not, either: as many
 * fewer as it says. Writes them to docs/experiments.json with `--record`. Run: `npx tsx bench/real-size.ts [--record] [network ...]`, after
 * `npm run build:kernels`; without names those that need no files. `BIG_FILES` says where `npm run bench:big-files` has
 * put its files.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, openAsBlob, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { createRandom } from '../src/core/random.ts'
import { allocatorOf } from '../src/engine/backend/wasm-allocator.ts'
import { createEngine } from '../src/engine/engine.ts'
import { nodeEnvironment } from '../src/engine/host/node-environment.ts'
import { drain } from '../src/protocol/drain.ts'
import { defaultRecipe } from '../src/techniques/recipe.ts'
import { defaultTrainingSettings } from '../src/training/training-settings.ts'
import { recordExperiments } from '../scripts/experiments/record.ts'
import { npyBytes, zipOf } from '../testing/files/foreign-data.ts'
import {
  buildInceptionV3,
  buildMobileNetV2,
  buildResNet50,
} from '../testing/models/real-size-models.ts'
import { savedFiles } from '../testing/models/stock-model.ts'
import { emit, round } from './emit.ts'

const STEPS = 2
/** Of so many samples one is for training. */
const SAMPLES_OF_TRAINING = 125 / 64
const CLASSES = 10
const MOST_BYTES = 2 * 2 ** 30

interface Network {
  readonly side: number
  readonly batch: number
  /** null: it is a file, called like the network. */
  readonly build: ((side: number) => tf.LayersModel) | null
}

const networks: Readonly<Record<string, Network>> = {
  mobilenetv2: { side: 224, batch: 32, build: (side) => buildMobileNetV2(side) },
  resnet50: { side: 224, batch: 32, build: (side) => buildResNet50(side) },
  inceptionv3: { side: 299, batch: 32, build: (side) => buildInceptionV3(side) },
  'resnet50.h5': { side: 224, batch: 16, build: null },
  'resnet50.keras': { side: 224, batch: 16, build: null },
  'vgg16.h5': { side: 224, batch: 16, build: null },
  'vgg16.keras': { side: 224, batch: 16, build: null },
}

const resultSchema = z.object({
  network: z.string(),
  optimizer: z.enum(['adam', 'sgd']),
  batch: z.number(),
  parameters: z.number(),
  piece: z.number(),
  statistics: z.string(),
  secondsPerStep: z.number(),
  wasmBytes: z.number(),
  scriptBytes: z.number(),
  bothBytes: z.number(),
  estimatedBytes: z.number(),
})
type Result = z.infer<typeof resultSchema>

/** What the engine says of a run that does not fit. */
const refusalSchema = z.object({
  estimatedBytes: z.number(),
  instead: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
})
type Refusal = z.infer<typeof refusalSchema>

function trainAll(parameters: readonly string[]): void {
  const recording = parameters.includes('--record')
  const wanted = parameters.filter((name) => name !== '--record')
  for (const [name, { build }] of Object.entries(networks)) {
    if (wanted.length > 0 ? !wanted.includes(name) : build === null) continue
    const started = Date.now()
    const withAdam = inOwnProcess(name, 'adam')
    const asItIs = 'instead' in withAdam ? inOwnProcess(name, 'sgd') : withAdam
    const result = 'instead' in asItIs ? withFewerFilters(name, asItIs) : asItIs
    if ('instead' in result) {
      emit('real-size', { network: name, fits: false, ...result })
      continue
    }
    emit('real-size', { ...result, secondsPerStep: round(result.secondsPerStep) })
    if (result.bothBytes > MOST_BYTES) {
      console.error(`${name} takes more than 2 GB: ${result.bothBytes} bytes`)
      process.exitCode = 1
    }
    // One after the other: each takes long.
    if (recording) record(result, (Date.now() - started) / 60_000)
  }
}

function record(result: Result, minutes: number): void {
  const metrics = {
    weights: result.parameters,
    batch: result.batch,
    piece: result.piece,
    statisticsFrozen: Number(result.statistics === 'frozen'),
    withAdam: Number(result.optimizer === 'adam'),
    secondsPerStep: round(result.secondsPerStep),
    wasmMiB: mebibytes(result.wasmBytes),
    scriptMiB: mebibytes(result.scriptBytes),
    bothMiB: mebibytes(result.bothBytes),
    estimatedMiB: mebibytes(result.estimatedBytes),
  }
  const name = `training-real-size/${result.network}`
  recordExperiments([{ name, metrics, intervals: {}, seeds: [1], minutes, backend: 'wasm' }])
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}

/** As many filters fewer as the engine says, trained with SGD without momentum, as somebody would go on. */
function withFewerFilters(name: string, refusal: Refusal): Result | Refusal {
  const share = refusal.instead.find(({ kind }) => kind === 'fewerFilters')?.['share']
  if (share === undefined) return refusal
  emit('real-size', { network: name, fits: false, ...refusal })
  const folder = mkdtempSync(join(tmpdir(), 'real-size-'))
  try {
    outputOf(['--cut', name, String(share), folder])
    return inOwnProcess(name, 'sgd', folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @returns what the engine says beforehand where it does not fit */
function inOwnProcess(
  name: string,
  optimizer: Result['optimizer'],
  ...folder: string[]
): Result | Refusal {
  const [last = ''] = outputOf(['--one', name, optimizer, ...folder])
    .trim()
    .split('\n')
    .slice(-1)
  return z.union([resultSchema, refusalSchema]).parse(JSON.parse(last))
}

function outputOf(parameters: readonly string[]): string {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.url), ...parameters],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 },
  )
  if (status !== 0) throw new Error(`${parameters.join(' ')} ended with ${String(status)}`)
  return stdout
}

function networkOf(name: string): Network {
  const network = networks[name]
  if (network === undefined) throw new Error(`no network is called ${name}`)
  return network
}

/** Writes a network that has lost a share of its filters. */
async function cut(name: string, share: number, folder: string): Promise<void> {
  const engine = createEngine(nodeEnvironment())
  await engine.start({ forced: 'wasm', exclude: [] })
  await drain(engine.model.open({ files: await filesOf(name, networkOf(name)) }))
  const target = {
    ...({ criterion: 'l1', of: 'channels', scope: 'perLayer' } as const),
    ...{ share, protectFirst: false, seed: 1 },
  }
  const request = { recipe: defaultRecipe, target, blocks: [], start: 'kept' } as const
  const { files } = await drain(engine.structure.cut(request))
  for (const { path, blob } of files)
    writeFileSync(join(folder, path), new Uint8Array(await blob.arrayBuffer()))
}

/** @param folder of its files, where those are not its own */
async function trainOne(
  name: string,
  optimizer: Result['optimizer'],
  folder?: string,
): Promise<Result | Refusal> {
  const network = networkOf(name)
  const files =
    folder === undefined ? await filesOf(name, network) : await Promise.all(filesIn(folder))
  const most = new Peak()
  const engine = createEngine(
    nodeEnvironment({
      breathe: () => {
        most.look()
        return new Promise((resolve) => setImmediate(resolve))
      },
    }),
  )
  await engine.start({ forced: 'wasm', exclude: [] })
  const { totals } = await drain(engine.model.open({ files }), most.look)
  const data = { files: [pictures(network)], choices: {}, settings: null }
  await drain(engine.data.open(data), most.look)
  const settings = {
    ...defaultTrainingSettings,
    optimizer,
    momentum: optimizer === 'sgd' ? 0 : 0.9,
    learningRate: 1e-3,
    batchSize: network.batch,
    epochs: 1,
    seed: 1,
  }
  const need = await engine.train.need({ recipe: defaultRecipe, settings })
  if (!need.fits) return { estimatedBytes: need.bytes, instead: [...need.instead] }
  let facts = { piece: 0, statistics: '' }
  const times: number[] = []
  const run = engine.train.start({
    recipe: defaultRecipe,
    settings,
    resume: null,
    largestPiece: null,
  })
  await drain(run, (event) => {
    most.look()
    if (event.type === 'started' || event.type === 'pieceHalved')
      facts = { piece: event.piece, statistics: event.statistics }
    if (event.type === 'validation' || event.type === 'progress') times.push(performance.now())
    if (event.type === 'checkpoint' && event.step !== STEPS)
      throw new Error(`${event.step} steps instead of ${STEPS}`)
  })
  most.look()
  const [begun = NaN] = times
  const ended = times[STEPS] ?? NaN
  return {
    network: name,
    optimizer,
    batch: network.batch,
    parameters: totals.parameters,
    ...facts,
    secondsPerStep: (ended - begun) / STEPS / 1000,
    ...most.found,
    estimatedBytes: need.bytes,
  }
}

/** WebAssembly memory and everything that the script holds, at the worst moment of both together. */
class Peak {
  found = { wasmBytes: 0, scriptBytes: 0, bothBytes: 0 }

  readonly look = (): void => {
    const wasmBytes = allocatorOf(tf.backend())?.HEAPU8.length ?? 0
    // Array buffers of the script; the memory of WebAssembly is not among them.
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    const scriptBytes = heapUsed + arrayBuffers
    const bothBytes = wasmBytes + scriptBytes
    if (bothBytes > this.found.bothBytes) this.found = { wasmBytes, scriptBytes, bothBytes }
  }
}

function filesIn(folder: string): Promise<File>[] {
  return readdirSync(folder).map(
    async (path) => new File([await openAsBlob(join(folder, path))], path),
  )
}

async function filesOf(name: string, { side, build }: Network): Promise<File[]> {
  if (build === null) {
    const blob = await openAsBlob(join(process.env['BIG_FILES'] ?? '.cache/big-files', name))
    return [new File([blob], name)]
  }
  await tf.setBackend('cpu')
  const model = build(side)
  const bundle = await savedFiles(tf, model)
  model.dispose()
  return Promise.all(
    bundle.map(async (part) => {
      const bytes = await part.read(0, part.size)
      return new File([bytes as BlobPart], part.path)
    }),
  )
}

/** Colour pictures of noise on a ground that says their class. */
function pictures({ side, batch }: Network): File {
  const random = createRandom(1)
  const samples = Math.floor(STEPS * batch * SAMPLES_OF_TRAINING)
  const size = side * side * 3
  const pixels = new Uint8Array(samples * size)
  const labels = Int32Array.from({ length: samples }, (_, index) => index % CLASSES)
  labels.forEach((label, index) => {
    for (let at = 0; at < size; at++) pixels[index * size + at] = 15 * label + random.below(80)
  })
  const npz = zipOf(
    new Map([
      ['x.npy', npyBytes('|u1', [samples, side, side, 3], pixels)],
      ['y.npy', npyBytes('<i4', [samples], labels)],
    ]),
  )
  return new File([npz as BlobPart], 'pictures.npz')
}

const [option, network, how, folder] = process.argv.slice(2)
if (option === '--one' && network !== undefined)
  console.log(JSON.stringify(await trainOne(network, how === 'sgd' ? 'sgd' : 'adam', folder)))
else if (option === '--cut' && network !== undefined && folder !== undefined)
  await cut(network, Number(how), folder)
else trainAll(process.argv.slice(2))
