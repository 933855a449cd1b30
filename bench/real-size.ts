/**
 * Two steps of training of well-known networks at their own size, with random weights and a batch of 32, on
 * WebAssembly: WebAssembly memory and script heap together at the worst moment, the piece of a batch, what batch
 * normalisation computes with, seconds per step. Each network in a process of its own, with Adam, and with SGD without
 * momentum where the engine says that Adam does not fit. Writes them to docs/experiments.json with `--record`.
 * Run: `npx tsx bench/real-size.ts [--record] [network ...]`, after `npm run build:kernels`.
 */
import { spawnSync } from 'node:child_process'
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

const BATCH = 32
const STEPS = 2
/** Of these 64 are for training. */
const SAMPLES = 125
const CLASSES = 10
const MOST_BYTES = 2 * 2 ** 30

interface Network {
  readonly side: number
  readonly build: (side: number) => tf.LayersModel
}

const networks: Readonly<Record<string, Network>> = {
  mobilenetv2: { side: 224, build: (side) => buildMobileNetV2(side) },
  resnet50: { side: 224, build: (side) => buildResNet50(side) },
  inceptionv3: { side: 299, build: (side) => buildInceptionV3(side) },
}

const resultSchema = z.object({
  network: z.string(),
  optimizer: z.enum(['adam', 'sgd']),
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

function trainAll(parameters: readonly string[]): void {
  const recording = parameters.includes('--record')
  const wanted = parameters.filter((name) => name !== '--record')
  for (const name of Object.keys(networks)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const started = Date.now()
    const result = inOwnProcess(name, 'adam') ?? inOwnProcess(name, 'sgd')
    if (result === null) throw new Error(`${name} does not fit`)
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
    batch: BATCH,
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

/** @returns null where the engine says beforehand that it does not fit */
function inOwnProcess(name: string, optimizer: Result['optimizer']): Result | null {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.url), '--one', name, optimizer],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 2 ** 26 },
  )
  const [last = ''] = stdout.trim().split('\n').slice(-1)
  if (status !== 0) throw new Error(`${name} with ${optimizer} ended with ${String(status)}`)
  const found: unknown = JSON.parse(last)
  return found === null ? null : resultSchema.parse(found)
}

async function trainOne(name: string, optimizer: Result['optimizer']): Promise<Result | null> {
  const network = networks[name]
  if (network === undefined) throw new Error(`no network is called ${name}`)
  const files = await filesOf(network)
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
  await drain(engine.model.open({ files }), most.look)
  const data = { files: [pictures(network.side)], choices: {}, settings: null }
  await drain(engine.data.open(data), most.look)
  const settings = {
    ...defaultTrainingSettings,
    optimizer,
    momentum: optimizer === 'sgd' ? 0 : 0.9,
    learningRate: 1e-3,
    batchSize: BATCH,
    epochs: 1,
    seed: 1,
  }
  const need = await engine.train.need({ recipe: defaultRecipe, settings })
  if (!need.fits) return null
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
  const [begun = NaN, , second = NaN] = times
  return {
    network: name,
    optimizer,
    parameters: (files.find(({ name }) => name.endsWith('.bin'))?.size ?? NaN) / 4,
    ...facts,
    secondsPerStep: (second - begun) / STEPS / 1000,
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

async function filesOf({ side, build }: Network): Promise<File[]> {
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
function pictures(side: number): File {
  const random = createRandom(1)
  const size = side * side * 3
  const pixels = new Uint8Array(SAMPLES * size)
  const labels = Int32Array.from({ length: SAMPLES }, (_, index) => index % CLASSES)
  labels.forEach((label, index) => {
    for (let at = 0; at < size; at++) pixels[index * size + at] = 15 * label + random.below(80)
  })
  const npz = zipOf(
    new Map([
      ['x.npy', npyBytes('|u1', [SAMPLES, side, side, 3], pixels)],
      ['y.npy', npyBytes('<i4', [SAMPLES], labels)],
    ]),
  )
  return new File([npz as BlobPart], 'pictures.npz')
}

const [option, network, optimizer] = process.argv.slice(2)
if (option === '--one' && network !== undefined)
  console.log(JSON.stringify(await trainOne(network, optimizer === 'sgd' ? 'sgd' : 'adam')))
else trainAll(process.argv.slice(2))
